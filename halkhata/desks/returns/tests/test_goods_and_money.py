"""From the receipt to the money: places, grades, four eyes, limits, the way money goes, replacement, disposition."""

from decimal import Decimal

import pytest

from halkhata.desks.returns.choices import Stage
from halkhata.desks.returns.models import CreditNote, RefundLimit, ReturnRequest
from halkhata.desks.returns.services.approving import approve_return
from halkhata.desks.returns.services.deciding import decide_return
from halkhata.desks.returns.services.goods import DISPOSITIONS, dispose
from halkhata.desks.returns.services.inspecting import begin_inspection, inspect_return
from halkhata.desks.returns.services.parcels import let_parcel_go, match_parcel, take_parcel
from halkhata.desks.returns.services.publishing import save_rules
from halkhata.desks.returns.services.receiving import receive_return, send_on_its_way
from halkhata.desks.returns.services.settling import close_return, settle_return, spend_credit
from halkhata.desks.returns.tests.conftest import (
    PRICE,
    ask,
    graded,
    make_unit,
    refunded,
    sell,
    sell_fans,
    serial_of,
    tick_all,
)
from halkhata.engines.deliveries.models import DeliveryPromise
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.catalog.models import Unit
from halkhata.records.stock.models import Balance, Movement, UnitPosition
from halkhata.records.stock.selectors.positions import differences
from halkhata.records.warranty.models import Cover

pytestmark = pytest.mark.django_db


def refused(code, call):
    before = (Movement.objects.count(), OutboxEvent.objects.count(), list(ReturnRequest.objects.values_list()))
    with pytest.raises(DomainError) as error:
        call()
    assert error.value.code == code
    assert (Movement.objects.count(), OutboxEvent.objects.count(), list(ReturnRequest.objects.values_list())) == before
    return error.value


def place_of_unit(unit):
    return UnitPosition.objects.select_related("place").get(unit=unit).place.kind


def rules(desk, **values):
    save_rules(**{
        "actor": desk.owner, "four_eyes_from": Decimal(20000), "instant_up_to": Decimal(0), "refund_days": None,
        "bring_days": 14, "appeal_days": 30, **values,
    })  # fmt: skip


def test_the_whole_way_to_the_money(desk):
    request = refunded(desk, sell(desk))
    assert (request.stage, request.result, request.refund_amount) == ("closed", "refund", PRICE)
    assert (request.settle_method, request.grade) == ("cash", "b")
    unit = Unit.objects.get(pk=request.unit_id)
    assert (unit.state, unit.owner) == ("returned", None)
    assert place_of_unit(unit) == "returns"
    assert [row.data["stage"] for row in unit.life.filter(verb="return.moved").order_by("pk")] == [
        "requested", "approved", "received", "decided", "closed"
    ]  # fmt: skip
    settled = OutboxEvent.objects.get(name="return.settled").payload
    assert (settled["refund"], settled["purchase_line_id"]) == (str(PRICE), request.purchase_line_id)
    assert differences() == []


def test_money_is_promised_within_the_days_of_the_country_and_the_promise_is_kept(desk):
    line = sell(desk)
    request = ask(desk, line)
    approve_return(actor=desk.owner, request=request)
    receive_return(actor=desk.owner, request=request, serial=serial_of(request))
    assert (request.refund_due_on - request.received_at.date()).days in {10, 11}
    promise = DeliveryPromise.objects.get(item_id=request.pk)
    assert promise.state == "open"
    begin_inspection(actor=desk.owner, request=request)
    tick_all(request)
    inspect_return(actor=desk.owner, request=request, grade="a")
    decide_return(actor=desk.owner, request=request, result="refund")
    settle_return(actor=desk.owner, request=request)
    promise.refresh_from_db()
    assert promise.state == "kept"


def test_goods_without_an_approved_return_are_not_received(desk):
    request = ask(desk, sell(desk))
    refused("not_approved", lambda: receive_return(actor=desk.owner, request=request, serial="F-0001"))


