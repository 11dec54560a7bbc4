"""Events of one transaction that are written together at its end: the same ones in the same order."""

from dataclasses import dataclass

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from halkhata.foundation.core import outbox
from halkhata.foundation.core.models import OutboxEvent
from halkhata.foundation.core.outbox import gathered_events, publish

pytestmark = pytest.mark.django_db


@dataclass(frozen=True)
class Happened:
    """An event of no kind that is registered: nobody hears it."""

    number: int
    name = "test.happened"

    def payload(self):
        return {"number": self.number}


def written():
    return [row.payload["number"] for row in OutboxEvent.objects.filter(name="test.happened").order_by("id")]


def half_done():
    """Three events, the second and a nested one in a part that is rolled back."""
    with transaction.atomic(), gathered_events():
        publish(Happened(1))
        with pytest.raises(ValueError, match="no"), transaction.atomic():
            publish(Happened(2))
            with transaction.atomic():
                publish(Happened(3))
            raise ValueError("no")
        with transaction.atomic():
            publish(Happened(4))


def test_events_are_written_once_at_the_end_in_their_order():
    with CaptureQueriesContext(connection) as queries, transaction.atomic(), gathered_events():
        publish(Happened(1))
        with gathered_events():
            publish(Happened(2))
        assert written() == []
        publish(Happened(3))
    assert written() == [1, 2, 3]
    assert sum("INSERT" in query["sql"] for query in queries) == 1


def test_what_was_rolled_back_is_left_out():
    half_done()
    assert written() == [1, 4]


def test_without_the_marks_it_would_be_written(monkeypatch):
    """The twin: the marks are what leaves it out."""
    monkeypatch.setattr(outbox._Mark, "still_holds", True)
    half_done()
    assert written() == [1, 2, 3, 4]


def test_exception_that_leaves_the_block_writes_nothing_and_the_next_event_is_written_at_once():
    with pytest.raises(ValueError, match="no"), transaction.atomic(), gathered_events():
        publish(Happened(1))
        raise ValueError("no")
    publish(Happened(2))
    assert written() == [2]


@pytest.mark.django_db(transaction=True)
def test_outside_a_transaction_it_is_refused():
    with pytest.raises(transaction.TransactionManagementError), gathered_events():
        pass
