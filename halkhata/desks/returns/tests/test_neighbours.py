"""What other parts of the house do with returns: merging customers, erasing one, search, panels, the demo's removal."""

import pytest

from halkhata.desks.returns.models import CreditNote, ReturnRequest
from halkhata.desks.returns.registrations import (
    clear_demo,
    costs_of_returns,
    customer_panel,
    hits,
    products_of_returns,
    unit_panel,
)
from halkhata.desks.returns.services.approving import approve_return
from halkhata.desks.returns.services.deciding import decide_return
from halkhata.desks.returns.services.settling import settle_return
from halkhata.desks.returns.tests.conftest import ask, graded, refunded, sell
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.stock.models import Movement
from halkhata.records.stock.registrations import clear_demo as clear_stock

pytestmark = pytest.mark.django_db


def test_returns_and_credit_go_with_a_merged_customer(desk):
    request = graded(desk, sell(desk))
    decide_return(actor=desk.owner, request=request, result="store_credit")
    settle_return(actor=desk.owner, request=request)
    survivor = create_customer(actor=desk.owner, name_en="Survivor", phones=["01100000077"])
    merge_customers(actor=desk.owner, merged=desk.buyer, survivor=survivor)
    request.refresh_from_db()
    assert (request.customer, CreditNote.objects.get().customer) == (survivor, survivor)


def test_search_and_panels_show_what_may_be_seen(desk):
    request = ask(desk, sell(desk))
    assert [hit.url for hit in hits(desk.owner, request.number, 5)] == [f"/returns/{request.number}/"]
    assert hits(desk.owner, "f-0001", 5) == []  # the unit is found by it, and lists its returns
    assert customer_panel(desk.owner, desk.buyer)["returns"] == [request]
    assert unit_panel(desk.owner, request.unit)["returns"] == [request]


def test_return_cost_what_the_customer_got_and_is_about_its_product(desk):
    asked, money = ask(desk, sell(desk)), refunded(desk, sell(desk, serial="F-2"))
    assert costs_of_returns([asked.pk, money.pk]) == {money.pk: {"BDT": money.refund_amount}}
    assert money.refund_amount > 0
    made = (desk.fridge.pk, desk.fridge.brand_id, desk.fridge.kind_id)
    assert products_of_returns([asked, money]) == {asked.pk: made, money.pk: made}


def test_the_demo_goes_and_what_is_real_stays(desk):
    real = refunded(desk, sell(desk))
    invented = ask(desk, sell(desk, serial="F-2"), is_demo=True)
    before = Movement.objects.count()
    clear_demo()
    clear_stock()
    assert list(ReturnRequest.objects.all()) == [real]
    assert not ReturnRequest.objects.filter(pk=invented.pk).exists()
    assert Movement.objects.count() == before


def test_a_repair_opens_a_job_card_once(desk):
    from halkhata.desks.service.models import ServiceJob
    from halkhata.foundation.core.outbox import deliver_due

    request = graded(desk, sell(desk))
    decide_return(actor=desk.owner, request=request, result="repair")
    settle_return(actor=desk.owner, request=request)
    deliver_due()
    deliver_due()
    job = ServiceJob.objects.get()
    assert (job.unit_id, job.parent_id, job.customer) == (request.unit_id, request.pk, desk.buyer)


def test_set_up_promises_an_answer_in_a_day_and_the_end_in_seven(desk):
    from halkhata.desks.returns.services.defaults import prepare_desk
    from halkhata.engines.work.models import SlaClock, SlaPolicy

    prepare_desk()
    prepare_desk()
    policy = SlaPolicy.objects.get(name_en="Returns")
    request = ask(desk, sell(desk))
    clocks = SlaClock.objects.filter(item_id=request.pk, policy=policy)
    assert set(clocks.values_list("metric", "target_minutes")) == {("first", 600), ("resolution", 4200)}
    assert request.first_response_at is None
    approve_return(actor=desk.owner, request=request)
    assert request.first_response_at is not None
    assert clocks.get(metric="first").state == "met"