def test_another_serial_number_is_not_received(desk):
    request = ask(desk, sell(desk))
    approve_return(actor=desk.owner, request=request)
    refused("serial_mismatch", lambda: receive_return(actor=desk.owner, request=request, serial="F-0002"))
    refused("serial_missing", lambda: receive_return(actor=desk.owner, request=request, serial=""))


def test_a_second_receipt_is_refused(desk):
    request = ask(desk, sell(desk))
    approve_return(actor=desk.owner, request=request)
    receive_return(actor=desk.owner, request=request, serial="f 0001")
    refused("received_already", lambda: receive_return(actor=desk.owner, request=request, serial="F-0001"))


def test_goods_that_travel_are_received_too(desk):
    request = ask(desk, sell(desk))
    approve_return(actor=desk.owner, request=request)
    send_on_its_way(actor=desk.owner, request=request, carrier="Sundarban", tracking_code="S1")
    assert (request.stage, request.state_flag) == ("in_transit", "paused")
    receive_return(actor=desk.owner, request=request, serial="F-0001")
    assert request.stage == Stage.RECEIVED


def test_a_grade_needs_the_checklist_and_bad_ones_a_photo(desk):
    from halkhata.desks.returns.services.defaults import create_inspection_checklist

    create_inspection_checklist()
    request = ask(desk, sell(desk))
    approve_return(actor=desk.owner, request=request)
    receive_return(actor=desk.owner, request=request, serial="F-0001")
    refused("not_inspecting", lambda: inspect_return(actor=desk.owner, request=request, grade="a"))
    begin_inspection(actor=desk.owner, request=request)
    refused("checklist_open", lambda: inspect_return(actor=desk.owner, request=request, grade="a"))
    tick_all(request)
    refused("unknown_grade", lambda: inspect_return(actor=desk.owner, request=request, grade="e"))
    refused("photo_missing", lambda: inspect_return(actor=desk.owner, request=request, grade="d"))
    inspect_return(actor=desk.owner, request=request, grade="a")
    refused("graded_already", lambda: inspect_return(actor=desk.owner, request=request, grade="a"))
    assert UnitPosition.objects.get(unit=request.unit).condition == "grade_a"


def test_nothing_is_decided_before_receipt_and_grade(desk):
    request = ask(desk, sell(desk))
    refused("not_graded", lambda: decide_return(actor=desk.owner, request=request, result="refund"))
    approve_return(actor=desk.owner, request=request)
    refused("not_graded", lambda: decide_return(actor=desk.owner, request=request, result="refund"))
    receive_return(actor=desk.owner, request=request, serial="F-0001")
    refused("not_graded", lambda: decide_return(actor=desk.owner, request=request, result="refund"))


def test_above_the_limit_whoever_inspected_does_not_decide(desk):
    rules(desk, four_eyes_from=Decimal(12500))
    request = graded(desk, sell(desk))
    assert request.needs_four_eyes
    refused("four_eyes", lambda: decide_return(actor=desk.owner, request=request, result="refund"))
    allow(desk.manager, "return.view", "return.decide")
    decide_return(actor=desk.manager, request=request, result="refund")
    assert request.decided_by == desk.manager


def test_below_the_limit_one_person_may_do_both(desk):
    rules(desk, four_eyes_from=Decimal("12500.01"))
    request = graded(desk, sell(desk))
    decide_return(actor=desk.owner, request=request, result="refund")
    assert request.stage == Stage.DECIDED


def allow(user, *permissions):
    role = user.role
    role.permissions = [*role.permissions, *permissions]
    role.save()


