"""Replacement before the old piece is back: deposit, swap, receipt, what becomes of the deposit, reminders."""

from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.test import Client

from halkhata.desks.returns.models import Advance, DepositEntry, RefundLimit, ReturnRequest
from halkhata.desks.returns.services.advancing import replace_in_advance
from halkhata.desks.returns.services.approving import approve_return, withdraw_return
from halkhata.desks.returns.services.awaiting import look_after_advances
from halkhata.desks.returns.services.deciding import decide_return
from halkhata.desks.returns.services.deposits import give_deposit_back, give_more_days, keep_deposit
from halkhata.desks.returns.services.inspecting import begin_inspection, inspect_return
from halkhata.desks.returns.services.publishing import publish_policy
from halkhata.desks.returns.services.receiving import receive_return
from halkhata.desks.returns.services.settling import close_return, settle_return
from halkhata.desks.returns.tests.conftest import PRICE, ask, make_unit, sell, sell_fans, tick_all
from halkhata.desks.returns.tracking import tracking_token
from halkhata.engines.work.models import Notification
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit
from halkhata.records.stock.models import Movement, UnitPosition
from halkhata.records.stock.selectors.positions import differences

pytestmark = pytest.mark.django_db
DEPOSIT = Decimal("2500.00")


def offer(desk, kind="percent", amount="20", days=14):
    """A version of the policy that offers replacement in advance for the sales of today."""
    publish_policy(
        actor=desk.owner, window_days=3, defect_days=30, condition_bn="বাক্সসহ", condition_en="With its box",
        from_on=today(), advance_kind=kind, advance_amount=Decimal(amount), advance_days=days,
    )  # fmt: skip


def approved(desk, **values):
    offer(desk, **values)
    request = ask(desk, sell(desk, days_ago=0))
    return approve_return(actor=desk.owner, request=request)


def handed(desk, *, method="cash", **values):
    request = approved(desk, **values)
    new = make_unit(desk, "F-0099")
    return replace_in_advance(actor=desk.owner, request=request, replacement_unit=new, method=method, reference="R-7")


def late(desk, **values):
    request = handed(desk, **values)
    Advance.objects.filter(request=request).update(due_on=today() - timedelta(days=1))
    return fresh(request)


def fresh(request):
    return ReturnRequest.objects.get(pk=request.pk)


def came(desk, **values):
    request = handed(desk, **values)
    return receive_return(actor=desk.owner, request=request, serial="F-0001")


def ledger(request):
    return list(DepositEntry.objects.filter(advance__request=request).values_list("kind", "amount", "method", "reason"))


def books():
    models = (ReturnRequest, Advance, DepositEntry, Movement, OutboxEvent, Unit)
    return [list(model.objects.order_by("pk").values_list()) for model in models]


def refused(code, call):
    before = books()
    with pytest.raises(DomainError) as error:
        call()
    assert error.value.code == code
    assert books() == before


def test_the_deposit_is_taken_and_the_serials_are_swapped_at_handing_over(desk):
    request = handed(desk)
    advance = request.advance
    assert (advance.state, advance.deposit, advance.currency) == ("waiting", DEPOSIT, "BDT")
    assert advance.due_on == today() + timedelta(days=14)
    assert ledger(request) == [("taken", DEPOSIT, "cash", "")]
    entry = DepositEntry.objects.get()
    assert (entry.reference, entry.by, entry.currency) == ("R-7", desk.owner, "BDT")
    assert (request.stage, request.replacement_unit.owner) == ("approved", desk.buyer)
    assert Unit.objects.get(pk=request.unit_id).state == "replaced"
    assert OutboxEvent.objects.get(name="return.advanced").payload["what"] == "handed"
    assert differences() == []


