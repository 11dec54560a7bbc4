"""What the database holds by itself when the services are bypassed: R3 to R6."""

import itertools
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from halkhata.desks.returns import guard_rules
from halkhata.desks.returns.choices import TRANSITIONS, Grade, Outcome, Stage
from halkhata.desks.returns.models import ReturnPolicy, ReturnRequest
from halkhata.desks.returns.services.deciding import decide_return
from halkhata.desks.returns.services.settling import close_return, settle_return
from halkhata.desks.returns.tests.conftest import PRICE, ask, graded, refunded, sell, sell_fans
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.triggers import TriggerEditor

pytestmark = pytest.mark.django_db

EVERYTHING = {
    "received_at": now(), "grade": Grade.B, "decided_at": now(), "reject_reason": "Why", "settled_at": now(),
}  # fmt: skip


def write(request, **columns):
    with transaction.atomic():
        return ReturnRequest.objects.filter(pk=request.pk).update(**columns)


def test_the_triggers_table_is_that_of_the_code():
    assert {before: tuple(str(one) for one in after) for before, after in TRANSITIONS.items() if after} == {
        Stage(before): after for before, after in guard_rules._STEPS.items()
    }


@pytest.mark.parametrize("before", list(Stage))
def test_every_step_the_machine_has_not_is_refused_by_the_database(desk, before):
    request = ask(desk, sell_fans(desk, 5), quantity=1)
    walk_to(request, before)
    for after in Stage:
        if after == before or after in TRANSITIONS[before]:
            continue
        with pytest.raises(IntegrityError):
            write(request, stage=after, result=result_for(after), **EVERYTHING)
        request.refresh_from_db()
        assert request.stage == before


ROAD = {
    Stage.REQUESTED: [],
    Stage.APPROVED: [Stage.APPROVED],
    Stage.REJECTED: [Stage.REJECTED],
    Stage.IN_TRANSIT: [Stage.APPROVED, Stage.IN_TRANSIT],
    Stage.RECEIVED: [Stage.APPROVED, Stage.RECEIVED],
    Stage.INSPECTING: [Stage.APPROVED, Stage.RECEIVED, Stage.INSPECTING],
    Stage.CLOSED: [Stage.CLOSED],
}
for _settling in (Stage.DECIDED, Stage.REFUND, Stage.STORE_CREDIT, Stage.REPLACEMENT, Stage.REPAIR, Stage.SENT_BACK):
    ROAD[_settling] = [*ROAD[Stage.INSPECTING], Stage.DECIDED, *([_settling] if _settling != Stage.DECIDED else [])]


def result_for(stage):
    if stage in set(Outcome.values):
        return stage
    return Outcome.REFUND


def walk_to(request, stage):
    for step in ROAD[stage]:
        held = {"held_quantity": 0} if step == Stage.REJECTED else {}
        write(request, stage=step, result=result_for(step), **EVERYTHING, **held)
    request.refresh_from_db()


def test_without_the_trigger_a_skipped_step_gets_in(desk):
    """The twin: the guard is the trigger, not the service that was bypassed."""
    request = ask(desk, sell(desk))
    guard_rules.drop(TriggerEditor())
    assert write(request, stage=Stage.REFUND, result=Outcome.REFUND, **EVERYTHING) == 1


def test_a_return_begins_requested(desk):
    request = ask(desk, sell_fans(desk, 5), quantity=1)
    values = {field.attname: getattr(request, field.attname) for field in ReturnRequest._meta.local_concrete_fields}
    values |= {"workitem_ptr_id": None, "stage": "approved"}
    with pytest.raises(IntegrityError), transaction.atomic():
        ReturnRequest.objects.create(
            **{**values, "number": "E-1", "kind": "return", "subject": "x", "branch": desk.branch, "owner": desk.owner,
               "channel": "counter", "opened_at": now(), "last_activity_at": now(), "last_update_at": now()}
        )  # fmt: skip


