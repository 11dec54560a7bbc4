"""A broken promise needs its reason before the work may end (A51.9, US-12)."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from halkhata.engines.work.choices import DelayCause
from halkhata.engines.work.models import DelayNote, DelayReason, SlaClock, WorkEvent, WorkItem
from halkhata.engines.work.registry import ItemKind, item_kinds
from halkhata.engines.work.selectors.delays import delay_reasons, owes_reason, reason_labels
from halkhata.engines.work.services.delays import explain_delay, save_delay_reason, settle_delays
from halkhata.engines.work.services.items import change_state, record_event
from halkhata.engines.work.services.promises import sweep_due
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.models import OutboxEvent

from .conftest import FLAGS, minutes

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def asking_kind(test_kind):
    """The test's kind of work asks for reasons, as tickets do."""
    item_kinds._entries["test_case"] = ItemKind(
        code="test_case", label="Test case", icon="ticket", prefix="X", url_name="work:item", asks_delay_reason=True,
        states=(("new", "New"), ("open", "Open"), ("resolved", "Resolved")),
    )  # fmt: skip


@pytest.fixture
def late(make_item, frozen):
    """An item whose first answer was due an hour ago: two hours from ten o'clock, and it is one."""
    item = make_item()
    frozen.shift(minutes(240))  # 14:00: lunch does not count, so the first answer was due at twelve
    sweep_due(now())
    item.refresh_from_db()
    return item


def move(item, state, actor=None):
    change_state(actor=actor, item=item, state=state, state_flag=FLAGS[state])


def test_late_item_cannot_end_without_a_reason_and_nothing_is_changed(shop, late):
    assert late.unexplained_delays == 1
    before = list(WorkEvent.objects.values_list()), list(SlaClock.objects.values_list()), late.version
    with pytest.raises(DomainError) as caught, transaction.atomic():
        move(late, "resolved", shop.agent)
    assert (caught.value.code, caught.value.field, caught.value.data) == (
        "delay_reason_missing", "delay_reason", {"count": 1},
    )  # fmt: skip
    late.refresh_from_db()
    assert (list(WorkEvent.objects.values_list()), list(SlaClock.objects.values_list()), late.version) == before
    assert late.state_flag == "open"


def test_with_the_reason_it_ends_and_the_reason_stands_at_the_clock(shop, late):
    notes = explain_delay(actor=shop.agent, item=late, reason="part_missing", note="Compressor")
    assert [(note.clock.metric, note.reason, note.note, note.actor_label) for note in notes] == [
        ("first", "part_missing", "Compressor", shop.agent.audit_label)
    ]
    late.refresh_from_db()
    assert late.unexplained_delays == 0
    assert SlaClock.objects.get(item=late, metric="first").explained_at == now()
    move(late, "resolved", shop.agent)
    assert WorkItem.objects.get(pk=late.pk).state_flag == "resolved"
    assert AuditEntry.objects.filter(action="work.delay_reason", record_id=str(late.pk)).count() == 1
    event = WorkEvent.objects.get(item=late, kind="delay_explained")
    assert event.data == {"reason": "part_missing", "note": "Compressor", "metrics": ["first"], "promised_at": None}


def test_promise_that_breaks_in_the_very_act_of_ending_is_asked_about_too(shop, make_item, frozen):
    item = make_item(priority="urgent")
    # 30 minutes for the first answer; the sweep has not come by yet.
    frozen.shift(minutes(31))
    with pytest.raises(DomainError, match="delay_reason_missing"), transaction.atomic():
        move(item, "resolved")
    with transaction.atomic():
        settle_delays(actor=shop.agent, item=item, reason="staff_short")
        move(item, "resolved")
    assert DelayNote.objects.get().clock.metric == "first"


