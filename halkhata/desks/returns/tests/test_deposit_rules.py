"""What the database holds of deposits when the services are bypassed, and any order of the services' steps."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from halkhata.desks.returns import deposit_rules
from halkhata.desks.returns.models import Advance, AdvanceTerms, DepositEntry, ReturnRequest
from halkhata.desks.returns.selectors.advances import money_of
from halkhata.desks.returns.services.deposits import give_deposit_back, give_more_days, keep_deposit
from halkhata.desks.returns.services.receiving import receive_return
from halkhata.desks.returns.tests.test_advance import DEPOSIT, came, handed
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.triggers import TriggerEditor
from halkhata.records.catalog.days import today

pytestmark = pytest.mark.django_db


def write(advance, kind, amount, **values):
    held = {"method": "cash"} if kind != "kept" else {"reason": "So"}
    with transaction.atomic():
        return DepositEntry.objects.create(
            **{"advance": advance, "kind": kind, "amount": Decimal(amount), "currency": "BDT", "at": now(), **held,
               **values}
        )  # fmt: skip


def test_more_than_was_taken_is_refused_by_the_database(desk):
    advance = handed(desk).advance
    write(advance, "returned", "1500")
    for kind, amount in (("returned", "1000.01"), ("kept", "1000.01")):
        with pytest.raises(IntegrityError, match="returns_deposit_more_than_taken"):
            write(advance, kind, amount)
    write(advance, "kept", "1000")
    with pytest.raises(IntegrityError, match="returns_deposit_more_than_taken"):
        write(advance, "returned", "0.01")
    assert money_of(advance.entries.all()).left == Decimal(0)


def test_with_the_guard_off_more_goes_back_than_was_taken(desk):
    advance = handed(desk).advance
    editor = TriggerEditor()
    deposit_rules.drop(editor)
    write(advance, "returned", "99999")
    assert money_of(advance.entries.all()).left == DEPOSIT - 99999
    deposit_rules.create(editor)


@pytest.mark.parametrize(
    ("kind", "amount", "values"),
    [("taken", "1", {}), ("returned", "0", {}), ("returned", "-1", {}), ("lent", "1", {}),
     ("returned", "1", {"method": ""}), ("kept", "1", {"reason": ""}), ("kept", "1", {"method": "cash"}),
     ("returned", "1", {"currency": "USD"})],
)  # fmt: skip
def test_odd_lines_are_refused_by_the_database(desk, kind, amount, values):
    advance = handed(desk).advance
    with pytest.raises(IntegrityError):
        write(advance, kind, amount, **values)
    assert advance.entries.count() == 1


def test_more_than_was_agreed_is_not_taken(desk):
    request = handed(desk, kind="none", amount="0", method="")
    with pytest.raises(IntegrityError, match="returns_deposit_as_agreed"):
        write(request.advance, "taken", "1")


def test_lines_and_published_terms_only_grow(desk):
    handed(desk)
    for rows in (DepositEntry.objects.all(), AdvanceTerms.objects.all()):
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows.update(amount=Decimal(1))
        with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
            rows._raw_delete(rows.db)


def test_an_advance_begins_waiting_ends_once_and_keeps_what_was_agreed(desk):
    advance = came(desk).advance
    rows = Advance.objects.filter(pk=advance.pk)
    for columns in ({"state": "missed"}, {"deposit": Decimal(1)}, {"currency": "USD"}, {"over_at": None}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**columns)
    assert rows.values_list("state", "deposit", "currency").get() == ("came", DEPOSIT, "BDT")


def machine(desk):
    owner = desk.owner
    amounts = st.none() | st.decimals(Decimal("0.01"), DEPOSIT + 10, places=2)

    class Deposits(RuleBasedStateMachine):
        """One deposit, pushed about."""

        @initialize()
        def begin(self):
            self.point = transaction.savepoint()
            self.request = handed(desk)

        def teardown(self):
            if hasattr(self, "point"):
                transaction.savepoint_rollback(self.point)

        def held(self):
            return ReturnRequest.objects.get(pk=self.request.pk)

        def tried(self, call):
            before = self.money()
            try:
                call()
            except DomainError:
                assert self.money() == before

        def money(self):
            return money_of(DepositEntry.objects.filter(advance__request=self.request))

        @rule(amount=amounts)
        def back(self, amount):
            self.tried(lambda: give_deposit_back(actor=owner, request=self.held(), amount=amount))

        @rule(amount=amounts)
        def keep(self, amount):
            self.tried(lambda: keep_deposit(actor=owner, request=self.held(), amount=amount, reason="So"))

        @rule(days=st.integers(-3, 20))
        def more(self, days):
            until = today() + timedelta(days=days)
            self.tried(lambda: give_more_days(actor=owner, request=self.held(), until=until, reason="So"))

        @rule()
        def arrives(self):
            self.tried(lambda: receive_return(actor=owner, request=self.held(), serial="F-0001"))

        @precondition(lambda self: Advance.objects.filter(request=self.request, state="waiting").exists())
        @rule()
        def time_passes(self):
            Advance.objects.filter(request=self.request).update(due_on=today() - timedelta(days=1))

        @invariant()
        def the_books_are_right(self):
            if not hasattr(self, "request"):
                return
            money, held = self.money(), self.held()
            assert money.taken == DEPOSIT
            assert min(money.left, money.returned, money.kept) >= 0
            state = held.advance.state
            # While the old piece is awaited nothing has moved; after the end nothing is awaited.
            assert state != "waiting" or money.left == DEPOSIT
            assert (held.stage == "closed") == (state == "missed")
            assert (held.received_at is not None) == (state == "came")
            assert state != "missed" or money.kept > 0

    return Deposits


def test_any_order_of_steps_keeps_the_deposit_right(desk):
    run_state_machine_as_test(
        machine(desk),
        settings=settings(
            max_examples=15, stateful_step_count=15, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