def test_the_end_is_the_end(desk):
    request = refunded(desk, sell(desk))
    for values in (
        {"refund_amount": Decimal(1)}, {"result": Outcome.REPAIR}, {"held_quantity": 0, "refund_amount": 0},
        {"grade": "a"}, {"stage": Stage.DECIDED}, {"settled_at": now()}, {"line_price": 1},
        {"replacement_unit": request.unit},
    ):  # fmt: skip
        with pytest.raises(IntegrityError):
            write(request, **values)
    # Words about people can still be blanked.
    assert write(request, note="", decision_note="") == 1


@pytest.mark.parametrize("amounts", list(itertools.product((0, "6000.00", "12500.00"), repeat=4)))
def test_nothing_given_comes_to_more_than_was_paid(desk, amounts):
    request = graded(desk, sell(desk))
    names = ("refund_amount", "credit_amount", "replacement_amount", "fee_amount")
    values = {name: Decimal(amount) for name, amount in zip(names, amounts, strict=True)}
    fits = sum(values.values()) <= PRICE
    if fits:
        assert write(request, **values) == 1
    else:
        with pytest.raises(IntegrityError):
            write(request, **values)


def test_cents_are_counted_exactly(desk):
    request = graded(desk, sell(desk, price=Decimal("0.30")))
    assert write(request, refund_amount=Decimal("0.10"), credit_amount=Decimal("0.20")) == 1
    with pytest.raises(IntegrityError):
        write(request, refund_amount=Decimal("0.11"), credit_amount=Decimal("0.20"))


def test_money_of_all_returns_of_a_line_stays_within_what_was_paid(desk):
    """A replacement was given back in its turn: goods come twice, money once."""
    line = sell_fans(desk, 2)
    first = graded(desk, line, quantity=2)
    decide_return(actor=desk.owner, request=first, result="sent_back", note="Nothing wrong")
    settle_return(actor=desk.owner, request=first)
    close_return(actor=desk.owner, request=first)
    second = graded(desk, line, quantity=2)
    with pytest.raises(IntegrityError):
        write(second, refund_amount=Decimal("600.01"))
    with pytest.raises(IntegrityError):
        write(second, line_price=Decimal(700))
    assert write(second, refund_amount=Decimal(600)) == 1


def test_money_is_given_for_goods_that_count(desk):
    request = graded(desk, sell(desk))
    with pytest.raises(IntegrityError):
        write(request, held_quantity=0, refund_amount=Decimal(1))


def test_one_open_return_for_each_serial_number(desk):
    line = sell(desk)
    ask(desk, line)
    other = ask(desk, sell_fans(desk, 1))
    with pytest.raises(IntegrityError):
        write(other, unit=line.unit)


def test_returned_never_comes_to_more_than_sold(desk):
    line = sell_fans(desk, 3)
    one, two = ask(desk, line, quantity=1), ask(desk, line, quantity=2)
    with pytest.raises(IntegrityError):
        write(one, quantity=2, held_quantity=2)
    assert write(two, stage=Stage.REJECTED, reject_reason="No", held_quantity=0) == 1
    assert write(one, quantity=2, held_quantity=2, line_price=300) == 1
    with pytest.raises(IntegrityError):
        write(two, stage=Stage.APPROVED, held_quantity=2)


def test_four_eyes_hold_in_the_database(desk):
    request = graded(desk, sell(desk))
    with pytest.raises(IntegrityError):
        write(request, needs_four_eyes=True, decided_by=request.inspected_by)
    assert write(request, needs_four_eyes=True, decided_by=desk.manager) == 1


def test_money_goes_another_way_only_with_a_reason(desk):
    request = graded(desk, sell(desk))
    with pytest.raises(IntegrityError):
        write(request, settle_method="card")
    assert write(request, settle_method="card", method_reason="Lost purse") == 1


def test_a_published_policy_never_changes(desk):
    with pytest.raises(Exception, match="append-only"), transaction.atomic():
        ReturnPolicy.objects.update(window_days=0)
    assert ReturnPolicy.objects.get().window_days == 3


def test_all_triggers_are_there_after_all_migrations():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        names = {row[0] for row in cursor.fetchall()}
    assert {name for name, _when, _rules in guard_rules._triggers(False)} | {"stock_ledger_keeps_the_books"} <= names
