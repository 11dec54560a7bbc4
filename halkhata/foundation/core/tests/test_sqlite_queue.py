"""SQLite's writers take turns: one that writes back to back does not keep the others waiting for seconds."""

import contextlib
import threading
import time
from collections.abc import Callable

import pytest
from django.db import DatabaseError, connection, transaction

from halkhata.foundation.core.models import NumberSequence
from halkhata.foundation.core.sqlite3.base import DatabaseWrapper

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.sqlite_only]


def _beside_an_importer(write: Callable[[int], None], times: int) -> list[float]:
    """Seconds that each of ``times`` writes took while another thread wrote large transactions back to back."""
    stop = threading.Event()
    ready = threading.Event()
    chunks = []

    def import_rows() -> None:
        while not stop.is_set():
            with transaction.atomic():
                for number in range(150):
                    NumberSequence.objects.update_or_create(prefix=f"i{number}", defaults={"last_value": len(chunks)})
            chunks.append(1)
            ready.set()
        connection.close()

    importer = threading.Thread(target=import_rows)
    importer.start()
    assert ready.wait(30)
    waits = []
    try:
        for number in range(times):
            begin = time.monotonic()
            write(number)
            waits.append(time.monotonic() - begin)
            time.sleep(0.05)
    finally:
        stop.set()
        importer.join()
    assert len(chunks) > 2
    return waits


def test_transaction_gets_its_turn_beside_an_importer():
    def write(number: int) -> None:
        with transaction.atomic():
            NumberSequence.objects.create(prefix=f"w{number}")

    waits = _beside_an_importer(write, 12)
    assert max(waits) < 5, waits
    assert NumberSequence.objects.filter(prefix__startswith="w").count() == 12


def test_single_statement_without_a_transaction_gets_its_turn_too():
    NumberSequence.objects.create(prefix="w", last_value=0)

    def write(number: int) -> None:
        assert NumberSequence.objects.filter(prefix="w").update(last_value=number + 1) == 1

    waits = _beside_an_importer(write, 12)
    assert max(waits) < 5, waits
    assert NumberSequence.objects.get(prefix="w").last_value == 12


def test_second_writer_waits_until_the_first_has_committed():
    wrapper: DatabaseWrapper = connection  # type: ignore[assignment]
    order = []

    def second() -> None:
        NumberSequence.objects.create(prefix="two")
        order.append("second")
        connection.close()

    thread = threading.Thread(target=second)
    with transaction.atomic():
        assert wrapper._queue_fd is not None
        thread.start()
        time.sleep(0.3)
        NumberSequence.objects.create(prefix="one")
        order.append("first")
    thread.join(10)
    assert order == ["first", "second"]
    assert wrapper._queue_fd is None


@pytest.mark.parametrize("ending", ["commit", "error", "failed statement"])
def test_turn_is_given_back_however_a_transaction_ends(ending):
    wrapper: DatabaseWrapper = connection  # type: ignore[assignment]
    with contextlib.suppress(ZeroDivisionError, DatabaseError), transaction.atomic():
        assert wrapper._queue_fd is not None
        if ending == "error":
            raise ZeroDivisionError
        if ending == "failed statement":
            connection.cursor().execute("SELECT * FROM no_such_table")
    assert wrapper._queue_fd is None
    with pytest.raises(Exception, match="no_such_table"):
        connection.cursor().execute("UPDATE no_such_table SET a = 1")
    assert wrapper._queue_fd is None


def test_reading_takes_no_turn(monkeypatch):
    monkeypatch.setattr(DatabaseWrapper, "_enter_queue", lambda self: pytest.fail("a read queued among the writers"))
    assert NumberSequence.objects.count() == 0
