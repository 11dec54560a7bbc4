"""Sessions that have ended go by night; those that run stay."""

from datetime import timedelta

import pytest
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session

from config.schedule import TIMETABLE
from halkhata.foundation.accounts.jobs import clear_expired_sessions
from halkhata.foundation.core.clock import now


@pytest.mark.django_db
def test_ended_sessions_are_deleted_and_running_ones_stay():
    kept, ended = SessionStore(), SessionStore()
    for session in (kept, ended):
        session["language"] = "bn"
        session.save()
    Session.objects.filter(pk=ended.session_key).update(expire_date=now() - timedelta(seconds=1))
    clear_expired_sessions.func()
    assert list(Session.objects.values_list("pk", flat=True)) == [kept.session_key]


def test_it_runs_every_night():
    line = next(line for line in TIMETABLE if line.task.endswith(".clear_expired_sessions"))
    assert line.cron == "20 20 * * *"
