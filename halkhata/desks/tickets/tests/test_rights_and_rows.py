"""The right to tell the manager, the one checklist of complaints, and the demo's rows going alone."""

import importlib

import pytest
from django.apps import apps
from django.urls import reverse

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.registrations import clear_demo
from halkhata.desks.tickets.services.answering import answer_ticket
from halkhata.desks.tickets.services.defaults import create_default_checklist, prepare_desk
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.desks.tickets.services.work import demand_manager
from halkhata.desks.tickets.tests.conftest import RESOLUTION, make_ticket
from halkhata.desks.tickets.tests.test_states import category, strip
from halkhata.engines.work.models import ChecklistTemplate, WorkEvent
from halkhata.engines.work.services.checklists import save_template, template_for
from halkhata.engines.work.services.defaults import create_default_work_setup
from halkhata.engines.work.services.tasks import plan_task
from halkhata.foundation.accounts.models import Role
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import PermissionRefused

pytestmark = pytest.mark.django_db

checklist_step = importlib.import_module("halkhata.desks.tickets.migrations.0003_one_complaint_checklist")
right_step = importlib.import_module("halkhata.desks.tickets.migrations.0004_right_to_escalate")


def test_telling_the_manager_asks_for_the_right_to_escalate_and_for_no_other(desk, ticket, client_as, digest):
    address = reverse("tickets:manager", args=[ticket.number])
    before = digest()
    with pytest.raises(PermissionRefused):
        demand_manager(actor=desk.agent, ticket=ticket)
    assert client_as(desk.agent).post(address).status_code == 403
    assert digest() == before
    assert address not in client_as(desk.agent).get(f"/tickets/{ticket.number}/").content.decode()
    strip(desk.lead, "ticket.edit")
    client = client_as(desk.lead)
    assert f'action="{address}"' in client.get(f"/tickets/{ticket.number}/").content.decode()
    assert client.post(address).status_code == 302
    assert WorkEvent.objects.filter(item=ticket, kind="customer_demanded").count() == 1


def test_roles_of_an_older_install_get_the_right_they_used_until_now(db):
    def role(code, rights, **values):
        return Role.objects.create(code=code, name_en=code, permissions=rights, **values)

    edits = role("own", ["customer.view", "ticket.view", "ticket.edit", "work.view", "report.view"])
    answers = role("own-answers", ["ticket.view", "ticket.reply"])
    desk = role("front", ["ticket.view", "ticket.reply", "work.view"], is_system=True)
    looks = role("till", ["ticket.view", "work.view"], is_system=True)
    has = role("lead", ["ticket.edit", "work.escalate"])
    for _twice in range(2):
        right_step.give_right(apps, None)
    for one in (edits, answers, desk, looks, has):
        one.refresh_from_db()
    assert edits.permissions == [
        "customer.view", "ticket.view", "ticket.edit", "work.view", "work.escalate", "report.view"
    ]  # fmt: skip
    assert answers.permissions == ["ticket.view", "ticket.reply"]
    assert desk.permissions == ["ticket.view", "ticket.reply", "work.view", "work.escalate"]
    assert looks.permissions == ["ticket.view", "work.view"]
    assert has.permissions == ["ticket.edit", "work.escalate"]


@pytest.mark.parametrize("desk_first", [True, False])
def test_new_shop_has_one_checklist_of_complaints_whoever_comes_first(desk, rahima, desk_first):
    ChecklistTemplate.objects.all().delete()
    steps = [prepare_desk, lambda: create_default_work_setup(branch=desk.branch)]
    for step in steps if desk_first else reversed(steps):
        step()
    (template,) = ChecklistTemplate.objects.filter(kind="complaint")
    assert template.name_en == "Before a complaint ends"
    lines = [line.name_en for line in template.lines.all()]
    assert [line.name_en for line in make_ticket(desk, rahima).checklist.all()] == lines
    assert len(lines) == 4


def test_checklist_that_the_shop_switched_off_is_not_made_again(desk):
    create_default_checklist()
    ChecklistTemplate.objects.update(is_active=False)
    assert create_default_checklist().is_active is False
    assert ChecklistTemplate.objects.filter(kind="complaint").count() == 1


def make_twin(code, lines=None):
    lines = lines or checklist_step.TWINS[code]
    return save_template(
        actor=SYSTEM, template=None, code=code, name_bn="অভিযোগ শেষ করার আগে", name_en="Before a complaint ends",
        kind="complaint", lines=[("", line, True) for line in lines],
    )  # fmt: skip


@pytest.mark.parametrize("order", [("complaint", "complaint-follow-up"), ("complaint-follow-up", "complaint")])
def test_twin_that_no_ticket_gets_is_removed_from_an_older_database(shop, order):
    ChecklistTemplate.objects.all().delete()
    used, _unused = (make_twin(code) for code in order)
    assert template_for(kind="complaint").pk == used.pk
    for _twice in range(2):
        checklist_step.resolve_twins(apps, None)
    assert [one.pk for one in ChecklistTemplate.objects.filter(kind="complaint")] == [used.pk]
    assert used.lines.count() == len(checklist_step.TWINS[used.code])


def test_twin_that_the_shop_has_worked_on_is_switched_off_and_kept(shop):
    ChecklistTemplate.objects.all().delete()
    make_twin("complaint")
    changed = make_twin("complaint-follow-up", ["Signed by the customer"])
    checklist_step.resolve_twins(apps, None)
    changed.refresh_from_db()
    assert (changed.is_active, changed.lines.get().name_en) == (False, "Signed by the customer")


def test_single_or_other_checklists_stay_as_they_are(shop):
    ChecklistTemplate.objects.all().delete()
    make_twin("complaint-follow-up")
    save_template(
        actor=SYSTEM, template=None, code="mine", name_bn="", name_en="Mine", kind="complaint", lines=[("", "A", True)]
    )
    checklist_step.resolve_twins(apps, None)
    assert ChecklistTemplate.objects.filter(is_active=True, kind="complaint").count() == 2


def test_demo_tickets_go_alone_with_all_that_hangs_on_them(desk, rahima):
    kept = make_ticket(desk, rahima)
    demo = open_ticket(
        actor=SYSTEM, subject="Invented", customer=rahima, channel="phone", branch=desk.branch, team=desk.team,
        category=category(desk), is_demo=True,
    )  # fmt: skip
    answer_ticket(actor=desk.agent, ticket=demo, text="Hello")
    resolve_ticket(actor=desk.agent, ticket=demo, told_at=now(), **RESOLUTION)
    plan_task(
        actor=SYSTEM, kind="follow_up", subject="Call", customer=rahima, parent=demo, branch=desk.branch,
        team=desk.team, owner=desk.agent, planned_at=now(), cause="demo:call",
    )  # fmt: skip
    history = WorkEvent.objects.exclude(item=demo).count()
    assert WorkEvent.objects.filter(item=demo).exists()
    assert clear_demo() > 3
    assert list(Ticket.objects.all()) == [kept]
    assert WorkEvent.objects.count() == history
    assert clear_demo() == 0
    # The history is guarded as before.
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic():
        WorkEvent.objects.filter(item=kept).update(kind="note")