def test_a_role_decides_up_to_its_limit(desk):
    allow(desk.manager, "return.view", "return.decide")
    RefundLimit.objects.create(role=desk.manager.role, amount=Decimal("12499.99"))
    request = graded(desk, sell(desk))
    refused("over_limit", lambda: decide_return(actor=desk.manager, request=request, result="refund"))
    decide_return(actor=desk.manager, request=request, result="refund", amount=Decimal(12000), note="Scratched")
    assert request.refund_amount == 12000


def test_whoever_may_not_decide_is_refused(desk):
    request = graded(desk, sell(desk))
    allow(desk.agent, "return.view")
    with pytest.raises(PermissionRefused):
        decide_return(actor=desk.agent, request=request, result="refund")


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"result": "party"}, "unknown_result"),
        ({"result": "refund", "amount": PRICE + 1}, "not_more_than_price"),
        ({"result": "refund", "amount": PRICE, "fee": Decimal(1)}, "not_more_than_price"),
        ({"result": "refund", "amount": Decimal(0)}, "bad_amount"),
        ({"result": "refund", "amount": Decimal("-5")}, "bad_amount"),
        ({"result": "refund", "amount": Decimal("0.001")}, "bad_amount"),
        ({"result": "refund", "amount": Decimal("NaN")}, "bad_amount"),
        ({"result": "refund", "amount": Decimal(5)}, "no_reason"),
        ({"result": "sent_back"}, "no_reason"),
        ({"result": "refund", "paid_method": "shells"}, "method_missing"),
    ],
)
def test_nonsense_decisions_are_refused(desk, values, code):
    request = graded(desk, sell(desk))
    refused(code, lambda: decide_return(actor=desk.owner, request=request, **values))


def test_money_goes_back_the_way_it_came_or_with_a_reason(desk):
    request = graded(desk, sell(desk), paid_method="card")
    decide_return(actor=desk.owner, request=request, result="refund")
    refused("method_differs", lambda: settle_return(actor=desk.owner, request=request, method="cash"))
    settle_return(actor=desk.owner, request=request, method="cash", method_reason="The card is lost")
    assert (request.settle_method, request.method_reason) == ("cash", "The card is lost")
    refused("not_decided", lambda: settle_return(actor=desk.owner, request=request))


def test_store_credit_is_a_note_that_is_spent_once(desk):
    request = graded(desk, sell(desk))
    decide_return(actor=desk.owner, request=request, result="store_credit")
    settle_return(actor=desk.owner, request=request)
    note = CreditNote.objects.get()
    assert (note.amount, note.customer, note.number) == (PRICE, desk.buyer, "CN-1001")
    spend_credit(actor=desk.owner, note=note, memo="S-77")
    refused("credit_spent", lambda: spend_credit(actor=desk.owner, note=note, memo="S-78"))
    note.refresh_from_db()
    assert note.spent_on == "S-77"


def test_money_without_goods_only_where_the_rule_allows_it(desk):
    request = ask(desk, sell(desk))
    refused("not_instant", lambda: approve_return(actor=desk.owner, request=request, instant=True))
    rules(desk, instant_up_to=Decimal(12500))
    approve_return(actor=desk.owner, request=request, instant=True)
    refused("nothing_comes", lambda: receive_return(actor=desk.owner, request=request, serial="F-0001"))
    decide_return(actor=desk.owner, request=request, result="refund")
    settle_return(actor=desk.owner, request=request)
    assert request.refund_due_on is not None
    other = ask(desk, sell(desk, serial="F-0002"))
    # The second within a year is no case for trust.
    refused("not_instant", lambda: approve_return(actor=desk.owner, request=other, instant=True))


def test_what_never_came_is_refunded_without_a_receipt(desk):
    request = ask(desk, sell_fans(desk, 2), quantity=2, reason_code="not_delivered", paid_method="mobile")
    approve_return(actor=desk.owner, request=request, instant=True)
    decide_return(actor=desk.owner, request=request, result="refund")
    settle_return(actor=desk.owner, request=request)
    assert (request.settle_method, request.refund_amount) == ("mobile", 600)