def test_the_receipt_ends_the_wait_and_the_deposit_goes_back_before_the_end(desk):
    request = came(desk)
    assert (request.advance.state, request.stage) == ("came", "received")
    assert Notification.objects.filter(user=desk.owner, verb="return.deposit_due").count() == 1
    begin_inspection(actor=desk.owner, request=request)
    tick_all(request)
    inspect_return(actor=desk.owner, request=request, grade="b")
    refused("advance_given", lambda: decide_return(actor=desk.owner, request=request, result="refund"))
    decide_return(actor=desk.owner, request=request, result="replacement")
    settle_return(actor=desk.owner, request=request)
    refused("deposit_open", lambda: close_return(actor=desk.owner, request=request))
    give_deposit_back(actor=desk.owner, request=request, reference="P-1")
    assert ledger(request) == [("taken", DEPOSIT, "cash", ""), ("returned", DEPOSIT, "cash", "")]
    close_return(actor=desk.owner, request=request)
    assert (request.stage, request.result, request.replacement_amount) == ("closed", "replacement", PRICE)
    assert (Unit.objects.get(pk=request.unit_id).state, request.held_quantity) == ("replaced", 0)
    assert UnitPosition.objects.select_related("place").get(unit=request.unit).place.kind == "returns"
    assert [row.reason for row in Movement.objects.filter(unit=request.replacement_unit).order_by("pk")] == [
        "opening", "replacement"
    ]  # fmt: skip
    assert differences() == []


def test_a_sale_under_a_policy_that_offers_none_gets_none(desk):
    request = ask(desk, sell(desk))
    approve_return(actor=desk.owner, request=request)
    new = make_unit(desk, "F-0099")
    refused(
        "no_advance",
        lambda: replace_in_advance(actor=desk.owner, request=request, replacement_unit=new, method="cash"),
    )


def test_what_was_published_later_does_not_change_an_earlier_sale(desk):
    line = sell(desk, days_ago=1)
    offer(desk)
    request = approve_return(actor=desk.owner, request=ask(desk, line))
    refused("no_advance", lambda: replace_in_advance(actor=desk.owner, request=request, method="cash"))


def test_wrong_times_units_and_routes_are_refused_and_nothing_is_written(desk):
    offer(desk)
    request = ask(desk, sell(desk, days_ago=0))
    new = make_unit(desk, "F-0099")

    def hand(**values):
        return replace_in_advance(
            **{"actor": desk.owner, "request": request, "replacement_unit": new, "method": "cash", **values}
        )

    refused("step_not_allowed", hand)
    approve_return(actor=desk.owner, request=request)
    refused("unknown_method", lambda: hand(method=""))
    refused("unknown_method", lambda: hand(method="instalment"))
    refused("unit_missing", lambda: hand(replacement_unit=None))
    refused("same_unit", lambda: hand(replacement_unit=request.unit))
    hand()
    refused("advance_given", hand)
    refused("advance_given", lambda: withdraw_return(actor=desk.owner, request=request))


def test_who_may_not_decide_hands_nothing_over_and_a_role_has_its_limit(desk):
    request = approved(desk)
    new = make_unit(desk, "F-0099")
    refused(
        "forbidden", lambda: replace_in_advance(actor=desk.agent, request=request, replacement_unit=new, method="cash")
    )
    RefundLimit.objects.create(role=desk.owner.role, amount=PRICE - 1)
    refused(
        "over_limit", lambda: replace_in_advance(actor=desk.owner, request=request, replacement_unit=new, method="cash")
    )


def test_a_deposit_goes_back_within_the_limit_of_the_role(desk):
    request = came(desk)
    refused("forbidden", lambda: give_deposit_back(actor=desk.agent, request=request))
    refused("forbidden", lambda: keep_deposit(actor=desk.agent, request=request, reason="So"))
    RefundLimit.objects.create(role=desk.owner.role, amount=DEPOSIT - 1)
    refused("over_limit", lambda: give_deposit_back(actor=desk.owner, request=request))
    give_deposit_back(actor=desk.owner, request=request, amount=DEPOSIT - 1)
    refused("more_than_deposit", lambda: give_deposit_back(actor=desk.owner, request=request, amount=Decimal(2)))
    give_deposit_back(actor=desk.owner, request=request, amount=Decimal(1))
    refused("no_deposit", lambda: give_deposit_back(actor=desk.owner, request=request))


def test_another_route_than_it_was_paid_by_needs_a_reason(desk):
    request = came(desk)
    refused("method_differs", lambda: give_deposit_back(actor=desk.owner, request=request, method="mobile"))
    give_deposit_back(actor=desk.owner, request=request, method="mobile", method_reason="No cash in the till")
    assert ledger(request)[-1] == ("returned", DEPOSIT, "mobile", "No cash in the till")


