"""An escalation must be confirmed in time, or it moves one level up by itself, once (A52.12)."""

import threading
from datetime import datetime, timedelta

import pytest
from django.db import connection, transaction

from halkhata.engines.work.models import EscalationFiring, EscalationLevel, Notification, WorkEvent
from halkhata.engines.work.services import confirming
from halkhata.engines.work.services.confirming import (
    confirm_escalation,
    open_confirmations,
    save_confirm_minutes,
    send_up,
    sweep_unconfirmed,
)
from halkhata.engines.work.services.items import change_state
from halkhata.engines.work.services.policies import save_rule
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent

from .conftest import DHAKA, FLAGS, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture
def told(shop, make_item, frozen):
    """An item whose broken promise was sent up to the lead at 12:00; he has an hour, the manager two."""
    save_confirm_minutes(actor=SYSTEM, minutes={2: 60, 3: 120})
    save_rule(actor=SYSTEM, rule=None, level=2, trigger="breach")
    item = make_item()
    frozen.shift(minutes(121))
    sweep_due(now())
    item.refresh_from_db()
    return item


def levels(item):
    return list(EscalationFiring.objects.filter(item=item).order_by("pk").values_list("level", flat=True))


def test_time_to_confirm_counts_opening_hours(shop, told):
    firing = EscalationFiring.objects.get(item=told)
    # Told at 12:01, closed from 13 to 14: an hour ends at 14:01.
    assert firing.confirm_by == datetime(2026, 11, 22, 14, 1, tzinfo=DHAKA)
    assert (firing.told, firing.rung) == (shop.lead, 2)


def test_nobody_has_to_confirm_where_the_shop_has_set_no_time(shop, make_item, frozen):
    save_rule(actor=SYSTEM, rule=None, level=2, trigger="breach")
    item = make_item()
    frozen.shift(minutes(121))
    sweep_due(now())
    assert EscalationFiring.objects.get(item=item).confirm_by is None
    frozen.shift(timedelta(days=30))
    assert sweep_unconfirmed(now()) == 0
    assert levels(item) == [2]


def test_not_confirmed_it_moves_up_once_and_on_to_the_top_and_no_further(shop, told, frozen):
    frozen.move_to(datetime(2026, 11, 22, 14, 0, tzinfo=DHAKA))
    assert sweep_unconfirmed(now()) == 0
    frozen.move_to(datetime(2026, 11, 22, 14, 1, tzinfo=DHAKA))
    assert sweep_unconfirmed(now()) == 1
    assert sweep_unconfirmed(now()) == 0  # run again: nothing
    told.refresh_from_db()
    assert (levels(told), told.escalation_level) == ([2, 3], 3)
    manager_step = EscalationFiring.objects.get(item=told, level=3)
    assert manager_step.told == shop.manager
    assert manager_step.confirm_by == datetime(2026, 11, 22, 16, 1, tzinfo=DHAKA)
    notice = Notification.objects.get(user=shop.manager, item=told, verb="item.escalated")
    assert notice.data["trigger"] == "unconfirmed"
    history = WorkEvent.objects.filter(item=told, kind="escalated").order_by("pk").last()
    assert (history.data["trigger"], history.data["level"], history.actor_label) == ("unconfirmed", 3, "system")
    assert AuditEntry.objects.filter(action="work.escalate", record_id=str(told.pk)).count() == 2
    assert OutboxEvent.objects.filter(name="item.escalated").count() == 2
    frozen.move_to(datetime(2026, 11, 22, 16, 1, tzinfo=DHAKA))
    assert sweep_unconfirmed(now()) == 1
    assert levels(told) == [2, 3, 4]
    # No time is set for head office, and there is nobody above it.
    frozen.shift(timedelta(days=30))
    assert sweep_unconfirmed(now()) == 0
    assert levels(told) == [2, 3, 4]


def test_confirmed_in_time_it_stays_and_twice_is_once(shop, told, frozen):
    assert confirm_escalation(actor=shop.lead, item=told) == 1
    assert confirm_escalation(actor=shop.lead, item=told) == 0
    firing = EscalationFiring.objects.get(item=told)
    assert (firing.confirmed_by, firing.confirmed_at) == (shop.lead, now())
    assert WorkEvent.objects.filter(item=told, kind="confirmed").count() == 1
    assert AuditEntry.objects.filter(action="work.confirm").count() == 1
    assert OutboxEvent.objects.filter(name="escalation.confirmed").count() == 1
    frozen.shift(timedelta(days=3))
    assert sweep_unconfirmed(now()) == 0
    assert levels(told) == [2]


def test_agent_cannot_confirm_what_was_sent_to_the_lead_but_the_manager_can(shop, told):
    with pytest.raises(PermissionRefused):
        confirm_escalation(actor=shop.agent, item=told)
    assert len(open_confirmations(told)) == 1
    assert confirm_escalation(actor=shop.manager, item=told) == 1
    assert open_confirmations(told) == []


def test_ended_work_moves_nowhere(shop, told, frozen):
    change_state(actor=shop.agent, item=told, state="resolved", state_flag=FLAGS["resolved"])
    frozen.shift(timedelta(days=3))
    assert sweep_unconfirmed(now()) == 0
    assert levels(told) == [2]
    assert EscalationFiring.objects.get(item=told).lapsed_at == now()