def test_a_replacement_swaps_serials_and_the_warranty_goes_along(desk):
    line = sell(desk)
    Cover.objects.create(
        unit=line.unit, component="all", label_en="All", label_bn="সব", months=12, starts_on=line.purchase.bought_on,
        ends_on=line.purchase.bought_on.replace(year=line.purchase.bought_on.year + 1), state="active",
        covers_parts=True, covers_labour=True, replacement="inherit", policy_version=1,
        state_since=now(), created_at=now(),
    )  # fmt: skip
    request = graded(desk, line)
    decide_return(actor=desk.owner, request=request, result="replacement")
    refused("unit_missing", lambda: settle_return(actor=desk.owner, request=request))
    sold = sell(desk, serial="F-0002").unit
    refused("not_in_stock", lambda: settle_return(actor=desk.owner, request=request, replacement_unit=sold))
    new = make_unit(desk, "F-0003")
    settle_return(actor=desk.owner, request=request, replacement_unit=new)
    old, new = Unit.objects.get(pk=line.unit_id), Unit.objects.get(pk=new.pk)
    assert (old.state, old.owner) == ("replaced", None)
    assert (new.state, new.owner) == ("sold", desk.buyer)
    assert (place_of_unit(old), place_of_unit(new)) == ("returns", "customer")
    assert Cover.objects.get(unit=new).ends_on == Cover.objects.get(unit=old).ends_on
    assert Cover.objects.get(unit=old).state == "moved"
    assert old.life.filter(verb="return.replaced").exists()
    assert new.life.filter(verb="return.replaces").exists()
    close_return(actor=desk.owner, request=request)
    # The customer has one again, and may give that back, too.
    again = ask(desk, line, unit=new)
    assert again.unit == new


def test_a_unit_among_the_returned_goods_is_no_replacement(desk):
    from halkhata.records.catalog.services.units import change_unit_state

    other = refunded(desk, sell(desk, serial="F-0009"))
    change_unit_state(actor=None, unit=other.unit, state="in_stock")
    request = graded(desk, sell(desk))
    decide_return(actor=desk.owner, request=request, result="replacement")
    unit = Unit.objects.get(pk=other.unit_id)
    refused("in_returns", lambda: settle_return(actor=desk.owner, request=request, replacement_unit=unit))


def test_what_is_sent_back_is_the_customers_again(desk):
    line = sell(desk)
    request = graded(desk, line)
    decide_return(actor=desk.owner, request=request, result="sent_back", note="No fault found")
    settle_return(actor=desk.owner, request=request)
    close_return(actor=desk.owner, request=request)
    unit = Unit.objects.get(pk=line.unit_id)
    assert (unit.state, unit.owner, place_of_unit(unit)) == ("sold", desk.buyer, "customer")
    assert ask(desk, line).stage == "requested"


def test_a_repair_goes_through_the_workshop_and_back(desk):
    line = sell(desk)
    request = graded(desk, line)
    decide_return(actor=desk.owner, request=request, result="repair")
    settle_return(actor=desk.owner, request=request)
    assert place_of_unit(line.unit) == "workshop"
    close_return(actor=desk.owner, request=request)
    assert place_of_unit(line.unit) == "customer"


@pytest.mark.parametrize("disposition", [code for code in DISPOSITIONS if code != "back"])
def test_each_disposition_is_a_movement(desk, disposition):
    request = refunded(desk, sell(desk))
    movement = dispose(actor=desk.owner, request=request, disposition=disposition)
    assert (movement.reason, movement.ref, movement.from_place.kind) == (disposition, request.number, "returns")
    assert movement.to_place.kind == DISPOSITIONS[disposition][0]
    expected = {
        "release": "in_stock", "use_as_is": "in_stock", "scrap": "scrapped", "salvage": "scrapped",
        "sold_on": "scrapped", "donate": "scrapped",
    }  # fmt: skip
    assert Unit.objects.get(pk=request.unit_id).state == expected.get(disposition, "returned")
    if disposition in expected:
        refused("not_waiting", lambda: dispose(actor=desk.owner, request=request, disposition="scrap"))


