"""A free service whose job does not do it is due again: once, and with a line in the unit's life."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.db.models import QuerySet

from halkhata.desks.service.models import JobLine
from halkhata.desks.service.services.lines import add_line, remove_line
from halkhata.desks.service.services.states import cancel_job
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.records.catalog.models import UnitLife
from halkhata.records.catalog.registry import life_sentences
from halkhata.records.warranty.models import Coupon
from halkhata.records.warranty.services.coupons import give_back_coupon, use_coupon

AT_ONCE = 10
WITHIN = "2026-04-10 10:00+06:00"
DAY = date(2026, 4, 10)


@pytest.fixture
def used(make_job: Any, bike: Any, desk: Any) -> Any:
    """A card whose one line is paid by the first free service."""
    with time_machine.travel(WITHIN):
        card = make_job(bike, complaint="First free service", reading=800)
        _line(desk, card, bike)
    return card


def _line(desk: Any, card: Any, bike: Any, **values: Any) -> JobLine:
    return add_line(
        **{
            "actor": desk.advisor, "job": card, "kind": "labour", "text": "Free service 1", "unit_price": Decimal(300),
            "payer": "coupon", "coupon": _coupon(bike), **values,
        }
    )  # fmt: skip


def _coupon(bike: Any) -> Coupon:
    return Coupon.objects.get(unit=bike, number=1)


def _standing(bike: Any) -> tuple[Any, ...]:
    one = _coupon(bike)
    return one.state, one.used_on, one.used_at, one.used_reading, one.used_by, one.used_branch, one.job_number


DUE = ("due", None, None, None, None, None, "")


def _lives(verb: str = "coupon.given_back") -> list[dict[str, Any]]:
    return list(UnitLife.objects.filter(verb=verb).values_list("data", flat=True))


@pytest.mark.django_db
def test_line_taken_off_gives_its_coupon_back(used, bike, desk):
    assert _standing(bike)[0] == "used"
    remove_line(actor=desk.advisor, job=used, line_id=used.lines.get().pk)
    assert _standing(bike) == DUE
    assert _lives() == [{"n": 1, "job": used.number}]
    assert _lives("coupon.used") == [{"n": 1, "job": used.number}]
    entry = AuditEntry.objects.get(action="coupon.give_back")
    assert (entry.before["job"], entry.after) == (used.number, {"state": "due"})
    said = life_sentences.get("coupon.given_back")({"n": 1, "job": used.number})
    assert said == f"Free service 1 was given back ({used.number})"


@pytest.mark.django_db
def test_coupon_given_back_is_used_once_more_on_the_same_card(used, bike, desk):
    remove_line(actor=desk.advisor, job=used, line_id=used.lines.get().pk)
    with time_machine.travel(WITHIN):
        _line(desk, used, bike)
        assert _standing(bike)[0] == "used"
        with pytest.raises(Conflict, match="coupon_used"):
            use_coupon(actor=desk.advisor, coupon_id=_coupon(bike).pk, on=DAY, reading=800)
    assert len(_lives("coupon.used")) == 2


@pytest.mark.django_db
def test_coupon_of_two_lines_stays_used_until_both_are_off(used, bike, desk):
    with time_machine.travel(WITHIN):
        second = _line(desk, used, bike, text="Oil")
    first = used.lines.exclude(pk=second.pk).get()
    remove_line(actor=desk.advisor, job=used, line_id=first.pk)
    assert (_standing(bike)[0], _lives()) == ("used", [])
    remove_line(actor=desk.advisor, job=used, line_id=second.pk)
    assert (_standing(bike), len(_lives())) == (DUE, 1)


@pytest.mark.django_db
def test_cancelled_job_gives_its_coupon_back(used, bike, desk):
    cancel_job(actor=desk.advisor, job=used, reason="withdrawn")
    assert (_standing(bike), _lives()) == (DUE, [{"n": 1, "job": used.number}])


@pytest.mark.django_db
def test_coupon_of_a_unit_that_was_given_back_is_cancelled_not_due(used, bike, desk):
    type(bike).objects.filter(pk=bike.pk).update(state="returned", owner=None)
    cancel_job(actor=desk.advisor, job=used, reason="withdrawn")
    assert _standing(bike) == ("cancelled", *DUE[1:])


@pytest.mark.django_db
def test_who_may_not_take_lines_off_gives_nothing_back(used, bike, desk):
    before = _standing(bike)
    with pytest.raises(DomainError):
        remove_line(actor=desk.onlooker, job=used, line_id=used.lines.get().pk)
    with pytest.raises(DomainError):
        cancel_job(actor=desk.onlooker, job=used, reason="withdrawn")
    assert give_back_coupon(actor=desk.advisor, coupon_id=_coupon(bike).pk, job_number="J-9") is None
    assert give_back_coupon(actor=desk.advisor, coupon_id=_coupon(bike).pk, job_number="") is None
    assert (_standing(bike), _lives()) == (before, [])


def _at_once(act: Callable[[], Any]) -> int:
    """How many of AT_ONCE gave something back."""

    def one(_number: int) -> bool:
        try:
            return act() is not None
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return sum(pool.map(one, range(AT_ONCE)))


@pytest.mark.django_db(transaction=True)
def test_coupon_is_given_back_once_however_many_try_at_once(used, bike, desk):
    pk = _coupon(bike).pk
    assert _at_once(lambda: give_back_coupon(actor=desk.advisor, coupon_id=pk, job_number=used.number)) == 1
    assert (_standing(bike), len(_lives())) == (DUE, 1)


@pytest.mark.django_db(transaction=True)
def test_twin_without_the_condition_gives_it_back_many_times(used, bike, desk, monkeypatch):
    pk = _coupon(bike).pk

    def careless(self: Any, **values: Any) -> int:
        return QuerySet.update(Coupon.objects.filter(pk=pk), **values)

    monkeypatch.setattr(type(Coupon.objects.all()), "update", careless, raising=False)
    assert _at_once(lambda: give_back_coupon(actor=desk.advisor, coupon_id=pk, job_number=used.number)) == AT_ONCE
    assert len(_lives()) == AT_ONCE
