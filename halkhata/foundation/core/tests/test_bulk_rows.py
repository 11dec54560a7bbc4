"""Rows written in bulk are those that ``bulk_create`` would have written."""

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from halkhata.foundation.core.bulk_rows import delete_rows, insert_rows, take_ids
from halkhata.foundation.core.models import OutboxEvent

pytestmark = pytest.mark.django_db
AT = datetime(2026, 11, 22, 9, 30, 15, 123456, tzinfo=UTC)
PAYLOADS = [{"name": "রহিম\t\\N\n'\"", "n": 1.5, "none": None}, {}, {"list": [1, "২", True]}]


def values():
    """What stands in the table, as the database has it."""
    columns = ", ".join(field.column for field in OutboxEvent._meta.concrete_fields if not field.primary_key)
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {columns} FROM core_outboxevent ORDER BY id")  # noqa: S608 - names of columns
        return cursor.fetchall()


def test_rows_are_those_of_bulk_create():
    OutboxEvent.objects.bulk_create(OutboxEvent(name="told", payload=one, occurred_at=AT) for one in PAYLOADS)
    wanted = values()
    OutboxEvent.objects.all().delete()
    insert_rows(OutboxEvent, [{"name": "told", "payload": one, "occurred_at": AT} for one in PAYLOADS])
    assert values() == wanted
    assert [row.payload for row in OutboxEvent.objects.order_by("id")] == PAYLOADS


def test_ids_taken_are_new_and_the_next_row_comes_after_them():
    first = OutboxEvent.objects.create(name="told", payload={}, occurred_at=AT)
    with transaction.atomic():
        ids = take_ids(OutboxEvent, 3)
        assert len({first.pk, *ids}) == 4
        assert ids == sorted(ids)
        insert_rows(OutboxEvent, [{"id": pk, "name": "told", "payload": {}, "occurred_at": AT} for pk in ids])
    assert OutboxEvent.objects.create(name="told", payload={}, occurred_at=AT).pk > ids[-1]
    assert take_ids(OutboxEvent, 0) == []


def test_constraint_refuses_all_rows_of_the_batch_as_django_says_it():
    row = {"name": "told", "payload": {}, "occurred_at": AT}
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(OutboxEvent, [row, {**row, "occurred_at": None}])
    assert OutboxEvent.objects.count() == 0
    insert_rows(OutboxEvent, [])
    insert_rows(OutboxEvent, [row, row])
    assert delete_rows(OutboxEvent.objects.all()) == 2