def test_before_the_old_piece_is_here_nothing_goes_back_and_nothing_is_kept_before_its_day(desk):
    request = handed(desk)
    refused("piece_awaited", lambda: give_deposit_back(actor=desk.owner, request=request))
    refused("not_due_yet", lambda: keep_deposit(actor=desk.owner, request=request, reason="Too slow"))
    refused("no_reason", lambda: keep_deposit(actor=desk.owner, request=request, reason=" "))


def test_when_the_old_piece_does_not_come_the_deposit_is_kept_and_the_return_is_over(desk):
    request = late(desk)
    refused(
        "more_than_deposit",
        lambda: keep_deposit(actor=desk.owner, request=request, reason="Late", amount=DEPOSIT + 1),
    )
    keep_deposit(actor=desk.owner, request=request, reason="It never came")
    assert ledger(request)[-1] == ("kept", DEPOSIT, "", "It never came")
    assert (request.stage, request.result, request.held_quantity) == ("closed", "replacement", 0)
    assert (request.advance.state, request.refund_amount) == ("missed", Decimal(0))
    settled = OutboxEvent.objects.get(name="return.settled").payload
    assert (settled["result"], settled["replacement"]) == ("replacement", str(PRICE))
    refused("no_deposit", lambda: keep_deposit(actor=desk.owner, request=request, reason="Again"))


def test_what_is_not_kept_goes_back_after_the_end(desk):
    request = late(desk)
    keep_deposit(actor=desk.owner, request=request, reason="A part of it", amount=Decimal(1000))
    give_deposit_back(actor=desk.owner, request=request)
    assert [row[:2] for row in ledger(request)] == [
        ("taken", DEPOSIT), ("kept", Decimal(1000)), ("returned", Decimal(1500))
    ]  # fmt: skip


def test_a_broken_old_piece_lets_a_part_be_kept(desk):
    request = came(desk)
    keep_deposit(actor=desk.owner, request=request, reason="The door is broken", amount=Decimal(500))
    assert (request.stage, request.advance.state) == ("received", "came")
    give_deposit_back(actor=desk.owner, request=request)
    assert [row[:2] for row in ledger(request)][1:] == [("kept", Decimal(500)), ("returned", Decimal(2000))]


def test_more_days_move_the_last_day_and_reminders_begin_anew(desk):
    request = late(desk)
    assert look_after_advances() == 1
    refused("bad_day", lambda: give_more_days(actor=desk.owner, request=request, until=today(), reason="Flood"))
    refused(
        "no_reason",
        lambda: give_more_days(actor=desk.owner, request=request, until=today() + timedelta(days=5), reason=""),
    )
    give_more_days(actor=desk.owner, request=request, until=today() + timedelta(days=1), reason="Flood")
    assert (request.advance.due_on, request.advance.days_reason) == (today() + timedelta(days=1), "Flood")
    refused("not_due_yet", lambda: keep_deposit(actor=desk.owner, request=request, reason="Late"))
    assert look_after_advances() == 1


def test_without_a_deposit_the_piece_is_awaited_all_the_same(desk):
    request = late(desk, kind="none", amount="0", method="")
    assert (request.advance.deposit, ledger(request)) == (Decimal(0), [])
    keep_deposit(actor=desk.owner, request=request, reason="It never came")
    assert (request.stage, request.advance.state, ledger(request)) == ("closed", "missed", [])


def test_a_fixed_deposit_is_never_more_than_the_price(desk):
    assert handed(desk, kind="fixed", amount="99999").advance.deposit == PRICE


def test_counted_goods_are_replaced_in_advance_too(desk):
    offer(desk)
    request = approve_return(actor=desk.owner, request=ask(desk, sell_fans(desk), quantity=2))
    replace_in_advance(actor=desk.owner, request=request, method="cash")
    assert request.advance.deposit == Decimal("120.00")
    receive_return(actor=desk.owner, request=request)
    assert request.advance.state == "came"
    assert differences() == []


