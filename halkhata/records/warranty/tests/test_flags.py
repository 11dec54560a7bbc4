"""What stands out: a list for people; nothing is refused by it (A53.16)."""

from datetime import UTC, datetime, timedelta

import pytest

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.records.catalog.services.life import write_life
from halkhata.records.warranty.flag_words import flag_sentence
from halkhata.records.warranty.models import Flag
from halkhata.records.warranty.registry import PartSwap, claim_verbs, part_sources
from halkhata.records.warranty.services.flags import clear_flag, look_for_flags, raise_flag
from halkhata.records.warranty.tests.conftest import digest, sell_unit

pytestmark = pytest.mark.django_db
CLAIM = "test.claim"


@pytest.fixture(autouse=True)
def verbs():
    claim_verbs.register(CLAIM, CLAIM)
    swaps = []
    part_sources.register("test", lambda: list(swaps))
    yield swaps
    claim_verbs._entries.pop(CLAIM)
    part_sources._entries.pop("test")


def test_more_claims_than_usual_are_flagged_once(fridge):
    for hours in range(4):
        write_life(actor=None, unit=fridge, verb=CLAIM, at=now() - timedelta(hours=hours))
    assert look_for_flags() == 0
    write_life(actor=None, unit=fridge, verb=CLAIM)
    assert look_for_flags() == 1
    assert look_for_flags() == 0
    flag = Flag.objects.get()
    assert (flag.kind, flag.data) == ("many_claims", {"count": 5, "most": 4})
    assert flag_sentence(flag) == "5 claims in a year; 4 are usual."


def test_claim_from_before_the_sale_is_flagged(fridge):
    write_life(actor=None, unit=fridge, verb=CLAIM, at=datetime(2026, 3, 1, tzinfo=UTC))
    write_life(actor=None, unit=fridge, verb=CLAIM)
    assert look_for_flags() == 1
    assert Flag.objects.get().data == {"on": "2026-03-01", "sold_on": "2026-03-12"}


def test_part_that_was_taken_out_and_comes_back_is_flagged(fridge, catalog, karim, verbs):
    other = sell_unit(catalog, karim, serial="SN-2")
    verbs.append(PartSwap(unit_id=fridge.pk, at=now() - timedelta(days=40), out="CMP-1", put_in="CMP-2"))
    assert look_for_flags() == 0
    verbs.append(PartSwap(unit_id=other.pk, at=now(), out="CMP-3", put_in="cmp 1"))
    assert look_for_flags() == 1
    assert look_for_flags() == 0
    flag = Flag.objects.get()
    assert (flag.unit, flag.kind, flag.data["from"]) == (other, "parts_back", fridge.number)
    assert flag_sentence(flag) == f"Part cmp 1 had been taken out of {fridge.number} before."


def test_flag_is_cleared_with_words_by_whoever_may_and_stays_cleared(fridge, catalog):
    flag = raise_flag(unit=fridge, kind="many_claims", key="2026", data={"count": 9, "most": 4})
    before = digest()
    with pytest.raises(DomainError, match="no_note"):
        clear_flag(actor=catalog.counter, flag=flag, note=" ")
    with pytest.raises(PermissionRefused):
        clear_flag(actor=catalog.looker, flag=flag, note="fine")
    assert digest() == before
    clear_flag(actor=catalog.counter, flag=flag, note="a shop's own fridge")
    with pytest.raises(Conflict, match="cleared"):
        clear_flag(actor=catalog.counter, flag=flag, note="again")
    raise_flag(unit=fridge, kind="many_claims", key="2026")
    assert Flag.objects.get().cleared_at is not None
