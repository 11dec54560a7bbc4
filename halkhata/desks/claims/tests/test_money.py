"""approved <= claimed, credited <= approved, sums are sums: whatever is done in whatever order, and by whomever."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from halkhata.desks.claims import guards
from halkhata.desks.claims.choices import TRANSITIONS, Stage
from halkhata.desks.claims.models import Claim, ClaimLine, CompanyCredit
from halkhata.desks.claims.services import answering, editing, filing
from halkhata.desks.claims.services.opening import NewLine
from halkhata.desks.claims.tests.conftest import complete, draft, granted, lines_of, pay, sent
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.triggers import TriggerEditor

pytestmark = pytest.mark.django_db

CENT = Decimal("0.01")
AMOUNTS = st.integers(0, 200_000).map(lambda cents: Decimal(cents) / 100)


def machine(desk, unit):
    class Claims(RuleBasedStateMachine):
        """One claim, pushed about; a model beside it reckons in exact cents."""

        @initialize()
        def begin(self):
            self.point = transaction.savepoint()
            self.claim = complete(desk, draft(desk, unit, lines=[], about=None))
            self.stage = Stage.DRAFT
            self.notes = 0

        def teardown(self):
            transaction.savepoint_rollback(self.point)

        @rule(cost=AMOUNTS, recoverable=st.booleans())
        def line(self, cost, recoverable):
            made = NewLine(kind="part", text="Part", cost=cost, is_recoverable=recoverable)
            self.attempt(lambda: editing.add_line(actor=desk.writer, claim=self.claim, line=made))

        @rule()
        def off(self):
            line = self.claim.lines.first()
            if line is not None:
                self.attempt(lambda: editing.remove_line(actor=desk.writer, claim=self.claim, line_id=line.pk))

        @rule(step=st.sampled_from(["submit", "back", "withdraw"]))
        def move(self, step):
            acts = {
                "submit": lambda: filing.submit_claim(actor=desk.writer, claim=self.claim),
                "back": lambda: filing.ask_back(actor=desk.writer, claim=self.claim, reason="More"),
                "withdraw": lambda: filing.withdraw_claim(actor=desk.writer, claim=self.claim, reason="No"),
            }
            self.attempt(acts[step])

        @rule(shares=st.lists(st.integers(0, 110), min_size=1, max_size=4))
        def decide(self, shares):
            lines = list(self.claim.lines.all())
            wish = {
                line.pk: (line.claimed_amount * shares[place % len(shares)] / 100).quantize(CENT)
                for place, line in enumerate(lines)
            }
            self.attempt(lambda: answering.decide_claim(actor=desk.chief, claim=self.claim, granted=wish, answer="So"))

        @rule(amount=AMOUNTS, short=st.booleans())
        def credit(self, amount, short):
            self.notes += 1
            self.attempt(
                lambda: pay(desk, self.claim, str(amount), f"N{self.notes}", short_reason="Fee" if short else "")
            )

        def attempt(self, act):
            try:
                act()
            except DomainError:
                return

        @invariant()
        def money_holds(self):
            if not hasattr(self, "claim"):
                return
            row = Claim.objects.get(pk=self.claim.pk)
            lines = list(ClaimLine.objects.filter(claim=row))
            credits = list(CompanyCredit.objects.filter(claim=row))
            assert row.claimed_amount == sum((line.claimed_amount for line in lines), Decimal(0))
            assert row.approved_amount == sum((line.approved_amount for line in lines), Decimal(0))
            assert row.credited_amount == sum((note.amount for note in credits), Decimal(0))
            assert 0 <= row.credited_amount <= row.approved_amount <= row.claimed_amount
            assert row.stage == self.stage or row.stage in TRANSITIONS[Stage(self.stage)]
            assert row.state == row.stage
            self.stage = row.stage
            if row.stage == Stage.CREDITED:
                assert row.shortfall == 0 or row.short_reason

    return Claims


def test_any_order_of_steps_keeps_the_money_right(desk, fridge):
    run_state_machine_as_test(
        machine(desk, fridge),
        settings=settings(
            max_examples=15, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )


def write(claim, **columns):
    with transaction.atomic():
        return Claim.objects.filter(pk=claim.pk).update(**columns)


def test_cents_are_summed_exactly(desk, fridge):
    claim = granted(desk, fridge, "0.10", "0.20", "0.30")
    assert claim.claimed_amount == claim.approved_amount == Decimal("0.60")
    pay(desk, claim, "0.10", "A")
    pay(desk, claim, "0.20", "B")
    pay(desk, claim, "0.30", "C")
    assert (claim.credited_amount, claim.stage) == (Decimal("0.60"), "credited")


@pytest.mark.parametrize(
    "columns",
    [
        {"approved_amount": Decimal("5700.51")}, {"credited_amount": Decimal("0.01")}, {"stage": "approved"},
        {"stage": "credited", "decided_at": now()}, {"submitted_at": None}, {"claimed_amount": Decimal(-1)},
        {"stage": "rejected", "decided_at": now()}, {"stage": "withdrawn"}, {"unit": None}, {"currency": ""},
        {"stage": "partly", "decided_at": now()}, {"sort": "coupons"},
    ],
)  # fmt: skip
def test_database_refuses_what_the_services_would(desk, fridge, columns):
    claim = sent(desk, fridge)
    before = Claim.objects.values().get()
    with pytest.raises(IntegrityError):
        write(claim, **columns)
    assert Claim.objects.values().get() == before


@pytest.mark.parametrize("before", ["draft", "submitted", "approved", "withdrawn"])
def test_every_step_the_machine_has_not_is_refused_by_the_database(desk, fridge, before):
    claim = {"draft": draft, "submitted": sent, "approved": granted, "withdrawn": draft}[before](desk, fridge)
    if before == "withdrawn":
        filing.withdraw_claim(actor=desk.writer, claim=claim, reason="No")
    whole = {
        "submitted_at": now(), "decided_at": now(), "answer": "So", "short_reason": "So", "withdrawn_reason": "So",
    }  # fmt: skip
    for after in Stage:
        if after == before or after in TRANSITIONS[Stage(before)]:
            continue
        with pytest.raises(IntegrityError):
            write(claim, stage=after, **whole)
    assert Claim.objects.get().stage == before


def test_triggers_table_is_that_of_the_code():
    steps = {f"{before.value}>{after.value}" for before, afters in TRANSITIONS.items() for after in afters}
    assert steps == set(guards._STEPS)


def test_lines_of_a_sent_claim_stay_whoever_writes(desk, fridge):
    claim = sent(desk, fridge)
    line = claim.lines.first()
    for act in (
        lambda: ClaimLine.objects.filter(pk=line.pk).update(claimed_amount=Decimal(9999)),
        lambda: ClaimLine.objects.filter(pk=line.pk).update(cost=Decimal(1)),
        lambda: line.delete(),
        lambda: ClaimLine.objects.create(claim=claim, kind="part", text="More", claimed_amount=Decimal(1)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            act()
    assert Claim.objects.get().claimed_amount == Decimal("5700.50")


def test_grants_do_not_change_after_the_answer(desk, fridge):
    claim = granted(desk, fridge)
    with pytest.raises(IntegrityError), transaction.atomic():
        claim.lines.update(approved_amount=Decimal(1))
    assert Claim.objects.get().approved_amount == Decimal("5700.50")


def test_credit_notes_only_grow(desk, fridge):
    claim = granted(desk, fridge)
    note = pay(desk, claim, "100")
    for act in (
        lambda: CompanyCredit.objects.update(amount=1),
        lambda: CompanyCredit.objects.filter(pk=note.pk).delete(),
    ):
        with pytest.raises(Exception, match="append-only"), transaction.atomic():
            act()
    assert CompanyCredit.objects.get().amount == Decimal(100)


def test_without_the_guards_money_goes_wrong(desk, fridge):
    """The twin: the guards are the triggers, not the services that were bypassed."""
    claim = sent(desk, fridge)
    guards.drop_all(TriggerEditor())
    try:
        assert write(claim, stage="draft") == 1
        assert write(claim, stage="approved", decided_at=now(), approved_amount=Decimal("5700.50")) == 1
        CompanyCredit.objects.create(claim=claim, number="X", amount=Decimal(9999), on=date(2026, 11, 20))
        assert Claim.objects.get().credited_amount == 0
        assert ClaimLine.objects.filter(claim=claim).update(claimed_amount=Decimal(1)) == 2
        assert Claim.objects.get().claimed_amount == Decimal("5700.50")
    finally:
        guards.create_all(TriggerEditor())


def test_without_the_constraint_more_is_granted_than_claimed(desk, fridge):
    """The twin of the check on the line."""
    claim = sent(desk, fridge)
    line = claim.lines.first()
    with pytest.raises(IntegrityError), transaction.atomic():
        ClaimLine.objects.filter(pk=line.pk).update(approved_amount=line.claimed_amount + CENT)
    gone = [one for one in ClaimLine._meta.constraints if one.name == "claims_line_approved"]
    gone_sum = [one for one in Claim._meta.constraints if one.name == "claims_approved_of_claimed"]
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA ignore_check_constraints = ON")
        try:
            assert ClaimLine.objects.filter(pk=line.pk).update(approved_amount=line.claimed_amount + CENT) == 1
        finally:
            with connection.cursor() as cursor:
                cursor.execute("PRAGMA ignore_check_constraints = OFF")
        return
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor() as editor:
        editor.remove_constraint(ClaimLine, gone[0])
        editor.remove_constraint(Claim, gone_sum[0])
    assert ClaimLine.objects.filter(pk=line.pk).update(approved_amount=line.claimed_amount + CENT) == 1
    ClaimLine.objects.filter(pk=line.pk).update(approved_amount=0)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with connection.schema_editor() as editor:
        editor.add_constraint(ClaimLine, gone[0])
        editor.add_constraint(Claim, gone_sum[0])


def test_a_unit_may_be_claimed_for_again_and_a_job_only_once(desk, fridge):
    first = draft(desk, fridge)
    second = draft(desk, fridge, about=first.workitem_ptr)
    with pytest.raises(DomainError, match="claimed_already"):
        draft(desk, fridge, about=first.workitem_ptr)
    filing.withdraw_claim(actor=desk.writer, claim=second, reason="Wrong")
    assert draft(desk, fridge, about=first.workitem_ptr).about_id == first.pk


def test_lines_are_made_of_amounts(desk, fridge):
    assert [line.cost for line in lines_of("1", "2")] == [Decimal(1), Decimal(2)]
    with pytest.raises(DomainError, match="bad_amount"):
        draft(desk, fridge, lines=[NewLine(kind="part", text="Part", cost=Decimal("NaN"))])
    with pytest.raises(DomainError, match="bad_amount"):
        draft(desk, fridge, lines=[NewLine(kind="part", text="Part", cost=Decimal("-1"))])
    assert not Claim.objects.exists()
