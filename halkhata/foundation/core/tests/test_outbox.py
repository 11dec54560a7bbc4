"""The outbox: fact and event together, each handler once, the failing one parked and replayable."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction

from halkhata.foundation.core import events, outbox
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import EventDelivery, OutboxEvent
from halkhata.foundation.core.tests.pieces import BellRang, count_up, counted


@pytest.fixture
def handlers(monkeypatch):
    """Handlers of BellRang that live as long as the test: ``handlers(function)``."""
    monkeypatch.setattr(events, "_handlers", {**events._handlers, BellRang.name: []})
    monkeypatch.setattr(events, "_functions", dict(events._functions))
    return lambda function: events.on(BellRang)(function)


def ring(times: int = 1) -> OutboxEvent:
    with transaction.atomic():
        return outbox.publish(BellRang(times=times))


@pytest.mark.django_db(transaction=True)
def test_publish_outside_a_transaction_is_refused():
    with pytest.raises(transaction.TransactionManagementError):
        outbox.publish(BellRang(times=1))
    assert OutboxEvent.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_event_of_a_rolled_back_fact_does_not_exist(handlers):
    handlers(lambda event: count_up("a"))
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        outbox.publish(BellRang(times=1))
        raise ZeroDivisionError
    assert outbox.run_until_quiet() == 0
    assert (OutboxEvent.objects.count(), counted("a")) == (0, 0)


@pytest.mark.django_db(transaction=True)
def test_each_handler_runs_once_with_the_values_of_then(handlers):
    heard = []

    @handlers
    def first(event: BellRang) -> None:
        heard.append(("first", event.times))

    @handlers
    def second(event: BellRang) -> None:
        heard.append(("second", event.times))

    ring(3)
    assert outbox.run_until_quiet() == 2
    assert outbox.run_until_quiet() == 0
    assert heard == [("first", 3), ("second", 3)]


@pytest.mark.django_db(transaction=True)
def test_failing_handler_leaves_nothing_behind_and_does_not_stop_the_other(handlers):
    @handlers
    def breaks(event: BellRang) -> None:
        count_up("broken")
        raise RuntimeError("no bell")

    @handlers
    def works(event: BellRang) -> None:
        count_up("works")

    ring()
    outbox.run_until_quiet()
    assert (counted("broken"), counted("works")) == (0, 1)
    failed = EventDelivery.objects.get(state=EventDelivery.PENDING)
    assert failed.attempts == 1
    assert "no bell" in failed.last_error
    assert timedelta(seconds=1) < failed.next_try_at - now() < timedelta(seconds=3)


@pytest.mark.django_db(transaction=True)
def test_failing_handler_is_parked_after_eight_tries_and_runs_after_a_replay(handlers):
    broken = True

    @handlers
    def handler(event: BellRang) -> None:
        if broken:
            raise RuntimeError("no bell")
        count_up("works")

    ring()
    waits = []
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(outbox.MAX_ATTEMPTS):
            before = now()
            assert outbox.deliver_due() == 1
            row = EventDelivery.objects.get()
            waits.append((row.next_try_at - before).total_seconds())
            clock.move_to(row.next_try_at + timedelta(seconds=1))
        assert outbox.deliver_due() == 0
    row = EventDelivery.objects.get()
    assert (row.state, row.attempts) == (EventDelivery.PARKED, 8)
    for index, wait in enumerate(waits[:-1]):
        assert 0.8 * 2 ** (index + 1) <= wait <= 1.2 * 2 ** (index + 1)
    broken = False
    outbox.replay(row)
    assert outbox.run_until_quiet() == 1
    assert counted("works") == 1


@pytest.mark.django_db(transaction=True)
def test_handler_that_kills_its_process_each_time_is_parked(handlers):
    handlers(lambda event: count_up("a"))
    ring()
    # What a killed process leaves behind: the try is counted, and neither success nor failure is written.
    EventDelivery.objects.update(attempts=outbox.MAX_ATTEMPTS, next_try_at=now() - timedelta(seconds=1))
    outbox.deliver_due()
    row = EventDelivery.objects.get()
    assert (row.state, counted("a")) == (EventDelivery.PARKED, 0)
    assert "died each time" in row.last_error


@pytest.mark.django_db(transaction=True)
def test_handler_that_was_removed_is_a_failure_and_not_a_success(handlers):
    handlers(lambda event: count_up("a"))
    ring()
    EventDelivery.objects.update(handler="halkhata.gone.handler")
    outbox.deliver_due()
    row = EventDelivery.objects.get()
    assert row.state == EventDelivery.PENDING
    assert "no handler halkhata.gone.handler" in row.last_error


@pytest.mark.django_db(transaction=True)
def test_rule_that_triggers_itself_is_parked_at_depth_nine(handlers):
    @handlers
    def again(event: BellRang) -> None:
        outbox.publish(BellRang(times=event.times + 1))

    ring(0)
    outbox.run_until_quiet()
    deepest = OutboxEvent.objects.order_by("-depth").first()
    assert (deepest.depth, deepest.payload) == (9, {"times": 9})
    assert deepest.caused_by.depth == 8
    assert deepest.deliveries.get().state == EventDelivery.PARKED
    assert "deeper than 8" in deepest.deliveries.get().last_error
    assert OutboxEvent.objects.count() == 10


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_run_a_handler_once(handlers):
    import threading

    gate = threading.Barrier(2)
    handlers(lambda event: count_up("once"))
    for _ in range(10):
        ring()

    def deliver() -> None:
        gate.wait()
        outbox.run_until_quiet()
        connection.close()

    threads = [threading.Thread(target=deliver) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert counted("once") == 10
    assert EventDelivery.objects.filter(state=EventDelivery.DONE, attempts=1).count() == 10
