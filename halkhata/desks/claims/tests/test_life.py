"""The way of a claim: written, verified, sent, answered, paid short. Who may not, changes nothing."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from halkhata.desks.claims.models import Claim, ClaimLine, CompanyCredit
from halkhata.desks.claims.selectors.verify import verify
from halkhata.desks.claims.services.answering import decide_claim
from halkhata.desks.claims.services.editing import add_line, add_photos, edit_claim, remove_line
from halkhata.desks.claims.services.filing import ask_back, submit_claim, withdraw_claim
from halkhata.desks.claims.services.old_parts import tag_part
from halkhata.desks.claims.services.opening import NewLine
from halkhata.desks.claims.tests.conftest import FAILED, REPAIRED, complete, draft, granted, pay, photo, sent
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.records.catalog.models import UnitLife
from halkhata.records.warranty.models import Flag
from tests.support.fixtures_shop import make_role, make_user

pytestmark = pytest.mark.django_db


def test_claim_missing_a_photo_is_verified_sent_and_paid_short(desk, fridge):
    """Sample flow 6 of stories.md E3."""
    claim = draft(desk, fridge)
    assert (claim.stage, claim.number[:2], claim.claimed_amount) == ("draft", "C-", Decimal("5700.50"))
    assert claim.deadline_on == REPAIRED + timedelta(days=20)
    add_photos(actor=desk.writer, claim=claim, files=[photo()], kind="serial_plate")
    tag_part(actor=desk.writer, claim=claim, name="Compressor", serial="old-1")
    assert [(one.sort, one.code, one.label) for one in verify(claim).missing] == [
        ("photo", "failed_part", "Failed part")
    ]
    with pytest.raises(DomainError) as refused:
        submit_claim(actor=desk.writer, claim=claim)
    assert refused.value.code == "incomplete"
    assert refused.value.data["missing"] == [{"sort": "photo", "code": "failed_part", "label": "Failed part"}]
    assert Claim.objects.get().submitted_at is None
    add_photos(actor=desk.writer, claim=claim, files=[photo("part.png")], kind="failed_part")
    submit_claim(actor=desk.writer, claim=claim, company_number="TST/77")
    assert (claim.stage, claim.state_flag, claim.company_number) == ("submitted", "paused", "TST/77")
    first, second = claim.lines.all()
    decide_claim(
        actor=desk.chief, claim=claim, granted={first.pk: Decimal(4500), second.pk: Decimal(0)},
        answers={second.pk: "Labour is not paid"},
    )  # fmt: skip
    assert (claim.stage, claim.approved_amount, claim.refused_amount) == (
        "partly", Decimal("4500.00"), Decimal("1200.50"),
    )  # fmt: skip
    assert claim.answer == "Labour is not paid"
    pay(desk, claim, "4000", short_reason="Handling fee of the company")
    assert (claim.stage, claim.credited_amount, claim.shortfall) == (
        "credited", Decimal("4000.00"), Decimal("500.00"),
    )  # fmt: skip
    assert claim.short_reason == "Handling fee of the company"
    assert [line.verb for line in UnitLife.objects.filter(verb__startswith="claim").order_by("pk")] == [
        "claim.direct", "claim.moved", "claim.moved", "claim.moved",
    ]  # fmt: skip


def test_everything_that_is_missing_is_named(desk, fridge):
    claim = draft(desk, fridge, failed_on=None, repaired_on=None, defect_code="", lines=[])
    assert {(one.sort, one.code) for one in verify(claim).missing} == {
        ("field", "failed_on"), ("field", "repaired_on"), ("field", "defect_code"), ("photo", "serial_plate"),
        ("photo", "failed_part"), ("line", "lines"),
    }  # fmt: skip
    assert claim.deadline_on is None


def test_deadline_warnings_come_before_and_after_the_last_day(desk, fridge):
    claim = draft(desk, fridge)
    last = REPAIRED + timedelta(days=20)
    assert verify(claim, on=last - timedelta(days=6)).warnings == ()
    assert verify(claim, on=last - timedelta(days=5)).warnings == ("It must be sent by 30 November 2026.",)
    assert verify(claim, on=last + timedelta(days=1)).warnings == (
        "The last day to send it was 30 November 2026: the company may refuse it.",
    )


def test_what_is_not_recoverable_is_written_down_and_not_claimed(desk, fridge):
    claim = draft(desk, fridge, "1000")
    add_line(
        actor=desk.writer, claim=claim, line=NewLine(kind="travel", text="Van", cost=Decimal(300), is_recoverable=False)
    )
    assert claim.claimed_amount == Decimal(1000)
    assert sum(line.cost for line in claim.lines.all()) == Decimal(1300)
    with pytest.raises(DomainError, match="not_recoverable"):
        add_line(
            actor=desk.writer, claim=claim,
            line=NewLine(kind="visit", text="Visit", claimed=Decimal(5), is_recoverable=False),
        )  # fmt: skip


def test_a_sent_claim_does_not_change(desk, fridge):
    claim = sent(desk, fridge)
    line = claim.lines.first()
    with pytest.raises(Conflict, match="sent_already"):
        add_line(actor=desk.writer, claim=claim, line=NewLine(kind="part", text="More", cost=Decimal(1)))
    with pytest.raises(Conflict, match="sent_already"):
        remove_line(actor=desk.writer, claim=claim, line_id=line.pk)
    with pytest.raises(Conflict, match="sent_already"):
        edit_claim(actor=desk.writer, claim=claim, failed_on=FAILED, repaired_on=REPAIRED)
    assert Claim.objects.get().claimed_amount == Decimal("5700.50")


def test_company_asks_for_more_and_the_claim_is_sent_anew(desk, fridge):
    claim = sent(desk, fridge)
    ask_back(actor=desk.writer, claim=claim, reason="Photo of the plate is dark")
    assert (claim.stage, claim.asked_back) == ("draft", "Photo of the plate is dark")
    submit_claim(actor=desk.writer, claim=claim)
    assert (claim.stage, claim.asked_back) == ("submitted", "")


def test_less_than_everything_needs_the_words_of_the_company(desk, fridge):
    claim = sent(desk, fridge)
    with pytest.raises(DomainError, match="answer_missing"):
        decide_claim(actor=desk.chief, claim=claim, granted={})
    assert Claim.objects.get().stage == "submitted"
    decide_claim(actor=desk.chief, claim=claim, granted={}, answer="Out of time")
    assert (claim.stage, claim.approved_amount, claim.state_flag) == ("rejected", Decimal(0), "resolved")


def test_more_than_was_claimed_is_not_granted(desk, fridge):
    claim = sent(desk, fridge)
    first, second = claim.lines.all()
    with pytest.raises(Conflict, match="approved_over_claimed"):
        decide_claim(actor=desk.chief, claim=claim, granted={first.pk: Decimal(1), second.pk: Decimal("700.51")})
    assert list(ClaimLine.objects.values_list("approved_amount", flat=True)) == [0, 0]
    assert Claim.objects.get().stage == "submitted"


def test_credits_come_in_parts_and_the_same_paper_counts_once(desk, fridge):
    claim = granted(desk, fridge)
    pay(desk, claim, "5000")
    assert (claim.stage, claim.shortfall) == ("approved", Decimal("700.50"))
    with pytest.raises(Conflict, match="credit_known"):
        pay(desk, claim, "700.50", number="cn-1")
    with pytest.raises(Conflict, match="credited_over_approved"):
        pay(desk, claim, "700.51", number="CN-2")
    pay(desk, claim, "700.50", number="CN-2")
    assert (claim.stage, claim.credited_amount, CompanyCredit.objects.count()) == ("credited", Decimal("5700.50"), 2)


def test_rest_of_a_short_payment_can_still_come(desk, fridge):
    claim = granted(desk, fridge)
    pay(desk, claim, "5000", short_reason="Said to be all")
    pay(desk, claim, "700.50", number="CN-2")
    assert (claim.stage, claim.shortfall) == ("credited", Decimal(0))


def test_no_money_before_the_answer(desk, fridge):
    claim = sent(desk, fridge)
    with pytest.raises(Conflict, match="not_approved"):
        pay(desk, claim, "1")
    assert not CompanyCredit.objects.exists()


def test_withdrawn_needs_a_reason_and_is_final(desk, fridge):
    claim = draft(desk, fridge)
    with pytest.raises(DomainError, match="reason_missing"):
        withdraw_claim(actor=desk.writer, claim=claim, reason=" ")
    withdraw_claim(actor=desk.writer, claim=claim, reason="Opened twice")
    with pytest.raises(Conflict, match="sent_already"):
        submit_claim(actor=desk.writer, claim=claim)
    with pytest.raises(Conflict, match="step_not_allowed"):
        withdraw_claim(actor=desk.writer, claim=claim, reason="Again")


def test_both_numbers_of_a_swap_are_kept(desk, fridge):
    claim = draft(desk, fridge, faulty_serial="cmp-1", replacement_serial="cmp-2")
    assert (claim.faulty_serial, claim.replacement_serial) == ("CMP-1", "CMP-2")


@pytest.mark.parametrize("act", ["submit", "withdraw", "line", "decide", "credit"])
def test_who_may_only_look_changes_nothing(desk, fridge, act):
    claim = granted(desk, fridge) if act == "credit" else sent(desk, fridge) if act == "decide" else draft(desk, fridge)
    before = list(Claim.objects.values_list())
    acts = {
        "submit": lambda: submit_claim(actor=desk.onlooker, claim=claim),
        "withdraw": lambda: withdraw_claim(actor=desk.onlooker, claim=claim, reason="So"),
        "line": lambda: add_line(actor=desk.onlooker, claim=claim, line=NewLine(kind="part", text="X")),
        "decide": lambda: decide_claim(actor=desk.writer, claim=claim),
        "credit": lambda: pay(
            type("D", (), {"chief": desk.writer}), claim, "10"
        ),
    }  # fmt: skip
    with pytest.raises(PermissionRefused):
        acts[act]()
    assert list(Claim.objects.values_list()) == before


def test_a_claim_of_another_branch_is_not_there(desk, fridge, elsewhere):
    claim = draft(desk, fridge)
    stranger = make_user(
        "stranger", branch=elsewhere.branch, role=make_role("far", level=1, scope="branch", permissions=("claim.edit",))
    )
    with pytest.raises(NotFound):
        withdraw_claim(actor=stranger, claim=claim, reason="Mine")
    assert Claim.objects.get().stage == "draft"


def test_a_failure_from_before_the_sale_is_flagged(desk, fridge):
    claim = complete(desk, draft(desk, fridge, failed_on=date(2026, 3, 1)))
    assert "It failed before it was sold: look at the days." in verify(claim).warnings
    submit_claim(actor=desk.writer, claim=claim)
    flag = Flag.objects.get()
    assert (flag.kind, flag.key, flag.data) == (
        "claim_before_sale", claim.number, {"on": "2026-03-01", "sold_on": "2026-03-12"},
    )  # fmt: skip


def test_a_later_version_of_the_page_wins(desk, fridge):
    claim = draft(desk, fridge)
    old = claim.version
    edit_claim(actor=desk.writer, claim=claim, failed_on=FAILED, repaired_on=REPAIRED, description="First")
    with pytest.raises(Conflict, match="changed_meanwhile"):
        edit_claim(actor=desk.writer, claim=claim, failed_on=None, repaired_on=None, version=old)
    assert Claim.objects.get().description == "First"
