"""Planned work: once for each cause, one tap for the result, back on the list when nobody answered."""

from datetime import datetime, timedelta

import pytest
from django.urls import reverse

from halkhata.engines.work.choices import Outcome, StateFlag
from halkhata.engines.work.models import ChecklistItem, WorkItem
from halkhata.engines.work.selectors.shell_numbers import late_items
from halkhata.engines.work.selectors.today import today_list
from halkhata.engines.work.services.checklists import attach_checklist, is_complete, save_template, template_for, tick
from halkhata.engines.work.services.items import change_state, lock_item
from halkhata.engines.work.services.tasks import complete_task, plan_task, replan_task
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent
from halkhata.records.customers.models import Activity, ContactPoint, Customer

from .conftest import DHAKA, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def plan(shop, frozen):
    def make(hours=1.0, cause="", **fields):
        values = {
            "actor": None, "kind": "follow_up", "subject": "Is it all right now?", "customer": None, "parent": None,
            "branch": shop.branch, "team": shop.team, "owner": shop.agent, "planned_at": now() + timedelta(hours=hours),
            "cause": cause, **fields,
        }  # fmt: skip
        return plan_task(**values)

    return make


def test_same_cause_plans_once(plan):
    first, second = plan(cause="resolution:1:d3"), plan(cause="resolution:1:d3", hours=99)
    assert first.pk == second.pk
    assert WorkItem.objects.count() == 1
    assert OutboxEvent.objects.filter(name="item.opened").count() == 1


def test_planned_work_is_due_when_it_is_planned_and_has_no_clocks(plan):
    task = plan(hours=5)
    assert (task.next_due_at, task.clocks.count(), task.number[:2]) == (task.planned_at, 0, "F-")
    assert plan(kind="recovery").number[:2] == "S-"


def test_owner_who_left_is_replaced(shop, plan):
    shop.agent.is_active = False
    shop.agent.save()
    assert plan().owner == shop.agent2


def test_result_finishes_and_is_published_once(shop, plan, make_item):
    customer = Customer.objects.create(name_en="Anwar")
    task = plan(cause="survey:7", customer=customer, parent=make_item())
    complete_task(actor=shop.agent, item=task, outcome=Outcome.SOLVED, note="Glad")
    task.refresh_from_db()
    assert (task.state_flag, task.state, task.outcome, task.next_due_at) == (StateFlag.RESOLVED, "done", "solved", None)
    payload = OutboxEvent.objects.get(name="task.completed").payload
    assert (payload["outcome"], payload["cause"], payload["parent_id"]) == ("solved", "survey:7", task.parent_id)
    assert Activity.objects.filter(customer=customer, verb="work.task_done").count() == 1
    with pytest.raises(Conflict, match="task_done"):
        complete_task(actor=shop.agent, item=task, outcome=Outcome.REACHED)
    assert OutboxEvent.objects.filter(name="task.completed").count() == 1


def test_no_answer_comes_back_later(shop, plan):
    task = plan()
    later = now() + timedelta(days=1)
    replan_task(actor=shop.agent, item=task, planned_at=later, outcome=Outcome.NO_ANSWER)
    task.refresh_from_db()
    assert (task.planned_at, task.next_due_at, task.outcome, task.state_flag) == (later, later, "no_answer", "open")
    with pytest.raises(DomainError, match="planned_in_past"):
        replan_task(actor=shop.agent, item=task, planned_at=now())
    with pytest.raises(DomainError, match="bad_outcome"):
        complete_task(actor=shop.agent, item=task, outcome=Outcome.NO_ANSWER)


def test_stranger_may_not_write_the_result(shop, plan):
    task = plan(owner=shop.agent)
    shop.agent2.role.scope = "own"
    shop.agent2.role.save()
    with pytest.raises(PermissionRefused):
        complete_task(actor=shop.agent2, item=task, outcome=Outcome.SOLVED)
    task.refresh_from_db()
    assert (task.state_flag, task.version) == ("open", 1)