def test_worker_killed_in_the_middle_leaves_all_as_it_was_and_the_next_run_finishes(told, frozen, monkeypatch):
    frozen.move_to(datetime(2026, 11, 22, 14, 1, tzinfo=DHAKA))
    take = confirming.take_and_tell

    def dies(*args, **kwargs):
        take(*args, **kwargs)
        raise SystemExit  # not an Exception: what a kill looks like from inside

    monkeypatch.setattr(confirming, "take_and_tell", dies)
    with pytest.raises(SystemExit), transaction.atomic():
        sweep_unconfirmed(now())
    assert levels(told) == [2]
    assert EscalationFiring.objects.get(item=told).lapsed_at is None
    assert not Notification.objects.filter(data__trigger="unconfirmed").exists()
    monkeypatch.undo()
    assert sweep_unconfirmed(now()) == 1
    assert levels(told) == [2, 3]


def test_one_item_that_fails_holds_up_no_other(shop, make_item, frozen, monkeypatch):
    save_confirm_minutes(actor=SYSTEM, minutes={2: 30})
    first, second = make_item("First"), make_item("Second")
    for item in (first, second):
        send_up(actor=SYSTEM, item=item)
    frozen.shift(minutes(31))
    move_up = confirming._move_up

    def breaks(item_id, at):
        if item_id == first.pk:
            raise RuntimeError("this one is broken")
        return move_up(item_id, at)

    monkeypatch.setattr(confirming, "_move_up", breaks)
    assert sweep_unconfirmed(now()) == 1
    assert (levels(first), levels(second)) == ([2], [2, 3])


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("guarded", [True, False])
def test_two_sweeps_at_once_move_it_up_once_and_without_the_guards_twice(make_item, frozen, monkeypatch, guarded):
    save_confirm_minutes(actor=SYSTEM, minutes={2: 60})
    item = make_item()
    send_up(actor=SYSTEM, item=item)
    frozen.shift(minutes(61))
    at = now()
    if not guarded:
        # The twin: each sweep believes what it read before, and names its step as it likes.
        names = iter(("unconfirmed:a", "unconfirmed:b"))

        @transaction.atomic
        def careless(item_id, at):
            held = confirming.lock_item(item_id)
            return confirming._go_up(held, 3, "unconfirmed", next(names), SYSTEM, at, "")

        monkeypatch.setattr(confirming, "_move_up", careless)
    barrier, errors = threading.Barrier(2), []

    def sweep():
        try:
            barrier.wait()
            sweep_unconfirmed(at)
        except BaseException as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=sweep) for _number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
    assert EscalationFiring.objects.filter(item=item, level=3).count() == (1 if guarded else 2)


def test_send_up_by_hand_climbs_rung_by_rung(shop, make_item, frozen):
    item = make_item()
    assert send_up(actor=shop.lead, item=item, note="Customer is in the shop") == 2
    # The lead sends it to himself: nothing to confirm. The manager is told.
    assert send_up(actor=shop.lead, item=item) == 3
    assert send_up(actor=shop.lead, item=item) == 4
    with pytest.raises(Conflict, match="at_the_top"):
        send_up(actor=shop.lead, item=item)
    assert [firing.told for firing in EscalationFiring.objects.filter(item=item).order_by("level")] == [
        shop.lead, shop.manager, shop.owner,
    ]  # fmt: skip
    assert WorkEvent.objects.filter(item=item, kind="escalated").first().data["note"] == "Customer is in the shop"
    with pytest.raises(PermissionRefused):
        send_up(actor=shop.agent, item=item)
    change_state(actor=None, item=item, state="resolved", state_flag=FLAGS["resolved"])
    with pytest.raises(Conflict, match="work_ended"):
        send_up(actor=shop.lead, item=item)


def test_buttons_of_the_pages(shop, told, client_as):
    lead, agent = client_as(shop.lead), client_as(shop.agent)
    assert b"please confirm" in lead.get("/work/today/").content
    assert b"please confirm" not in agent.get("/work/today/").content
    assert agent.post(f"/work/{told.number}/confirmation/").status_code == 403
    sent = lead.post(f"/work/{told.number}/confirmation/", {"back": "/work/today/"})
    assert (sent.status_code, sent.url) == (302, "/work/today/")
    assert open_confirmations(told) == []
    assert b"please confirm" not in lead.get("/work/today/").content
    assert agent.post(f"/work/{told.number}/send-up/").status_code == 403
    assert lead.post(f"/work/{told.number}/send-up/", {"back": "/work/red-board/"}).url == "/work/red-board/"
    told.refresh_from_db()
    assert told.escalation_level == 3
    assert lead.get(f"/work/{told.number}/send-up/").status_code == 405


def test_times_are_set_in_the_settings(shop, client_as):
    client = client_as(shop.owner)
    page = client.get("/work/settings/escalation/").content.decode()
    assert 'name="level_2"' in page
    client.post("/work/settings/escalation/confirming/", {"level_2": "0:30", "level_3": "৪", "level_4": ""})
    assert dict(EscalationLevel.objects.values_list("level", "confirm_minutes")) == {1: None, 2: 30, 3: 240, 4: None}
    client.post("/work/settings/escalation/confirming/", {"level_2": "soon"})
    assert EscalationLevel.objects.get(level=2).confirm_minutes == 30
    with pytest.raises(DomainError, match="confirm_range"):
        save_confirm_minutes(actor=shop.owner, minutes={2: 100_000})
    with pytest.raises(PermissionRefused):
        save_confirm_minutes(actor=shop.agent, minutes={2: 5})
    assert client_as(shop.agent).post("/work/settings/escalation/confirming/", {}).status_code == 403
