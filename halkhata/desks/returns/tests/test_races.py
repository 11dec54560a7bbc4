"""A hundred who give parts of one line back at the same moment: exactly what was bought goes through (R4)."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from halkhata.desks.returns import guard_rules
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.services import eligibility, requesting
from halkhata.desks.returns.services.approving import approve_return
from halkhata.desks.returns.services.receiving import receive_return
from halkhata.desks.returns.tests.conftest import ask, make_desk, sell, sell_fans
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.triggers import TriggerEditor
from halkhata.records.stock.models import Movement

pytestmark = pytest.mark.django_db(transaction=True)

SOLD, TRIES, AT_ONCE = 37, 100, 20


def all_at_once(count, act, at_once=AT_ONCE):
    """Codes of what was refused, None for what went through."""
    gate = threading.Barrier(min(count, at_once))

    def one(index):
        try:
            if index < at_once:
                gate.wait(20)
            act(index)
            return None
        except DomainError as error:
            return error.code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(one, range(count)))


def test_a_hundred_parallel_parts_are_exactly_what_was_sold(shop):
    desk = make_desk(shop)
    line = sell_fans(desk, SOLD)
    answers = all_at_once(TRIES, lambda _index: ask(desk, line, quantity=1))
    assert answers.count(None) == SOLD
    assert set(answers) == {None, "nothing_left"}
    assert sum(ReturnRequest.objects.values_list("held_quantity", flat=True)) == SOLD


def test_without_the_trigger_more_than_was_sold_comes_back(shop, monkeypatch):
    """The twin: counting first and writing afterwards is no guard."""
    desk = make_desk(shop)
    line = sell_fans(desk, 3)
    guard_rules.drop(TriggerEditor())
    try:
        gate = threading.Barrier(6)
        # Everybody has counted before anybody writes.
        plain = eligibility.look(line=line, unit=None, quantity=1, reason_code="defect")
        monkeypatch.setattr(requesting, "look", lambda **_values: plain)

        def act(_index):
            gate.wait(20)
            ask(desk, line, quantity=1)

        all_at_once(6, act, at_once=6)
        assert sum(ReturnRequest.objects.values_list("held_quantity", flat=True)) > 3
    finally:
        guard_rules.create(TriggerEditor())


def test_one_return_for_a_serial_number_however_many_ask(shop):
    desk = make_desk(shop)
    line = sell(desk)
    answers = all_at_once(20, lambda _index: ask(desk, line))
    assert answers.count(None) == 1
    assert ReturnRequest.objects.count() == 1


def test_a_return_is_received_once_from_two_doors(shop):
    desk = make_desk(shop)
    request = ask(desk, sell(desk))
    approve_return(actor=desk.owner, request=request)
    answers = all_at_once(
        8, lambda _index: receive_return(actor=desk.owner, request=ReturnRequest.objects.get(), serial="F-0001"), 8
    )
    assert answers.count(None) == 1
    assert set(answers) == {None, "received_already"}
    assert Movement.objects.filter(reason="receive").count() == 1
