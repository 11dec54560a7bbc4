"""Recovery, ageing, costs, and the free services of a month: exact values."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.registrations import costs_of_claims, products_of_claims
from halkhata.desks.claims.selectors.coupons import months_to_claim
from halkhata.desks.claims.selectors.report import Span, report
from halkhata.desks.claims.selectors.rules import terms_of
from halkhata.desks.claims.services.answering import decide_claim
from halkhata.desks.claims.services.coupons import claim_month
from halkhata.desks.claims.services.editing import add_line
from halkhata.desks.claims.services.filing import submit_claim, withdraw_claim
from halkhata.desks.claims.services.opening import NewLine
from halkhata.desks.claims.sheets import rows_of
from halkhata.desks.claims.tests.conftest import draft, granted, pay, sent
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.errors import DomainError
from halkhata.records.catalog.days import today
from halkhata.records.warranty.choices import CouponState
from halkhata.records.warranty.models import Coupon

pytestmark = pytest.mark.django_db

YEAR = Span(date(2026, 1, 1), date(2026, 12, 31))


def this_year():
    return Span(today() - timedelta(days=400), today())


def test_recovery_is_what_came_of_what_was_claimed(desk, fridge):
    pay(desk, granted(desk, fridge, "1000"), "900", "A", short_reason="Fee")
    no = sent(desk, fridge, "500")
    decide_claim(actor=desk.chief, claim=no, granted={}, answer="Out of time")
    sent(desk, fridge, "500.50")
    draft(desk, fridge, "7777")
    withdrawn = sent(desk, fridge, "8888")
    withdraw_claim(actor=desk.writer, claim=withdrawn, reason="No")
    made = report(desk.chief, this_year())
    (row,) = made.by_brand
    assert (row.label, row.currency, row.count) == ("Testa", "BDT", 3)
    assert (row.claimed, row.approved, row.credited, row.short) == (
        Decimal("2000.50"), Decimal(1000), Decimal(900), Decimal(100),
    )  # fmt: skip
    assert row.rate == Decimal("45.0")
    assert [(one.pk, one.credited) for one in made.by_branch] == [(desk.branch.pk, Decimal(900))]


def test_what_a_company_did_not_pay_is_what_a_claim_cost(desk, fridge):
    short = granted(desk, fridge, "1000")
    pay(desk, short, "900", "A", short_reason="Fee")
    no = sent(desk, fridge, "500")
    decide_claim(actor=desk.chief, claim=no, granted={}, answer="Out of time")
    waiting, full = sent(desk, fridge, "70"), granted(desk, fridge, "80")
    costs = costs_of_claims([short.pk, no.pk, waiting.pk, full.pk])
    assert costs == {
        short.pk: {"BDT": Decimal(100)}, no.pk: {"BDT": Decimal(500)}, full.pk: {"BDT": Decimal(0)},
    }  # fmt: skip


def test_claim_is_about_the_product_of_its_unit(desk, fridge):
    claim = draft(desk, fridge, "10")
    made = products_of_claims([claim])[claim.pk]
    assert made == (fridge.product_id, fridge.product.brand_id, fridge.product.kind_id)


def test_unpaid_claims_are_aged_from_the_day_they_were_sent(desk, fridge):
    amounts = {0: "1", 30: "20", 31: "300", 60: "4000", 61: "50000", 90: "600000", 91: "7000000"}
    for days, amount in amounts.items():
        claim = sent(desk, fridge, amount)
        Claim.objects.filter(pk=claim.pk).update(submitted_at=now() - timedelta(days=days))
    half = granted(desk, fridge, "100")
    pay(desk, half, "60", "H")
    (row,) = report(desk.chief, this_year()).ages_by_brand
    assert row.amounts == (Decimal(61), Decimal(4300), Decimal(650000), Decimal(7000000))
    assert row.counts == (3, 2, 2, 1)
    assert (row.total, row.count) == (Decimal("7654361.00"), 8)


def test_cost_of_warranty_repairs_is_split_into_what_comes_back_and_what_stays(desk, fridge):
    claim = draft(desk, fridge, "1000", "250.25")
    add_line(
        actor=desk.writer, claim=claim,
        line=NewLine(kind="travel", text="Van", cost=Decimal("300.10"), is_recoverable=False),
    )  # fmt: skip
    (cost,) = report(desk.chief, this_year()).costs
    assert (cost.cost, cost.recoverable, cost.ours) == (Decimal("1550.35"), Decimal("1250.25"), Decimal("300.10"))


def test_who_sees_another_branch_counts_nothing_of_this_one(desk, fridge, elsewhere):
    granted(desk, fridge)
    from tests.support.fixtures_shop import make_role, make_user

    far = make_user(
        "far", branch=elsewhere.branch, role=make_role("far", level=1, scope="branch", permissions=("claim.view",))
    )
    made = report(far, this_year())
    assert (made.by_brand, made.ages_by_brand, made.costs) == ([], [], [])


def used(bike, desk, *, on, goodwill=""):
    coupon = Coupon.objects.filter(unit=bike, state=CouponState.DUE).order_by("number").first()
    Coupon.objects.filter(pk=coupon.pk).update(
        state=CouponState.USED, used_on=on, used_at=datetime(on.year, on.month, on.day, tzinfo=UTC),
        used_branch=desk.branch, job_number="J-7", used_reading=800, goodwill=goodwill,
    )  # fmt: skip
    return coupon


def test_free_services_of_a_month_are_claimed_once_at_the_rate_of_the_company(desk, bike):
    first = used(bike, desk, on=date(2026, 4, 10))
    used(bike, desk, on=date(2026, 5, 2))
    assert [(row["month"], row["count"]) for row in months_to_claim(desk.chief)] == [
        (date(2026, 5, 1), 1), (date(2026, 4, 1), 1),
    ]  # fmt: skip
    claim = claim_month(actor=desk.writer, brand=desk.brand, month=date(2026, 4, 1), branch=desk.branch)
    line = claim.lines.get()
    assert (line.coupon_id, line.claimed_amount, claim.claimed_amount) == (first.pk, Decimal(150), Decimal(150))
    assert claim.deadline_on == date(2026, 5, 20)
    with pytest.raises(DomainError, match="nothing_to_claim"):
        claim_month(actor=desk.writer, brand=desk.brand, month=date(2026, 4, 1), branch=desk.branch)
    submit_claim(actor=desk.writer, claim=claim)
    rows = rows_of(Claim.objects.all(), terms_of(desk.brand))
    assert rows == [[claim.number, ", ".join(one.value for one in bike.identifiers.all()), line.text, "150.00"]]


def test_free_service_of_a_withdrawn_sheet_is_claimed_again(desk, bike):
    used(bike, desk, on=date(2026, 4, 10))
    claim = claim_month(actor=desk.writer, brand=desk.brand, month=date(2026, 4, 1), branch=desk.branch)
    withdraw_claim(actor=desk.writer, claim=claim, reason="Wrong rate")
    again = claim_month(actor=desk.writer, brand=desk.brand, month=date(2026, 4, 15), branch=desk.branch)
    assert again.lines.count() == 1


def test_goodwill_of_a_manager_is_not_the_company_s_to_pay(desk, bike):
    used(bike, desk, on=date(2026, 4, 10), goodwill="goodwill:1")
    with pytest.raises(DomainError, match="nothing_to_claim"):
        claim_month(actor=desk.writer, brand=desk.brand, month=date(2026, 4, 1), branch=desk.branch)
    assert months_to_claim(desk.chief) == []


def test_a_claim_of_a_later_day_is_in_the_report_of_that_day(desk, fridge):
    with moved_to(now() - timedelta(days=500)):
        early = draft(desk, fridge, "10", failed_on=None, repaired_on=None)
    assert early.opened_at < now() - timedelta(days=400)
    assert report(desk.chief, this_year()).costs == []
