"""What is finished goes after a month, a few rows at a time (core/jobs/pruning.py)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import pruning
from halkhata.foundation.core.models import EventDelivery, OutboxEvent

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(days=31)


def event(*, age=LONG_AGO, **more):
    return OutboxEvent.objects.create(name="test.told", payload={}, occurred_at=now() - age, **more)


def delivery(of, state=EventDelivery.DONE, age=LONG_AGO):
    at = now() - age
    finished = at if state == EventDelivery.DONE else None
    return EventDelivery.objects.create(event=of, handler="test", state=state, next_try_at=at, finished_at=finished)


def test_old_and_finished_goes_in_parts_and_the_rest_stays(monkeypatch):
    monkeypatch.setattr(pruning, "TOGETHER", 2)
    gone = [event() for _number in range(4)]
    delivered = event()
    delivery(delivered)
    young, waiting, cause = event(age=timedelta(days=29)), event(), event()
    delivery(waiting, EventDelivery.PENDING)
    effect = event(age=timedelta(days=29), caused_by=cause)
    with CaptureQueriesContext(connection) as queries:
        assert pruning.prune_finished_work.func() == 6
    assert set(OutboxEvent.objects.all()) == {young, waiting, cause, effect}
    assert not OutboxEvent.objects.filter(pk__in=[one.pk for one in gone]).exists()
    assert EventDelivery.objects.get().event == waiting
    deletes = [query["sql"] for query in queries if query["sql"].startswith('DELETE FROM "core_outboxevent"')]
    assert len(deletes) == 3
    assert pruning.prune_finished_work.func() == 0
