"""Goods received, inspected, put back, scrapped and sent back in any order: R1, R2, R3 hold after every step."""

from collections import Counter

import pytest
from django.db import transaction
from django.db.models import Sum
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

from halkhata.foundation.core.errors import Conflict
from halkhata.records.stock.models import Balance, Movement, UnitPosition
from halkhata.records.stock.selectors.positions import differences
from halkhata.records.stock.services.moving import move
from halkhata.records.stock.tests.conftest import make_unit

pytestmark = pytest.mark.django_db

# from, to, condition before, condition after, reason
STEPS = {
    "sell": ("shop", "customer", "new", "used", "sale"),
    "receive": ("customer", "returns", "used", "unchecked", "receive"),
    "inspect": ("returns", "returns", "unchecked", "grade_a", "inspect"),
    "restock": ("returns", "shop", "grade_a", "grade_a", "release"),
    "restock_unseen": ("returns", "shop", "unchecked", "unchecked", "release"),
    "sell_again": ("shop", "customer", "grade_a", "used", "sale"),
    "sell_from_returns": ("returns", "customer", "grade_a", "used", "sale"),
    "scrap": ("returns", "scrap", "grade_a", "grade_a", "scrap"),
    "send_back": ("returns", "customer", "grade_a", "used", "sent_back"),
    "to_company": ("returns", "manufacturer", "grade_a", "grade_a", "vendor"),
    "from_company": ("manufacturer", "returns", "grade_a", "unchecked", "back"),
}
NEVER = {"restock_unseen", "sell_from_returns"}


def machine(shop, places, fan, fridge):
    class Ledger(RuleBasedStateMachine):
        """The ledger beside a model of a few counters."""

        @initialize()
        def begin(self):
            self.point = transaction.savepoint()
            self.before = set(Movement.objects.values_list("pk", flat=True))
            self.model = Counter()
            self.units = {}
            self.made = 0

        def teardown(self):
            transaction.savepoint_rollback(self.point)

        @rule(count=st.integers(1, 5))
        def buy(self, count):
            move(actor=None, product=fan, quantity=count, from_place=places["supplier"], to_place=places["shop"],
                 from_condition="new", condition="new", reason="opening")  # fmt: skip
            self.model["shop", "new"] += count
            self.model["supplier", "new"] -= count

        @precondition(lambda self: self.made < 3)
        @rule()
        def buy_unit(self):
            self.made += 1
            unit = make_unit(shop, fridge, f"M-{self.made:04d}")
            move(actor=None, unit=unit, from_place=places["supplier"], to_place=places["shop"], from_condition="new",
                 condition="new", reason="opening")  # fmt: skip
            self.units[unit] = ("shop", "new")

        @rule(step=st.sampled_from(sorted(STEPS)), count=st.integers(1, 4))
        def step(self, step, count):
            start, end, before, after, reason = STEPS[step]
            allowed = step not in NEVER and self.model[start, before] >= count
            try:
                move(actor=None, product=fan, quantity=count, from_place=places[start], to_place=places[end],
                     from_condition=before, condition=after, reason=reason)  # fmt: skip
            except Conflict:
                assert not allowed, step
                return
            assert allowed, step
            self.model[start, before] -= count
            self.model[end, after] += count

        @precondition(lambda self: self.units)
        @rule(step=st.sampled_from(sorted(STEPS)), which=st.integers(0, 2))
        def step_of_unit(self, step, which):
            unit = sorted(self.units, key=lambda one: one.pk)[which % len(self.units)]
            start, end, before, after, reason = STEPS[step]
            allowed = step not in NEVER and self.units[unit] == (start, before)
            try:
                move(actor=None, unit=unit, from_place=places[start], to_place=places[end], from_condition=before,
                     condition=after, reason=reason)  # fmt: skip
            except Conflict:
                assert not allowed, step
                return
            assert allowed, step
            self.units[unit] = (end, after)

        @invariant()
        def books_agree(self):
            held = {
                (row.place.kind, row.condition): row.quantity
                for row in Balance.objects.filter(product=fan).select_related("place")
                if row.quantity
            }
            assert held == {key: value for key, value in self.model.items() if value}  # R1
            assert (Balance.objects.aggregate(total=Sum("quantity"))["total"] or 0) == 0  # R2
            positions = {
                row.unit_id: (row.place.kind, row.condition) for row in UnitPosition.objects.select_related("place")
            }
            assert positions == {unit.pk: at for unit, at in self.units.items()}  # R3
            assert differences() == []

    return Ledger


def test_any_order_of_steps_keeps_the_books(shop, places, fan, fridge):
    run_state_machine_as_test(
        machine(shop, places, fan, fridge),
        settings=settings(
            max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
