"""Every edge tried by the services in any order: R4, R5 and R6 hold after every step."""

from decimal import Decimal

import pytest
from django.db import transaction
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

from halkhata.desks.returns.choices import TRANSITIONS, Stage
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.services import approving, deciding, inspecting, receiving, settling
from halkhata.desks.returns.tests.conftest import ask, sell_fans, tick_all
from halkhata.foundation.core.errors import DomainError
from halkhata.records.stock.selectors.positions import differences

pytestmark = pytest.mark.django_db

SOLD, PRICE = 4, Decimal(300)


def machine(desk):
    owner = desk.owner
    steps = {
        "approve": lambda r: approving.approve_return(actor=owner, request=r),
        "reject": lambda r: approving.reject_return(actor=None, request=r, reason="No"),
        "appeal": lambda r: approving.appeal_return(actor=owner, request=r, text="Please"),
        "grant": lambda r: approving.answer_appeal(actor=owner, request=r, granted=True, answer="Yes"),
        "uphold": lambda r: approving.answer_appeal(actor=owner, request=r, granted=False, answer="No"),
        "withdraw": lambda r: approving.withdraw_return(actor=owner, request=r),
        "send": lambda r: receiving.send_on_its_way(actor=owner, request=r, carrier="Rickshaw"),
        "receive": lambda r: receiving.receive_return(actor=owner, request=r),
        "begin": lambda r: inspecting.begin_inspection(actor=owner, request=r),
        "inspect": lambda r: inspecting.inspect_return(actor=owner, request=r, grade="b"),
        "settle": lambda r: settling.settle_return(actor=owner, request=r),
        "close": lambda r: settling.close_return(actor=owner, request=r),
    }

    class Returns(RuleBasedStateMachine):
        """Some returns of one line, pushed about."""

        @initialize()
        def begin(self):
            self.point = transaction.savepoint()
            self.line = sell_fans(desk, SOLD, str(PRICE))
            self.seen = {}

        def teardown(self):
            transaction.savepoint_rollback(self.point)

        def pick(self, which):
            rows = list(ReturnRequest.objects.filter(purchase_line=self.line).order_by("pk"))
            return rows[which % len(rows)]

        @precondition(lambda self: len(self.seen) < 5)
        @rule(quantity=st.integers(1, 3))
        def ask(self, quantity):
            held = sum(row.held_quantity for row in ReturnRequest.objects.filter(purchase_line=self.line))
            if held + quantity > SOLD:
                with pytest.raises(DomainError, match="nothing_left"):
                    ask(desk, self.line, quantity=quantity)
                return
            request = ask(desk, self.line, quantity=quantity)
            self.seen[request.pk] = Stage.REQUESTED

        @precondition(lambda self: self.seen)
        @rule(which=st.integers(0, 4), step=st.sampled_from(sorted(steps)))
        def push(self, which, step):
            request = self.pick(which)
            if step == "inspect":
                tick_all(request)
            try:
                steps[step](request)
            except DomainError:
                return

        @precondition(lambda self: self.seen)
        @rule(
            which=st.integers(0, 4),
            result=st.sampled_from(sorted(deciding.DECIDED)),
            amount=st.none() | st.decimals(0, 1500, places=2),
        )
        def decide(self, which, result, amount):
            request = self.pick(which)
            try:
                deciding.decide_return(actor=owner, request=request, result=result, amount=amount, note="So")
            except DomainError:
                return

        @invariant()
        def rules_hold(self):
            if not hasattr(self, "line"):
                return
            rows = list(ReturnRequest.objects.filter(purchase_line=self.line))
            assert sum(row.held_quantity for row in rows) <= SOLD  # R4
            assert sum(row.refund_amount + row.credit_amount for row in rows) <= SOLD * PRICE
            for row in rows:
                assert row.given + row.fee_amount <= row.line_price == PRICE * row.quantity  # R5
                before = self.seen.get(row.pk, Stage.REQUESTED)
                assert row.stage == before or row.stage in TRANSITIONS[Stage(before)]  # R6
                assert row.state == row.stage
                assert row.settled_at is None or row.grade
                self.seen[row.pk] = row.stage
            assert differences() == []

    return Returns


def test_any_order_of_steps_keeps_the_rules(desk):
    run_state_machine_as_test(
        machine(desk),
        settings=settings(
            max_examples=20, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