def test_each_broken_promise_gets_its_own_line_and_one_that_breaks_later_asks_again(shop, late, frozen):
    explain_delay(actor=shop.agent, item=late, reason="staff_short")
    frozen.shift(timedelta(days=6))  # the resolution is late by now
    sweep_due(now())
    late.refresh_from_db()
    assert late.unexplained_delays == 1
    notes = explain_delay(actor=shop.agent, item=late, reason="manufacturer")
    assert [note.clock.metric for note in notes] == ["resolution"]
    # A second thought, with all explained: for what is still not kept.
    assert {note.clock.metric for note in explain_delay(actor=shop.agent, item=late, reason="wrong_estimate")} == {
        "first", "resolution",
    }  # fmt: skip
    assert DelayNote.objects.filter(item=late).count() == 4


def test_kept_promise_asks_for_nothing(shop, make_item, frozen):
    item = make_item()
    frozen.shift(minutes(30))
    record_event(actor=shop.agent, item=item, kind="human_reply")
    with pytest.raises(DomainError, match="nothing_late"):
        explain_delay(actor=shop.agent, item=item, reason="staff_short")
    with transaction.atomic():
        assert settle_delays(actor=shop.agent, item=item, reason="staff_short") == []
    move(item, "resolved")
    assert not DelayNote.objects.exists()


def test_promise_that_breaks_after_the_end_is_owed_at_the_close_and_not_before(shop, make_item, frozen):
    item = make_item()
    move(item, "resolved")  # nobody told the customer: the answer stays owed
    frozen.shift(timedelta(days=2))
    sweep_due(now())
    item.refresh_from_db()
    assert (item.is_breached, item.unexplained_delays, owes_reason(item)) == (True, 0, True)
    record_event(actor=None, item=item, kind="note")  # touching it does not fall over the check of the table
    explain_delay(actor=shop.agent, item=item, reason="unreachable")
    assert not owes_reason(item)
    # Opened again it owes nothing: the break has its reason.
    move(item, "open")
    item.refresh_from_db()
    assert item.unexplained_delays == 0


def test_the_database_itself_lets_no_item_end_with_a_reason_owed(late):
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkItem.objects.filter(pk=late.pk).update(state_flag="resolved", resolved_at=now())
    with pytest.raises(IntegrityError), transaction.atomic():
        WorkItem.objects.filter(pk=late.pk).update(unexplained_delays=0, state_flag="resolved", resolved_at=None)


def test_lines_are_append_only_and_other_says_what(shop, late):
    note = explain_delay(actor=shop.agent, item=late, reason="other", note="Flood in the street")[0]
    for statement in (
        f"UPDATE work_delaynote SET note = 'x' WHERE id = {note.pk}",
        f"DELETE FROM work_delaynote WHERE id = {note.pk}",
    ):
        with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    with pytest.raises(IntegrityError), transaction.atomic():
        DelayNote.objects.create(item=late, clock=note.clock, at=now(), reason="other", note="")


@pytest.mark.parametrize(
    ("values", "code", "field"),
    [
        ({"reason": "weather"}, "bad_delay_reason", "reason"),
        ({"reason": ""}, "bad_delay_reason", "reason"),
        ({"reason": "other", "note": "  "}, "delay_note_missing", "note"),
        ({"reason": "staff_short", "promised_at": timedelta(minutes=-1)}, "promised_in_past", "promised_at"),
        ({"reason": "staff_short", "promised_at": timedelta(days=400)}, "promised_too_far", "promised_at"),
    ],
)
def test_reason_that_cannot_be_is_refused_at_its_field(shop, late, values, code, field):
    if "promised_at" in values:
        values = {**values, "promised_at": now() + values["promised_at"]}
    with pytest.raises(DomainError) as caught:
        explain_delay(actor=shop.agent, item=late, **values)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert not DelayNote.objects.exists()


def test_somebody_elses_item_is_not_explained_by_who_may_not_change_it(shop, late):
    shop.agent2.role.permissions = ["work.view"]
    shop.agent2.role.save()
    other = type(shop.agent2).objects.get(pk=(shop.agent2 if late.owner_id == shop.agent.pk else shop.agent).pk)
    with pytest.raises(PermissionRefused):
        explain_delay(actor=other, item=late, reason="staff_short")