@pytest.mark.parametrize(
    ("kind", "amount", "days", "code"),
    [("half", "10", 14, "bad_deposit"), ("percent", "101", 14, "bad_deposit"), ("fixed", "0", 14, "bad_deposit"),
     ("fixed", "100", 0, "bad_days"), ("none", "0", None, "bad_days")],
)  # fmt: skip
def test_terms_that_make_no_sense_are_refused(desk, kind, amount, days, code):
    refused(code, lambda: offer(desk, kind=kind, amount=amount, days=days))


def test_customer_and_owner_are_told_once_for_each_last_day(desk):
    request = handed(desk)
    assert look_after_advances() == 0
    soon = request.advance.due_on - timedelta(days=2)
    assert [look_after_advances(soon), look_after_advances(soon)] == [1, 0]
    after = request.advance.due_on + timedelta(days=1)
    assert [look_after_advances(after), look_after_advances(after)] == [1, 0]
    told = [row.payload["what"] for row in OutboxEvent.objects.filter(name="return.advanced").order_by("pk")]
    assert told == ["handed", "soon", "late"]
    assert Notification.objects.filter(user=desk.owner, verb="return.advance_late").count() == 1


def test_the_customers_page_shows_what_was_paid_and_by_when_it_is_to_come(desk):
    request = handed(desk)
    page = Client().get(f"/c/returns/{tracking_token(request)}/?lang=en").content.decode()
    assert "You have the new piece already" in page
    assert "2,500" in page
    assert "Then you get your deposit back." in page
    keep_deposit(actor=desk.owner, request=late_of(request), reason="It never came")
    page = Client().get(f"/c/returns/{tracking_token(request)}/?lang=en").content.decode()
    assert "It never came" in page


def late_of(request):
    Advance.objects.filter(request=request).update(due_on=today() - timedelta(days=1))
    return fresh(request)


def test_the_whole_way_in_the_pages(desk, client_as):
    client = client_as(desk.owner)
    request = approved(desk)
    make_unit(desk, "F-0099")
    page = client.get(f"/returns/{request.number}/")
    assert b'name="advance-replacement"' in page.content
    at = f"/returns/{request.number}"
    wrong = client.post(f"{at}/advance/", {"advance-replacement": "X", "advance-method": "cash"})
    assert wrong.status_code == 422
    done = client.post(f"{at}/advance/", {"advance-replacement": "F-0099", "advance-method": "cash"})
    assert done.status_code == 302
    page = client.get(f"{at}/").content
    assert b'name="more_days-until"' in page
    assert b'name="deposit_back-amount"' not in page
    assert b"/withdraw/" not in page
    later = (today() + timedelta(days=30)).isoformat()
    assert client.post(f"{at}/more_days/", {"more_days-until": later, "more_days-reason": "Eid"}).status_code == 302
    late_of(request)
    assert b'name="deposit_kept-reason"' in client.get(f"{at}/").content
    kept = client.post(f"{at}/deposit_kept/", {"deposit_kept-reason": "Never came", "deposit_kept-amount": "100"})
    assert kept.status_code == 302
    assert b'name="deposit_back-amount"' in client.get(f"{at}/").content
    assert client.post(f"{at}/deposit_back/", {}).status_code == 302
    assert [row[:2] for row in ledger(request)][1:] == [("kept", Decimal(100)), ("returned", Decimal(2400))]


def test_the_policy_form_publishes_the_deposit_and_begins_the_next_with_it(desk, client_as):
    client = client_as(desk.owner)
    data = {
        "window_days": "3", "defect_days": "7", "condition_bn": "ক", "condition_en": "C", "advance_kind": "fixed",
        "advance_amount": "৫,০০০", "advance_days": "10",
    }  # fmt: skip
    assert client.post("/returns/settings/policy/new/", {**data, "advance_amount": ""}).status_code == 422
    assert client.post("/returns/settings/policy/new/", data).status_code == 302
    terms = SimpleNamespace(**Advance._meta.apps.get_model("returns", "AdvanceTerms").objects.values().get())
    assert (terms.kind, terms.amount, terms.currency, terms.days) == ("fixed", Decimal(5000), "BDT", 10)
    again = client.get(f"/returns/settings/policy/new/?from={terms.policy_id}").content.decode()
    assert '<option value="fixed" selected' in again
    public = Client().get("/c/returns/policy/?lang=en").content.decode()
    assert "against a deposit of" in public
