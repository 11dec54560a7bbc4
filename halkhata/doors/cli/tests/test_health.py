"""``halkhata check``: what is wrong is found, and said with its figures."""

import json
import shutil
import uuid
from collections import namedtuple
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import translation

from halkhata.doors.cli.commands import check
from halkhata.doors.cli.health import Finding, look_at_everything
from halkhata.doors.cli.health.background import scheduler, stuck_work, worker
from halkhata.doors.cli.health.data_store import clock, database, migrations
from halkhata.doors.cli.health.files import LEAST_ROOM, disk_space
from halkhata.doors.cli.health.post import incoming_mail, mailboxes, outgoing_mail
from halkhata.doors.cli.output import print_json
from halkhata.engines.messaging.models import InboundRaw, Mailbox
from halkhata.engines.messaging.services.inbound import store_raw
from halkhata.engines.messaging.tests.mails import make_mailbox
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.models import Job, ScheduleLine

pytestmark = pytest.mark.django_db

Usage = namedtuple("Usage", "total used free")


def make_job(state, **values):
    at = now()
    task = "halkhata.engines.work.jobs.sweep_due_promises"
    return Job.objects.create(id=uuid.uuid4().hex, task=task, state=state, enqueued_at=at, run_after=at, **values)


def test_every_name_is_there_and_stays_the_same():
    assert [finding.name for finding in look_at_everything()] == [
        "settings", "disk space", "database", "letters", "migrations", "clock", "scheduler", "worker", "stuck work",
        "mailboxes", "incoming mail", "outgoing mail", "standards", "timetable", "translations", "static files",
    ]  # fmt: skip


def test_database_says_what_it_is_and_how_big():
    found = database()
    assert found.ok
    assert found.values["vendor"] in {"sqlite", "postgresql"}
    assert found.values["bytes"] > 100_000
    assert found.values["product"] in found.detail


def test_missing_steps_are_counted_and_named(monkeypatch):
    assert migrations().ok
    monkeypatch.setattr(
        "halkhata.doors.cli.health.data_store.pending_migrations", lambda: ["core.0009_x", "work.0009_y"]
    )
    found = migrations()
    assert not found.ok
    assert found.detail == "2 steps are missing (core.0009_x, work.0009_y): run halkhata migrate"
    assert "clock" not in {one.name for one in look_at_everything()}  # its tables may not be there


@pytest.mark.parametrize(("free", "ok"), [(LEAST_ROOM, True), (LEAST_ROOM - 1, False), (0, False)])
def test_little_room_on_the_disk_is_told_before_it_is_full(free, ok, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda folder: Usage(10 * LEAST_ROOM, 10 * LEAST_ROOM - free, free))
    found = disk_space()
    assert found.ok is ok
    assert found.values == {"free_bytes": free, "total_bytes": 10 * LEAST_ROOM}
    assert ("make room" in found.detail) is not ok


def test_clock_that_was_set_back_is_noticed():
    AuditEntry.objects.create(at=now(), actor_label="x", action="x", record_type="x", record_id="1")
    assert clock().ok
    with moved_to(now() - timedelta(hours=1)):
        found = clock()
    assert not found.ok
    # PostgreSQL has a clock of its own, which says it first.
    assert ("differs from the database" if connection.vendor == "postgresql" else "set back") in found.detail


def test_clock_of_the_database_server_is_compared(monkeypatch):

    with moved_to(now() + timedelta(minutes=5)):
        found = clock()
    if connection.vendor == "postgresql":
        assert not found.ok
        assert -330 < found.values["seconds_from_database"] < -290
    else:
        assert found.ok  # the same machine's clock


def test_scheduler_and_worker_are_alive_for_a_minute_after_their_last_sign():
    assert not scheduler().ok
    assert not worker().ok
    at = now()
    ScheduleLine.objects.create(name="sweep", last_due_at=at, fired_at=at)
    make_job(Job.DONE, finished_at=at)
    with moved_to(at + timedelta(seconds=59)):
        assert scheduler().ok
        assert worker().ok
        assert worker().detail == "last seen 59 s ago"
    with moved_to(at + timedelta(seconds=61)):
        assert not scheduler().ok
        assert not worker().ok
        make_job(Job.RUNNING, lease_until=now() + timedelta(seconds=10), locked_by="somebody")
        make_job(Job.READY)
        busy = worker()
        assert busy.ok
        assert (busy.values["running"], busy.values["waiting"]) == (1, 1)


def test_dead_job_is_stuck_work():
    assert stuck_work().ok
    make_job(Job.DEAD)
    assert not stuck_work().ok
    assert stuck_work().values == {"dead_jobs": 1, "parked_events": 0}


def test_mail_that_lies_too_long_is_found(shop):
    store_raw(mailbox=None, provider_id="x:1", raw=b"From: a@example.com\r\n\r\nhello")
    assert incoming_mail().ok
    assert incoming_mail().values["waiting"] == 1
    with moved_to(now() + timedelta(minutes=6)):
        late = incoming_mail()
    assert not late.ok
    assert "the oldest for 6 min" in late.detail
    InboundRaw.objects.update(state="quarantined", reason="not_mail")
    with moved_to(now() + timedelta(minutes=6)):
        assert incoming_mail().ok
        assert incoming_mail().values["quarantined"] == 1


def test_invented_mail_is_left_out(shop):
    store_raw(mailbox=None, provider_id="x:2", raw=b"From: a@example.com\r\n\r\nhello")
    InboundRaw.objects.update(is_demo=True)
    assert incoming_mail().values["waiting"] == 0
    assert outgoing_mail().values == {"waiting": 0, "oldest": None, "in_doubt": 0, "failed": 0}


def test_mailbox_that_is_not_fetched_is_named(shop):
    assert mailboxes().detail == "none is set up"
    mailbox = make_mailbox(shop)
    Mailbox.objects.filter(pk=mailbox.pk).update(imap_host="127.0.0.1", last_fetch_at=now())
    assert mailboxes().ok
    with moved_to(now() + timedelta(minutes=6)):
        assert mailboxes().detail.startswith(f"{mailbox.address}: Nobody has looked into this mailbox for a while.")
        assert not mailboxes().ok
    Mailbox.objects.filter(pk=mailbox.pk).update(
        last_fetch_error="535 wrong password", last_fetch_code="sign_in_refused", fetch_failing_since=now()
    )
    assert "535 wrong password" in mailboxes().detail
    assert "type the password again" in mailboxes().detail


def test_lines_are_in_the_language_of_the_reader():
    finding = Finding(name="x", label="Disk", ok=False, detail="full")
    with translation.override("en"):
        assert check.lines([finding]) == ["BAD  Disk: full"]


def test_json_has_iso_instants(capfdbinary):
    at = now()
    print_json({"values": {"at": at}})
    assert json.loads(capfdbinary.readouterr().out) == {"values": {"at": at.isoformat()}}
