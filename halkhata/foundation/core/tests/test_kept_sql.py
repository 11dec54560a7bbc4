"""Statements that are written once and run with other values."""

from datetime import UTC, datetime, timedelta

import pytest

from halkhata.foundation.core import kept_sql
from halkhata.foundation.core.kept_sql import kept_row
from halkhata.foundation.core.models import Installation

THEN = datetime(2001, 2, 3, 4, 5, 6, 789, tzinfo=UTC)
NOON = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def nothing_kept(monkeypatch):
    monkeypatch.setattr(kept_sql, "_statements", {})


def set_up_before():
    return Installation.objects.filter(set_up_at__lt=THEN).values_list("pk")


def test_the_values_of_this_time_take_the_place_of_the_stand_ins():
    Installation.objects.update_or_create(pk=1, defaults={"set_up_at": NOON})
    written = []

    def write():
        written.append(1)
        return set_up_before()

    assert kept_row("before", write, {THEN: NOON + timedelta(seconds=1)}) == (1,)
    assert kept_row("before", write, {THEN: NOON}) is None
    assert kept_row("before", write, {THEN: NOON + timedelta(days=1)}) == (1,)
    assert len(written) == 1


def test_what_was_found_is_never_kept():
    def write():
        return Installation.objects.filter(pk=5).values_list("shop_name")

    Installation.objects.update_or_create(pk=1, defaults={"shop_name": "Padma"})
    assert kept_row("name", write, {5: 1}) == ("Padma",)
    Installation.objects.filter(pk=1).update(shop_name="Meghna")
    assert kept_row("name", write, {5: 1}) == ("Meghna",)


def test_another_key_is_another_statement():
    Installation.objects.update_or_create(pk=1, defaults={"shop_name": "Padma", "phone": "01100000001"})
    rows = Installation.objects.filter(pk=1)
    assert kept_row(("a", 1), lambda: rows.values_list("shop_name"), {}) == ("Padma",)
    assert kept_row(("a", 2), lambda: rows.values_list("phone"), {}) == ("01100000001",)


def test_the_memory_has_an_end(monkeypatch):
    monkeypatch.setattr(kept_sql, "_KEPT", 3)
    for number in range(10):
        kept_row(number, lambda: Installation.objects.values_list("pk"), {})
    assert len(kept_sql._statements) <= 3
    assert [number for _vendor, number in kept_sql._statements] == [7, 8, 9]
