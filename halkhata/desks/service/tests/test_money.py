"""Who pays which line, what the customer approves, and what is kept for the claim (A53.4, A53.7, A53.10)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.utils.translation import override

from halkhata.desks.service.models import Estimate, JobCode, JobLine
from halkhata.desks.service.papers import card_data
from halkhata.desks.service.selectors.jobs import charged_total, needs_approval
from halkhata.desks.service.services.codes import send_code
from halkhata.desks.service.services.estimates import (
    answer_by_customer,
    estimate_of,
    expire_estimates,
    record_answer,
    send_estimate,
    token_for,
)
from halkhata.desks.service.services.lines import add_line, remove_line
from halkhata.desks.service.services.states import take_step
from halkhata.engines.goodwill.models import GoodwillLimit
from halkhata.engines.goodwill.services.granting import grant_goodwill
from halkhata.engines.messaging.models import TextMessage
from halkhata.engines.messaging.services.texts import words_of
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError

pytestmark = pytest.mark.django_db


@pytest.fixture
def found(job: Any, desk: Any) -> Any:
    """The fault is found."""
    take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Compressor stuck")
    return job


def _line(desk: Any, job: Any, **values: Any) -> JobLine:
    return add_line(**{"actor": desk.advisor, "job": job, "kind": "part", "text": "Thermostat",
                       "unit_price": Decimal(1200), "cost": Decimal(700), **values})  # fmt: skip


def _paid(desk: Any, job: Any, **values: Any) -> JobLine:
    return _line(desk, job, payer="customer", rule="Fell from the truck", **values)


def test_covered_line_is_free_with_its_rule_and_goes_to_the_claim(found, desk):
    line = _line(desk, found)
    assert (line.payer, line.charged, line.worth) == ("warranty", Decimal("0.00"), Decimal("1200.00"))
    assert (line.cost, line.is_recoverable) == (Decimal("700.00"), True)
    assert "Until" in line.rule
    assert charged_total(found) == 0


def test_labour_on_a_part_covered_without_labour_falls_back_to_the_whole_unit(found, desk):
    line = _line(desk, found, kind="labour", text="Changing it", component="compressor")
    assert line.payer == "warranty"


def test_after_the_warranty_the_customer_pays_all_but_the_compressor(make_job, fridge, desk):
    with time_machine.travel("2027-06-01 10:00+06:00"):
        job = make_job(fridge)
        take_step(actor=desk.advisor, job=job, state="diagnosed", diagnosis="Old")
        assert _line(desk, job).charged == Decimal("1200.00")
        part = _line(desk, job, text="Compressor", component="compressor")
        labour = _line(desk, job, kind="labour", text="Fitting", component="compressor", unit_price=Decimal(800))
    assert (part.payer, part.charged) == ("warranty", 0)
    assert (labour.payer, labour.charged) == ("customer", Decimal("800.00"))


def test_other_payer_than_the_warranty_says_needs_words(found, desk):
    with pytest.raises(DomainError) as refused:
        _line(desk, found, payer="customer")
    assert refused.value.code == "rule_missing"
    assert JobLine.objects.count() == 0


def test_goodwill_line_needs_goodwill_that_was_given(found, desk, rahima):
    with pytest.raises(DomainError) as refused:
        _line(desk, found, payer="goodwill")
    assert refused.value.code == "goodwill_missing"
    GoodwillLimit.objects.create(role=desk.role, per_case=1000, per_month=2000, currency="BDT")
    given = grant_goodwill(
        actor=desk.advisor, kind="uncovered_part", item=found, customer=rahima, branch=desk.branch, reason="Loyal",
        cost=Decimal(700), currency="BDT",
    )  # fmt: skip
    assert _line(desk, found, payer="goodwill", goodwill=given).charged == 0


def test_coupon_pays_once_and_only_for_its_own_unit(make_job, bike, fridge, job, desk):
    coupon = bike.coupons.order_by("number").first()
    with time_machine.travel("2026-04-10 10:00+06:00"):
        card = make_job(bike, complaint="First free service", reading=800)
        line = _line(desk, card, kind="labour", text="Free service 1", payer="coupon", coupon=coupon)
        assert (line.charged, line.is_recoverable) == (0, True)
        with pytest.raises(DomainError) as refused:
            _line(desk, job, kind="labour", text="Free", payer="coupon", coupon=coupon)
    assert refused.value.code == "coupon_elsewhere"
    coupon.refresh_from_db()
    assert (coupon.state, coupon.job_number) == ("used", card.number)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"quantity": Decimal(0)}, "quantity"),
        ({"quantity": Decimal(-1)}, "quantity"),
        ({"unit_price": Decimal("NaN")}, "unit_price"),
        ({"unit_price": Decimal("1e12")}, "unit_price"),
        ({"discount": Decimal(5000)}, "discount"),
        ({"cost": Decimal(-1)}, "cost"),
    ],
)
def test_amounts_out_of_bounds_add_nothing(found, desk, values, field):
    with pytest.raises(DomainError) as refused:
        _line(desk, found, **values)
    assert refused.value.field == field
    assert JobLine.objects.count() == 0


def test_database_refuses_a_covered_line_that_is_charged(found, desk):
    line = _line(desk, found)
    with pytest.raises(IntegrityError), transaction.atomic():
        JobLine.objects.filter(pk=line.pk).update(charged=10)
    paid = _paid(desk, found)
    for change in ({"charged": 5}, {"is_recoverable": True}, {"quantity": 0}, {"payer": "coupon"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            JobLine.objects.filter(pk=paid.pk).update(**change)


def test_serials_of_a_swapped_part_are_kept(found, desk):
    line = _line(desk, found, faulty_serial="cmp-1", replacement_serial="cmp-2")
    assert (line.faulty_serial, line.replacement_serial) == ("CMP-1", "CMP-2")
    # On the card of a Bengali reader, too, as they stand on the parts.
    with override("bn"):
        assert [row.rsplit(": ", 1)[1] for row in card_data(found)["swaps"]] == ["CMP-1 খুলে CMP-2 লাগানো হয়েছে"]


def test_estimate_waits_on_the_customer_and_approval_lets_work_begin(found, desk):
    _paid(desk, found)
    estimate = send_estimate(actor=desk.advisor, job=found)
    assert (found.state, found.state_flag) == ("waiting_approval", "paused")
    assert "You pay: Tk 1,200" in estimate.text
    record_answer(actor=desk.advisor, job=found, approves=True, how="phone", answered_by="Rahima Test")
    estimate.refresh_from_db()
    assert (estimate.state, estimate.answered_how, estimate.recorded_by) == ("approved", "phone", desk.advisor)
    assert found.state == "diagnosed"
    take_step(actor=desk.advisor, job=found, state="working")
    assert found.state == "working"


def test_changed_lines_need_a_new_approval(found, desk):
    _paid(desk, found)
    send_estimate(actor=desk.advisor, job=found)
    record_answer(actor=desk.advisor, job=found, approves=True, how="counter", answered_by="Rahima")
    assert not needs_approval(found)
    extra = _paid(desk, found, text="Door seal", unit_price=Decimal(300))
    assert needs_approval(found)
    with pytest.raises(DomainError):
        take_step(actor=desk.advisor, job=found, state="working")
    second = send_estimate(actor=desk.advisor, job=found)
    assert (second.number, second.total) == (2, Decimal("1500.00"))
    assert Estimate.objects.get(job=found, number=1).state == "replaced"
    remove_line(actor=desk.advisor, job=found, line_id=extra.pk)
    record_answer(actor=desk.advisor, job=found, approves=True, how="counter", answered_by="Rahima")
    assert needs_approval(found)  # what was approved is no longer what stands there


def test_estimate_of_nothing_is_refused(found, desk):
    _line(desk, found)
    with pytest.raises(DomainError) as refused:
        send_estimate(actor=desk.advisor, job=found)
    assert refused.value.code == "nothing_to_approve"
    assert found.state == "diagnosed"


def test_answer_by_link_needs_the_code(found, desk):
    _paid(desk, found)
    estimate = send_estimate(actor=desk.advisor, job=found)
    assert estimate_of(token_for(estimate)) == estimate
    assert estimate_of(token_for(estimate)[:-2] + "xx") is None
    with pytest.raises(DomainError) as refused:
        answer_by_customer(estimate=estimate, approves=True, typed_code="123456", name="Rahima")
    assert refused.value.code == "wrong_code"
    code = _sent_code(found)
    answer_by_customer(estimate=estimate, approves=True, typed_code=code, name="Rahima")
    estimate.refresh_from_db()
    assert (estimate.state, estimate.answered_how, estimate.answered_by) == ("approved", "link", "Rahima")
    with pytest.raises(Conflict):
        answer_by_customer(estimate=estimate, approves=False, typed_code=code, name="Rahima")


def test_five_wrong_tries_end_a_code(found, desk):
    _paid(desk, found)
    estimate = send_estimate(actor=desk.advisor, job=found)
    code = _sent_code(found)
    wrong = f"{(int(code) + 1) % 10**6:06d}"
    for _ in range(5):
        with pytest.raises(DomainError):
            answer_by_customer(estimate=estimate, approves=True, typed_code=wrong, name="Rahima")
    with pytest.raises(DomainError):
        answer_by_customer(estimate=estimate, approves=True, typed_code=code, name="Rahima")
    estimate.refresh_from_db()
    assert estimate.state == "sent"
    assert JobCode.objects.get(job=found).tries == 5


def test_second_code_within_a_minute_is_refused(found, desk):
    _sent_code(found)
    with pytest.raises(Conflict) as refused:
        send_code(actor=None, job=found, purpose="estimate")
    assert refused.value.code == "too_soon"
    assert JobCode.objects.count() == 1


def test_estimate_that_ran_out_takes_no_answer_and_comes_back(found, desk):
    _paid(desk, found)
    estimate = send_estimate(actor=desk.advisor, job=found)
    with time_machine.travel(now() + timedelta(days=8)):
        with pytest.raises(Conflict):
            record_answer(actor=desk.advisor, job=found, approves=True, how="counter", answered_by="Rahima")
        assert expire_estimates() == 1
        assert expire_estimates() == 0
    estimate.refresh_from_db()
    found.refresh_from_db()
    assert (estimate.state, found.state) == ("expired", "diagnosed")


def test_refusal_goes_back_to_the_advisor(found, desk):
    _paid(desk, found)
    send_estimate(actor=desk.advisor, job=found)
    record_answer(actor=desk.advisor, job=found, approves=False, how="counter", answered_by="Rahima", note="Too dear")
    assert found.state == "diagnosed"
    assert needs_approval(found)
    assert found.owner.notifications.filter(verb="job.answered").count() == 1


def _sent_code(job: Any) -> str:
    sent = send_code(actor=None, job=job, purpose="estimate")
    text = words_of(TextMessage.objects.get(cause=f"job-code:{sent.pk}:sms"))
    return text.split()[0]


def _stocked(catalog: Any, pieces: int) -> Any:
    from halkhata.foundation.audit.trail import SYSTEM
    from halkhata.records.stock.services.moving import move
    from halkhata.records.stock.services.places import place_of

    move(
        actor=SYSTEM, product=catalog.cement, quantity=pieces, from_place=place_of(catalog.branch, "supplier"),
        to_place=place_of(catalog.branch, "shop"), condition="new", reason="opening",
    )  # fmt: skip
    return catalog.cement


def _on_shelf(product: Any) -> int:
    from halkhata.records.stock.models import Balance

    return sum(Balance.objects.filter(product=product, place__kind="shop").values_list("quantity", flat=True))


def test_part_from_the_shelf_leaves_it_and_comes_back_with_the_line(found, desk, catalog):
    part = _stocked(catalog, 3)
    line = _line(desk, found, product=part, quantity=Decimal(2), from_stock=True)
    assert _on_shelf(part) == 1
    with pytest.raises(Conflict) as refused:
        _line(desk, found, product=part, quantity=Decimal(2), from_stock=True)
    assert refused.value.code == "stock_overdrawn"
    assert JobLine.objects.count() == 1
    remove_line(actor=desk.advisor, job=found, line_id=line.pk)
    assert _on_shelf(part) == 3


@pytest.mark.parametrize(("quantity", "code"), [(Decimal("0.5"), "whole_pieces"), (Decimal(1), "product_missing")])
def test_shelf_gives_whole_pieces_of_a_named_product(found, desk, catalog, quantity, code):
    product = _stocked(catalog, 3) if code == "whole_pieces" else None
    with pytest.raises(DomainError) as refused:
        _line(desk, found, product=product, quantity=quantity, from_stock=True)
    assert refused.value.code == code
    assert JobLine.objects.count() == 0