def test_goods_come_back_from_the_company_and_are_sold_again(desk):
    request = refunded(desk, sell(desk))
    dispose(actor=desk.owner, request=request, disposition="vendor")
    refused("not_waiting", lambda: dispose(actor=desk.owner, request=request, disposition="release"))
    dispose(actor=desk.owner, request=request, disposition="back", grade="grade_a")
    dispose(actor=desk.owner, request=request, disposition="release")
    again = sell(desk, serial="F-0001", days_ago=0)
    assert again.unit_id == request.unit_id
    assert ask(desk, again).stage == "requested"


def test_goods_are_not_ours_before_it_is_done(desk):
    request = graded(desk, sell(desk))
    refused("not_ours", lambda: dispose(actor=desk.owner, request=request, disposition="release"))
    decide_return(actor=desk.owner, request=request, result="repair")
    settle_return(actor=desk.owner, request=request)
    refused("not_ours", lambda: dispose(actor=desk.owner, request=request, disposition="scrap"))


def test_the_shelf_needs_its_own_right(desk):
    request = refunded(desk, sell(desk))
    allow(desk.manager, "return.view", "stock.move")
    with pytest.raises(PermissionRefused):
        dispose(actor=desk.manager, request=request, disposition="release")
    dispose(actor=desk.manager, request=request, disposition="rework")
    assert place_of_unit(request.unit) == "workshop"


def test_counted_goods_move_by_their_number(desk):
    request = graded(desk, sell_fans(desk, 5), quantity=2, grade="a")
    decide_return(actor=desk.owner, request=request, result="refund")
    settle_return(actor=desk.owner, request=request)
    dispose(actor=desk.owner, request=request, disposition="release")
    shelf = Balance.objects.get(product=desk.fan, place__kind="shop", condition="grade_a")
    assert (shelf.quantity, request.refund_amount) == (2, 600)


def test_an_unmatched_parcel_waits_apart_and_is_matched_later(desk):
    line = sell(desk)
    parcel = take_parcel(actor=desk.owner, branch=desk.branch, content="A fridge", serial="f-0001")
    assert (parcel.number, parcel.unit, place_of_unit(line.unit)) == ("Q-1001", line.unit, "quarantine")
    request = ask(desk, line)
    refused("not_approved", lambda: match_parcel(actor=desk.owner, parcel=parcel, request=request))
    other = ask(desk, sell(desk, serial="F-0002"))
    approve_return(actor=desk.owner, request=other)
    refused("other_unit", lambda: match_parcel(actor=desk.owner, parcel=parcel, request=other))
    approve_return(actor=desk.owner, request=request)
    match_parcel(actor=desk.owner, parcel=parcel, request=request)
    request.refresh_from_db()
    assert (parcel.state, request.stage, place_of_unit(line.unit)) == ("matched", "received", "returns")
    refused("parcel_over", lambda: match_parcel(actor=desk.owner, parcel=parcel, request=request))


def test_a_parcel_nobody_knows_goes_back(desk):
    line = sell(desk)
    known = take_parcel(actor=desk.owner, branch=desk.branch, content="A fridge", serial="F-0001")
    strange = take_parcel(actor=desk.owner, branch=desk.branch, content="A kettle", serial="K-1")
    assert strange.unit is None
    refused("no_reason", lambda: let_parcel_go(actor=desk.owner, parcel=known, note=""))
    let_parcel_go(actor=desk.owner, parcel=known, note="Back by courier")
    assert (known.state, place_of_unit(line.unit)) == ("gone", "customer")
    refused("no_content", lambda: take_parcel(actor=desk.owner, branch=desk.branch, content=" "))