def test_today_is_sorted_and_left_over_work_is_late(shop, plan, make_item, frozen):
    tomorrow, soon = plan(hours=24), plan(hours=3)
    promise = make_item(owner=shop.agent)
    plan(hours=60)
    plan(hours=1, owner=shop.agent2)
    frozen.shift(minutes(-24 * 60))
    old = plan(hours=1)
    frozen.shift(minutes(24 * 60))
    day = today_list(shop.agent)
    assert [row.item.pk for row in day.overdue] == [old.pk]
    assert [row.item.pk for row in day.today] == [promise.pk, soon.pk]
    assert [row.item.pk for row in day.tomorrow] == [tomorrow.pk]
    assert late_items(shop.agent) == 1
    assert old.planned_at == now() - timedelta(hours=23)


def test_one_tap_on_todays_list(shop, plan, client_as, frozen):
    customer = Customer.objects.create(name_en="Anwar")
    ContactPoint.objects.create(customer=customer, kind="phone", typed="01100000001", value="+8801100000001")
    task = plan(customer=customer)
    client = client_as(shop.agent)
    body = client.get(reverse("work:today")).content.decode()
    assert "tel:+8801100000001" in body
    address = reverse("work:task_result", args=[task.number])
    response = client.post(address, {"outcome": "no_answer", "back": "/work/today/"})
    assert response["Location"] == "/work/today/"
    task.refresh_from_db()
    assert task.planned_at == datetime(2026, 11, 23, 10, 0, tzinfo=DHAKA)
    client.post(address, {"outcome": "call_later", "again": "days"})
    task.refresh_from_db()
    assert task.planned_at == datetime(2026, 11, 25, 10, 0, tzinfo=DHAKA)
    client.post(address, {"outcome": "call_later", "again_at": "2026-11-29T16:30"})
    task.refresh_from_db()
    assert task.planned_at == datetime(2026, 11, 29, 16, 30, tzinfo=DHAKA)
    assert (
        client.post(address, {"outcome": "reached", "back": "//evil.test/"})["Location"]
        == f"/work/tasks/{task.number}/"
    )
    task.refresh_from_db()
    assert task.state_flag == "resolved"


def test_next_try_falls_into_opening_hours(shop, plan, client_as, frozen):
    task = plan()
    frozen.move_to(datetime(2026, 11, 26, 19, 0, tzinfo=DHAKA))
    client_as(shop.agent).post(
        reverse("work:task_result", args=[task.number]), {"outcome": "no_answer", "again": "hours"}
    )
    task.refresh_from_db()
    # Two hours on it is night, and Friday is closed: Saturday at nine.
    assert task.planned_at == datetime(2026, 11, 28, 9, 0, tzinfo=DHAKA)


def test_checklist_is_complete_when_what_must_be_ticked_is(shop, make_item, frozen):
    template = save_template(
        actor=SYSTEM, template=None, name_bn="", name_en="Before it ends", kind="test_case",
        lines=[("", "Call", True), ("", "Photo", False), ("", "", True)],
    )  # fmt: skip
    save_template(
        actor=SYSTEM, template=None, name_bn="", name_en="Fridges", kind="test_case", category="fridge",
        lines=[("", "Defrost", True)],
    )  # fmt: skip
    assert template_for(kind="test_case", category="fridge").name_en == "Fridges"
    assert template_for(kind="test_case", category="fan") == template
    item = make_item(owner=shop.agent)
    assert is_complete(item)
    attach_checklist(item, template)
    attach_checklist(item, template)
    assert (item.checklist.count(), is_complete(item)) == (2, False)
    line = ChecklistItem.objects.get(item=item, name_en="Call")
    shop.agent2.is_active = False
    with pytest.raises(PermissionRefused):
        tick(actor=shop.agent2, line=line, done=True)
    assert ChecklistItem.objects.get(pk=line.pk).done_at is None
    tick(actor=shop.agent, line=line, done=True)
    assert is_complete(item)
    tick(actor=shop.agent, line=line, done=False)
    assert not is_complete(item)


def test_older_version_is_refused(shop, make_item, frozen):
    item = make_item()
    change_state(actor=shop.agent, item=item, state="open", state_flag=StateFlag.OPEN)
    assert (item.version, WorkItem.objects.get().version) == (2, 2)
    from django.db import transaction

    with transaction.atomic(), pytest.raises(Conflict, match="changed_meanwhile"):
        lock_item(item.pk, version=1)