def test_new_time_is_told_in_an_event_and_only_when_it_shall_be(shop, late):
    explain_delay(actor=shop.agent, item=late, reason="staff_short", promised_at=now() + timedelta(hours=2))
    explain_delay(
        actor=shop.agent, item=late, reason="staff_short", promised_at=now() + timedelta(hours=3), tell_customer=False
    )
    explain_delay(actor=shop.agent, item=late, reason="staff_short")
    told = [
        (row.payload["tell_customer"], row.payload["promised_at"] is not None)
        for row in OutboxEvent.objects.filter(name="promise.delay_explained").order_by("pk")
    ]
    assert told == [(True, True), (False, True), (False, False)]


def test_list_of_reasons_is_the_shops_to_change_and_old_words_stay(shop):
    assert [reason.code for reason in delay_reasons()] == list(DelayCause.values)
    own = save_delay_reason(actor=shop.owner, name_bn="বন্যা", name_en="Flood")
    save_delay_reason(actor=shop.owner, code="power_network", name_bn="", name_en="No current", is_active=False)
    codes = [reason.code for reason in delay_reasons()]
    assert codes == ["part_missing", "manufacturer", "unreachable", "staff_short", "wrong_estimate", own.code, "other"]
    assert reason_labels()["power_network"] == "No current"
    assert reason_labels()[own.code] == "Flood"
    with pytest.raises(DomainError, match="other_stays"):
        save_delay_reason(actor=shop.owner, code="other", name_bn="", name_en="Else", is_active=False)
    with pytest.raises(DomainError, match="no_such_reason"):
        save_delay_reason(actor=shop.owner, code="made-up", name_bn="", name_en="Else")
    with pytest.raises(DomainError, match="name_missing"):
        save_delay_reason(actor=shop.owner, name_bn=" ", name_en="")
    with pytest.raises(PermissionRefused):
        save_delay_reason(actor=shop.agent, name_bn="", name_en="Flood again")
    # Twice the same new name: two reasons of their own, no clash of codes.
    assert save_delay_reason(actor=shop.owner, name_bn="", name_en="Flood").code != own.code
    assert DelayReason.objects.count() == 3


def test_pages_of_the_list(shop, client_as):
    client = client_as(shop.owner)
    assert b"Spare part missing" in client.get("/work/settings/delay-reasons/").content
    sent = client.post("/work/settings/delay-reasons/new/", {"name_bn": "বন্যা", "name_en": "Flood", "is_active": "on"})
    assert sent.status_code == 302
    page = client.get("/work/settings/delay-reasons/part_missing/").content.decode()
    assert 'value="Spare part missing"' in page
    client.post("/work/settings/delay-reasons/part_missing/", {"name_en": "No spare part", "is_active": "on"})
    assert reason_labels()["part_missing"] == "No spare part"
    assert client.post("/work/settings/delay-reasons/other/", {"name_en": "Else"}).status_code == 302
    assert [reason.code for reason in delay_reasons()][-1] == "other"
    assert client.post("/work/settings/delay-reasons/new/", {"name_en": " "}).status_code == 422
    assert client.get("/work/settings/delay-reasons/nothing/").status_code == 404
    assert client_as(shop.agent).get("/work/settings/delay-reasons/").status_code == 403


def test_page_of_one_delay_says_what_broke_and_takes_the_reason(shop, late, client_as):
    client = client_as(shop.lead)
    url = f"/work/{late.number}/delay/"
    page = client.get(url).content.decode()
    assert "First answer" in page
    assert "no reason given yet" in page
    assert client.post(url, {"reason": ""}).status_code == 422
    assert client.post(url, {"reason": "other", "note": ""}).status_code == 422
    assert not DelayNote.objects.exists()
    sent = client.post(url, {"reason": "staff_short", "back": "/work/red-board/?view=late"})
    assert (sent.status_code, sent.url) == (302, "/work/red-board/?view=late")
    sent = client.post(url, {"reason": "staff_short", "back": "//evil.example.com/"})
    assert sent.url == f"/work/{late.number}/"
    page = client.get(url).content.decode()
    assert "Too few staff" in page
    assert "no reason given yet" not in page
