"""What an act may cost in SQL statements: fixed, whatever lies in the tables."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.engines.work.models import EscalationFiring, SlaClock, WorkItem
from halkhata.engines.work.services.clocks import recompute
from halkhata.engines.work.services.escalation import demand_manager
from halkhata.engines.work.services.item_history import record_event
from halkhata.engines.work.services.policies import save_rule
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now

from .conftest import minutes

pytestmark = pytest.mark.django_db


def statements(act):
    """How many statements, without those that only begin and end transactions."""
    with CaptureQueriesContext(connection) as captured:
        act()
    return len([query for query in captured if "SAVEPOINT" not in query["sql"]])


def test_opening_costs_at_most_15_statements(make_item, frozen):
    make_item()
    assert statements(lambda: make_item("Second")) <= 15


def test_recompute_costs_at_most_8_statements_and_an_event_at_most_11(shop, make_item, frozen):
    item = make_item()
    frozen.shift(minutes(10))
    assert statements(lambda: record_event(actor=shop.agent, item=item, kind="human_reply", is_update=True)) <= 11
    frozen.shift(minutes(10))
    assert statements(lambda: record_event(actor=None, item=item, kind="customer_message")) <= 11
    assert statements(lambda: recompute(item)) <= 8


def test_sweep_of_30_items_costs_little_more_than_of_3(shop, make_item, frozen):
    save_rule(actor=SYSTEM, rule=None, level=2, trigger="breach")

    def swept(count):
        for number in range(count):
            make_item(f"Case {number}", owner=(shop.agent, shop.agent2)[number % 2])
        due = SlaClock.objects.order_by("-due_at").values_list("due_at", flat=True).filter(metric="first")[0]
        frozen.move_to(due + timedelta(minutes=1))
        before = EscalationFiring.objects.count()
        cost = statements(lambda: sweep_due(now()))
        assert EscalationFiring.objects.count() - before >= count
        return cost

    few = swept(3)
    assert swept(30) <= few + 6


def test_sweep_with_nothing_due_looks_once_whatever_is_open(make_item, frozen):
    for number in range(5):
        make_item(f"Case {number}")
    assert WorkItem.objects.unfinished().count() == 5
    assert statements(lambda: sweep_due(now())) == 1


def test_demand_made_twice_takes_its_step_once(make_item, frozen):
    save_rule(actor=SYSTEM, rule=None, level=3, trigger="demand")
    # A second row of the matrix with the same trigger and level, for this kind alone.
    save_rule(actor=SYSTEM, rule=None, level=3, trigger="demand", kind="test_case")
    item = make_item()
    assert demand_manager(actor=None, item=item) == 1
    assert demand_manager(actor=None, item=item) == 0
    assert EscalationFiring.objects.filter(item=item, level=3).count() == 1
