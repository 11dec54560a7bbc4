"""By the API: the reason of a delay, sending up, confirming, and where the time went."""

from datetime import timedelta

import pytest
import time_machine

from halkhata.engines.work.models import DelayNote, EscalationFiring, SlaClock
from halkhata.engines.work.services.confirming import save_confirm_minutes
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now

pytestmark = pytest.mark.django_db
BODY = {"root_cause": "product_defect", "action": "New thermostat", "remedy": "repaired"}


@pytest.fixture
def late(here):
    """The ticket's number, a day after its first answer was due."""
    due = SlaClock.objects.get(item=here.ticket, metric="first").due_at
    with time_machine.travel(due + timedelta(days=1), tick=False):
        yield here.ticket.number


def test_late_ticket_is_resolved_only_with_the_reason(key, shop, late, digest, is_problem):
    api = key(shop.agent)
    before = digest()
    body = is_problem(api.post(f"/tickets/{late}/resolution", BODY), 422, "delay_reason_missing")
    assert body["field"] == "delay_reason"
    is_problem(api.post(f"/tickets/{late}/resolution", {**BODY, "delay_reason": "rain"}), 422, "bad_delay_reason")
    is_problem(api.post(f"/tickets/{late}/resolution", {**BODY, "delay_reason": "other"}), 422, "delay_note_missing")
    assert digest() == before
    solved = api.post(f"/tickets/{late}/resolution", {**BODY, "delay_reason": "part_missing"})
    assert solved.status_code == 201, solved.content
    assert {note.reason for note in DelayNote.objects.all()} == {"part_missing"}


def test_reasons_are_listed_and_given_with_a_new_time(key, shop, late, is_problem):
    api = key(shop.agent)
    listed = api.get("/delay-reasons", accept_language="en").json()["items"]
    assert listed[0] == {"code": "part_missing", "label": "Spare part missing", "needs_note": False}
    assert listed[-1]["code"] == "other"
    assert listed[-1]["needs_note"] is True
    is_problem(api.post(f"/tickets/{late}/delays", {"reason": "rain"}), 422, "bad_delay_reason")
    past = (now() - timedelta(hours=1)).isoformat()
    is_problem(
        api.post(f"/tickets/{late}/delays", {"reason": "staff_short", "promised_at": past}), 422, "promised_in_past"
    )
    soon = (now() + timedelta(days=1)).isoformat()
    said = api.post(f"/tickets/{late}/delays", {"reason": "staff_short", "promised_at": soon})
    assert said.status_code == 201, said.content
    found = api.get(f"/tickets/{late}/delays").json()
    assert found["owed"] == 0
    assert [(one["metric"], one["reason"]) for one in found["items"]] == [("first", "staff_short")]


def test_ticket_in_time_has_nothing_to_explain(key, shop, here, is_problem):
    is_problem(key(shop.agent).post(f"/tickets/{here.ticket.number}/delays", {"reason": "staff_short"}), 422,
               "nothing_late")  # fmt: skip


def test_sent_up_and_confirmed_once(key, shop, here, is_problem):
    save_confirm_minutes(actor=SYSTEM, minutes={3: 60})
    here.ticket.team = shop.team
    here.ticket.save(update_fields=["team"])
    number = here.ticket.number
    lead = key(shop.lead, ["ticket.view", "ticket.edit", "work.escalate", "work.view"])
    # The first rung is the lead himself: nothing to confirm. The second is the manager.
    for _rung in range(2):
        sent = lead.post(f"/tickets/{number}/escalation", {"note": "Waits in the shop"})
        assert sent.status_code == 200, sent.content
    assert EscalationFiring.objects.get(item=here.ticket, level=3).confirm_by is not None
    is_problem(key(shop.agent).post(f"/tickets/{number}/confirmation"), 403, "confirm_refused")
    manager = key(shop.manager, ["ticket.view", "work.view"])
    assert manager.post(f"/tickets/{number}/confirmation").json()["confirmed"] == 1
    assert manager.post(f"/tickets/{number}/confirmation").json()["confirmed"] == 0
    is_problem(key(shop.agent).post(f"/tickets/{number}/escalation", {}), 403, "scope_missing")


def test_stages_add_up(key, shop, here):
    api = key(shop.agent)
    number = here.ticket.number
    with time_machine.travel(here.ticket.opened_at + timedelta(hours=1), tick=False):
        api.post(f"/tickets/{number}/state", {"state": "waiting_manufacturer"})
    with time_machine.travel(here.ticket.opened_at + timedelta(hours=5), tick=False):
        found = api.get(f"/tickets/{number}/stages").json()
    sides = {one["side"]: one["seconds"] for one in found["sides"]}
    assert (sides["ours"], sides["manufacturer"], found["seconds"]) == (3600, 4 * 3600, 5 * 3600)
    assert [one["state"] for one in found["stays"]] == ["new", "waiting_manufacturer"]
    assert found["is_over"] is False
