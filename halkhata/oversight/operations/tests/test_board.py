"""The operations page: what it shows, who may see it, what its buttons do."""

from datetime import timedelta

import pytest

from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.backups.models import BackupRun, Restoration
from halkhata.foundation.backups.selectors.standing import outgoing_is_held
from halkhata.foundation.core.clock import moved_to, now
from halkhata.foundation.core.models import EventDelivery, Job, OutboxEvent, ScheduleLine
from halkhata.oversight.operations.selectors.board import board
from halkhata.oversight.operations.words import line_words

URL = "/settings/operations/"


def dead_job(name: str = "dead", **values) -> Job:
    at = now()
    fields = {
        "task": "halkhata.engines.messaging.jobs.send_due_mail", "state": Job.DEAD, "attempts": 6, "run_after": at,
        "enqueued_at": at, "finished_at": at, "errors": [{"class": "X", "traceback": "Traceback: <b>no</b>"}],
    }  # fmt: skip
    return Job.objects.create(id=name, **{**fields, **values})


def parked() -> EventDelivery:
    event = OutboxEvent.objects.create(name="ticket.resolved", payload={}, occurred_at=now())
    return EventDelivery.objects.create(
        event=event,
        handler="some.handler",
        state=EventDelivery.PARKED,
        attempts=8,
        next_try_at=now(),
        last_error="Boom",
    )


@pytest.fixture
def owner(shop, client_as):
    return client_as(shop.owner)


def test_page_shows_what_stopped_and_escapes_it(owner):
    dead_job()
    parked()
    page = owner.get(URL)
    text = page.content.decode()
    assert page.status_code == 200
    assert "send_due_mail" in text
    assert "Traceback: &lt;b&gt;no&lt;/b&gt;" in text
    assert "some.handler" in text
    assert "None made yet" in text  # no backup


def test_number_of_queries_does_not_grow_with_the_rows(owner, django_assert_max_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    owner.get(URL)
    with CaptureQueriesContext(connection) as few:
        owner.get(URL)
    for number in range(15):
        dead_job(f"dead{number}")
        parked()
    with CaptureQueriesContext(connection) as many:
        owner.get(URL)
    assert len(many) == len(few) <= 30


def test_only_those_who_see_all_branches_may_open_it(shop, client_as):
    job, delivery = dead_job(), parked()
    shop.manager.role.permissions = [*shop.manager.role.permissions, "settings.edit"]
    shop.manager.role.save()
    paths = [
        f"{URL}jobs/{job.pk}/retry/", f"{URL}jobs/{job.pk}/remove/", f"{URL}deliveries/{delivery.pk}/replay/",
        f"{URL}release/",
    ]  # fmt: skip
    for user in (shop.agent, shop.lead, shop.manager):
        client = client_as(user)
        assert client.get(URL).status_code == 403
        assert "/settings/operations/" not in client.get("/settings/").content.decode()
        assert [client.post(path).status_code for path in paths] == [403] * 4
    job.refresh_from_db()
    delivery.refresh_from_db()
    assert (job.state, delivery.state) == (Job.DEAD, EventDelivery.PARKED)
    assert "/settings/operations/" in client_as(shop.owner).get("/settings/").content.decode()


def test_dead_job_is_tried_again_once_and_audited(owner, shop):
    job = dead_job()
    assert owner.post(f"{URL}jobs/{job.pk}/retry/").status_code == 302
    job.refresh_from_db()
    assert (job.state, job.attempts, job.finished_at) == (Job.READY, 0, None)
    assert AuditEntry.objects.get(action="job.retry").actor_id == shop.owner.pk
    assert owner.post(f"{URL}jobs/{job.pk}/retry/").status_code == 409
    assert AuditEntry.objects.filter(action="job.retry").count() == 1


def test_dead_job_with_a_waiting_twin_stays_and_can_be_removed(owner):
    job = dead_job(dedupe_key="k")
    Job.objects.create(id="twin", task="x", run_after=now(), enqueued_at=now(), dedupe_key="k")
    assert owner.post(f"{URL}jobs/{job.pk}/retry/").status_code == 409
    job.refresh_from_db()
    assert job.state == Job.DEAD
    assert owner.post(f"{URL}jobs/{job.pk}/remove/").status_code == 302
    assert list(Job.objects.values_list("id", flat=True)) == ["twin"]
    assert owner.post(f"{URL}jobs/twin/remove/").status_code == 409
    assert owner.post(f"{URL}jobs/absent/remove/").status_code == 404


def test_parked_delivery_is_replayed_once(owner):
    delivery = parked()
    assert owner.post(f"{URL}deliveries/{delivery.pk}/replay/").status_code == 302
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (EventDelivery.PENDING, 0)
    assert owner.post(f"{URL}deliveries/{delivery.pk}/replay/").status_code == 409


def test_held_mail_is_shown_and_released(owner, shop):
    Restoration.objects.create(archive="a", sha256="0" * 64, taken_at=now() - timedelta(hours=8), restored_at=now())
    assert outgoing_is_held()
    assert "Outgoing messages are held" in owner.get(URL).content.decode()
    assert owner.post(f"{URL}release/").status_code == 302
    assert not outgoing_is_held()
    row = Restoration.objects.get()
    assert (row.released_by_id, AuditEntry.objects.filter(action="backup.release").count()) == (shop.owner.pk, 1)
    assert "Outgoing messages are held" not in owner.get(URL).content.decode()
    assert owner.post(f"{URL}release/").status_code == 422


@pytest.mark.parametrize(
    ("hours", "word"), [(1, "Good"), (31, "Late"), (55, "Much too old")]
)  # fmt: skip
def test_age_of_the_last_backup_has_a_colour_and_a_word(owner, hours, word):
    at = now() - timedelta(hours=hours)
    BackupRun.objects.create(
        started_at=at, ended_at=at, ok=True, sha256="0" * 64, folder="/x", tested_at=now(), verified_at=now()
    )
    text = owner.get(URL).content.decode()
    line = text[text.index("Last backup") : text.index("Last backup restored on trial")]
    assert word in line


def test_line_of_the_timetable_is_late_a_minute_after_its_time(db):
    at = now().replace(hour=12, minute=5, second=30, microsecond=0)
    with moved_to(at):
        ScheduleLine.objects.create(name="keep-backups", last_due_at=at, fired_at=at - timedelta(minutes=5, seconds=20))
        ScheduleLine.objects.create(name="sweep-promises", last_due_at=at, fired_at=at - timedelta(seconds=90))
        ScheduleLine.objects.create(name="send-due-mail", last_due_at=at, fired_at=at - timedelta(seconds=10))
        tones = {str(row.words): row.tone for row in board().timetable}
    assert tones["Looking whether a backup is due"] == "good"
    assert tones["Looking through promises"] == "bad"
    assert tones["Sending what is due"] == "good"
    assert tones["Tidying up finished work"] == "bad", "it never fired"


def test_every_line_of_the_timetable_has_words():
    from config.schedule import TIMETABLE

    assert [line.name for line in TIMETABLE if line_words(line.name) == line.name] == []
