"""The matrix: level by level, past whoever is away, with its actions; reopens, silence and demand."""

from datetime import timedelta

import pytest

from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import Absence, EscalationFiring, EscalationRule, Notification
from halkhata.engines.work.selectors.ladder import told_for
from halkhata.engines.work.services.escalation import demand_manager, sweep_silence
from halkhata.engines.work.services.items import change_state, record_event
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.accounts.models import Branch, Team
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.customers.models import Activity, Customer

from .conftest import minutes

pytestmark = pytest.mark.django_db


def rule(level, trigger="breach", threshold=0, **fields):
    return EscalationRule.objects.create(level=level, trigger=trigger, threshold=threshold, **fields)


def away(user, frozen):
    from halkhata.foundation.core.clock import now

    return Absence.objects.create(user=user, starts_at=now() - timedelta(days=1), ends_at=now() + timedelta(days=9))


def told(item, verb="item.escalated"):
    return list(
        Notification.objects.filter(item=item, verb=verb).order_by("pk").values_list("user__username", flat=True)
    )


def late(frozen, count=121):
    from halkhata.foundation.core.clock import now

    frozen.shift(minutes(count))
    sweep_due(now())


def test_lead_who_is_away_is_passed_over_for_the_branch_manager(shop, make_item, frozen):
    rule(2)
    item = make_item()
    away(shop.lead, frozen)
    late(frozen)
    assert told(item) == ["manager"]
    firing = EscalationFiring.objects.get()
    assert (firing.level, firing.told_label) == (2, "Manager")


@pytest.mark.parametrize(
    ("missing", "expected"),
    [((), "lead"), (("lead",), "manager"), (("lead", "manager"), "owner"), (("lead", "manager", "owner"), "rafi")],
)
def test_ladder_goes_up_and_never_ends_with_nobody(shop, make_item, frozen, missing, expected):
    from halkhata.foundation.core.clock import now

    item = make_item(owner=shop.agent)
    for name in missing:
        away(getattr(shop, name), frozen)
    assert told_for(2, item, now())[0].username == expected


def test_manager_of_the_branch_above_is_next_and_no_stranger(shop, make_item, frozen):
    from halkhata.foundation.core.clock import now

    child = Branch.objects.create(code="child", name_en="Child", parent=shop.branch)
    other = Branch.objects.create(code="other", name_en="Other")
    Branch.objects.filter(pk=child.pk).update(path=f"{shop.branch.path}{child.pk}/")
    Branch.objects.filter(pk=other.pk).update(path=f"/{other.pk}/")
    child.refresh_from_db()
    other.refresh_from_db()
    team = Team.objects.create(code="t2", name_en="T2", branch=child)
    assert told_for(3, make_item(branch=child, team=team, owner=shop.agent), now()) == (shop.manager, 3)
    # The other branch has no manager and none above it: head office is the next rung.
    assert told_for(3, make_item(branch=other, team=None, owner=shop.agent), now()) == (shop.owner, 4)


def test_step_may_reassign_and_raise_the_priority(shop, make_item, frozen):
    rule(2, reassign=True, raise_priority=True)
    item = make_item(owner=shop.agent)
    late(frozen)
    item.refresh_from_db()
    assert (item.owner, item.priority, item.escalation_level) == (shop.lead, "high", 2)
    assert told(item, "item.assigned") == ["lead"]
    assert sorted(item.history.values_list("kind", flat=True)) == [
        "assigned",
        "escalated",
        "opened",
        "priority_changed",
    ]


def test_rules_for_another_priority_kind_or_metric_do_not_fire(shop, make_item, frozen):
    rule(2, priority="urgent")
    rule(3, kind="other")
    rule(4, metric="resolution")
    make_item()
    late(frozen)
    assert EscalationFiring.objects.count() == 0


def test_reopening_twice_fires_the_step_for_two(shop, make_item, frozen):
    rule(3, "reopens", 2)
    item = make_item()
    for times in (1, 2, 3):
        change_state(actor=shop.agent, item=item, state="resolved", state_flag=StateFlag.RESOLVED)
        frozen.shift(minutes(1))
        change_state(actor=None, item=item, state="open", state_flag=StateFlag.OPEN)
        frozen.shift(minutes(1))
        assert EscalationFiring.objects.count() == (0 if times < 2 else 1)
    assert told(item) == ["manager"]


def test_silence_fires_once_and_again_after_an_update(shop, make_item, frozen):
    from halkhata.foundation.core.clock import now

    rule(2, "silence", 3)
    item = make_item()
    frozen.shift(timedelta(days=2, hours=23))
    assert sweep_silence(now()) == 0
    frozen.shift(timedelta(hours=2))
    assert sweep_silence(now()) == 1
    assert sweep_silence(now()) == 0
    frozen.shift(timedelta(days=5))
    assert sweep_silence(now()) == 0
    record_event(actor=shop.agent, item=item, kind="human_reply", is_update=True)
    frozen.shift(timedelta(days=3))
    assert sweep_silence(now()) == 1
    assert len(told(item)) == 2


def test_silence_of_finished_items_is_golden(shop, make_item, frozen):
    from halkhata.foundation.core.clock import now

    rule(2, "silence", 3)
    change_state(actor=shop.agent, item=make_item(), state="resolved", state_flag=StateFlag.RESOLVED)
    frozen.shift(timedelta(days=30))
    assert sweep_silence(now()) == 0


def test_demand_goes_up_at_once_and_stands_on_the_customers_timeline(shop, make_item, frozen):
    rule(3, "demand")
    customer = Customer.objects.create(name_en="Anwar")
    item = make_item(customer=customer)
    assert demand_manager(actor=shop.agent, item=item) == 1
    assert demand_manager(actor=shop.agent, item=item) == 0
    assert told(item) == ["manager"]
    assert item.history.filter(kind="customer_demanded").count() == 2
    assert sorted(Activity.objects.filter(customer=customer).values_list("verb", flat=True)) == [
        "work.escalated",
        "work.opened",
    ]
    assert OutboxEvent.objects.get(name="item.escalated").payload["level"] == 3


def test_demand_without_a_rule_still_tells_the_manager(shop, make_item, frozen):
    item = make_item()
    demand_manager(actor=shop.agent, item=item)
    assert told(item, "item.demanded") == ["manager"]
