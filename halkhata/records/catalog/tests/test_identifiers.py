"""Numbers of units: folded, required by the kind, doubted by their check digit."""

from typing import Any

import pytest

from halkhata.foundation.core.errors import DomainError
from halkhata.records.catalog.identifiers import doubts_about, fold_identifier, is_imei, read_identifiers
from halkhata.records.catalog.models import ProductKind
from halkhata.records.catalog.trade_packs import all_packs

from .conftest import IMEI, IMEI2


@pytest.mark.parametrize(
    ("typed", "folded"),
    [
        ("ktm-১২ ab", "KTM12AB"),
        ("  sn/00 01 ", "SN0001"),
        ("৩৫৩৮৭৯২৩৪২৫২৬৩৩", "353879234252633"),
        ("A_B.C#D", "ABCD"),
        ("- / -", ""),
        (None, ""),
    ],
)
def test_number_typed_in_any_way_folds_to_one(typed: str | None, folded: str) -> None:
    assert fold_identifier(typed) == folded


@pytest.mark.parametrize(
    ("typed", "fits"),
    [
        (IMEI, True),
        (IMEI2, True),
        ("353879234252634", False),
        ("35387923425263", False),
        ("", False),
        ("A" * 15, False),
    ],
)
def test_check_digit_of_imei_is_told_apart(typed: str, fits: bool) -> None:
    assert is_imei(typed) is fits


def test_kind_with_two_required_numbers_refuses_one(catalog: Any) -> None:
    with pytest.raises(DomainError) as refused:
        read_identifiers(catalog.bike.kind, {"chassis": "C1"})
    assert (refused.value.code, refused.value.field) == ("identifier_missing", "identifier_engine")


def test_number_of_another_kind_is_refused(catalog: Any) -> None:
    with pytest.raises(DomainError) as refused:
        read_identifiers(catalog.fridge.kind, {"serial": "S1", "imei1": IMEI})
    assert refused.value.code == "identifier_unknown"


def test_one_imei_in_both_fields_is_refused(catalog: Any) -> None:
    with pytest.raises(DomainError) as refused:
        read_identifiers(catalog.phone.kind, {"imei1": IMEI, "imei2": f" {IMEI[:5]}-{IMEI[5:]}"})
    assert (refused.value.code, refused.value.field) == ("identifier_same", "identifier_imei2")


def test_wrong_check_digit_is_a_doubt_and_no_refusal(catalog: Any) -> None:
    typed = {"imei1": "353879234252634", "imei2": IMEI2}
    assert list(doubts_about(catalog.phone.kind, typed)) == ["imei1"]
    assert [one.folded for one in read_identifiers(catalog.phone.kind, typed)] == ["353879234252634", IMEI2]


def test_kinds_of_every_trade_are_complete() -> None:
    """Both names everywhere, codes once, and no field that nobody would know how to fill."""
    packs = all_packs()
    assert set(packs) == {"motorcycle", "appliance", "electronics", "solar", "machinery", "building", "other"}
    kinds = [kind for kinds in packs.values() for kind in kinds]
    assert len({kind["code"] for kind in kinds}) == len(kinds)
    for kind in kinds:
        assert kind["name_bn"]
        assert kind["name_en"]
        for entry in [*kind["identifiers"], *kind["extra"]]:
            assert entry["label_bn"]
            assert entry["label_en"]
        if kind["identifiers"]:
            assert any(entry["required"] for entry in kind["identifiers"])


@pytest.mark.django_db
def test_phone_has_the_notice_of_its_country(catalog: Any) -> None:
    kind = ProductKind.objects.get(code="phone")
    assert "16002" in kind.notice_en
    assert "১৬০০২" in kind.notice_bn
