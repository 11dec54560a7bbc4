"""Publishing and delivering domain events.

``publish`` writes the event and one delivery row per handler in the transaction of its fact: both commit together.
``deliver_due`` runs each delivery in one transaction with its own "done" mark, so what a handler does to the database
happens exactly once, whatever is killed in between. Handlers do not talk to the network; they enqueue tasks that do.
"""

import logging
import random
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import timedelta

from django.db import connection, transaction
from django.db.models import F

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import DomainEvent, event_type, handler_function, handlers_of
from halkhata.foundation.core.models import EventDelivery, OutboxEvent
from halkhata.foundation.core.wakeup import wake_after_commit, wake_workers

logger = logging.getLogger(__name__)

MAX_DEPTH = 8
MAX_ATTEMPTS = 8
# How long a delivery whose process was killed waits for its next try. Handlers do not talk to the network, so one that
# still runs after this holds its row's lock and cannot run twice.
LEASE = timedelta(seconds=15)

# The event whose handler is running now: what it publishes inherits "caused by" and depth from it.
_current: ContextVar[OutboxEvent | None] = ContextVar("current_event", default=None)


class _Mark:
    """Stands among what Django runs after the commit: gone when the part of the transaction it was set in is."""

    def __call__(self) -> None:
        """Nothing is to be done."""

    @property
    def still_holds(self) -> bool:
        """Whether no savepoint that was open when it was set has been rolled back."""
        return any(entry[1] is self for entry in connection.run_on_commit)


# Events that wait for the end of ``gathered_events``, each with its mark.
_gathered: ContextVar[list[tuple[OutboxEvent, _Mark]] | None] = ContextVar("gathered_events", default=None)


def publish(event: DomainEvent) -> OutboxEvent:
    """Record that ``event`` happened, for all its handlers.

    Raises TransactionManagementError outside a transaction: the fact and its event must commit together. A chain deeper
    than MAX_DEPTH is parked instead of delivered, so that a rule that triggers itself stops there.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError(f"publish({event.name}) belongs inside its fact's transaction")
    return publish_all([event])[0]


def publish_all(events: Sequence[DomainEvent]) -> list[OutboxEvent]:
    """Record several events in their order, as ``publish`` does, in two statements. Raises what ``publish`` raises.

    Inside ``gathered_events`` the rows have no id before its end.
    """
    if not events:
        return []
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("publish_all() belongs inside the transaction of its facts")
    cause, at = _current.get(), now()
    depth = cause.depth + 1 if cause else 0
    rows = [
        OutboxEvent(name=event.name, payload=event.payload(), occurred_at=at, caused_by=cause, depth=depth)
        for event in events
    ]
    gathered = _gathered.get()
    if gathered is None:
        _write(rows)
    else:
        mark = _Mark()
        transaction.on_commit(mark)
        gathered += [(row, mark) for row in rows]
    return rows


@contextmanager
def gathered_events() -> Iterator[None]:
    """Inside one transaction: what is published in the block is written at its end, in two statements for all.

    In the order of publishing. What a part of the block published that was rolled back is left out; an exception that
    leaves the block leaves out everything, as its transaction does. Such a block inside another one adds to that one.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("gathered_events() belongs inside a transaction")
    if _gathered.get() is not None:
        yield
        return
    gathered: list[tuple[OutboxEvent, _Mark]] = []
    token = _gathered.set(gathered)
    try:
        yield
    finally:
        _gathered.reset(token)
    rows = [row for row, mark in gathered if mark.still_holds]
    if rows:
        _write(rows)


def _write(rows: list[OutboxEvent]) -> None:
    """Events with a delivery for each handler, in two statements."""
    OutboxEvent.objects.bulk_create(rows)
    EventDelivery.objects.bulk_create(
        EventDelivery(
            event=row,
            handler=path,
            next_try_at=row.occurred_at,
            state=EventDelivery.PARKED if row.depth > MAX_DEPTH else EventDelivery.PENDING,
            last_error=f"chain deeper than {MAX_DEPTH}: parked" if row.depth > MAX_DEPTH else "",
        )
        for row in rows
        for path in handlers_of(row.name)
    )
    wake_after_commit()


def deliver_due(limit: int = 20) -> int:
    """Run up to ``limit`` due deliveries, oldest first. Returns how many were tried."""
    ids = list(
        EventDelivery.objects.filter(state=EventDelivery.PENDING, next_try_at__lte=now())
        .order_by("next_try_at", "id")
        .values_list("id", flat=True)[:limit]
    )
    for delivery_id in ids:
        _deliver(delivery_id)
    return len(ids)


def _deliver(delivery_id: int) -> None:
    # Counted before the try and in a transaction of its own: a handler that kills its process is still counted.
    due = EventDelivery.objects.filter(pk=delivery_id, state=EventDelivery.PENDING, next_try_at__lte=now())
    if due.filter(attempts__gte=MAX_ATTEMPTS).update(
        state=EventDelivery.PARKED, last_error=f"{MAX_ATTEMPTS} tries began and none ended: the process died each time"
    ):
        return
    if not due.update(attempts=F("attempts") + 1, next_try_at=now() + LEASE):
        return
    try:
        with transaction.atomic():
            _run_locked(delivery_id)
    except Exception as error:  # one failing handler never stops the others
        _record_failure(delivery_id, error)


def _run_locked(delivery_id: int) -> None:
    delivery = (
        EventDelivery.objects.select_for_update(of=("self",))
        .select_related("event")
        .filter(pk=delivery_id, state=EventDelivery.PENDING)
        .first()
    )
    if delivery is None:
        return
    found = handler_function(delivery.handler)
    kind = event_type(delivery.event.name)
    if found is None or kind is None:
        raise LookupError(f"no handler {delivery.handler} for {delivery.event.name} in this version")
    token = _current.set(delivery.event)
    try:
        found[1](kind.from_payload(delivery.event.payload))
    finally:
        _current.reset(token)
    delivery.state = EventDelivery.DONE
    delivery.finished_at = now()
    delivery.last_error = ""
    delivery.save(update_fields=["state", "finished_at", "last_error"])


def _record_failure(delivery_id: int, error: Exception) -> None:
    logger.exception("delivery %s failed", delivery_id)
    delivery = EventDelivery.objects.get(pk=delivery_id)
    delivery.last_error = "".join(traceback.format_exception(error))[-4000:]
    if delivery.attempts >= MAX_ATTEMPTS:
        delivery.state = EventDelivery.PARKED
    else:
        # 2, 4, 8 … seconds, at most an hour, with jitter so that many failures do not come back together.
        delay = min(3600, 2**delivery.attempts) * random.uniform(0.8, 1.2)  # noqa: S311
        delivery.next_try_at = now() + timedelta(seconds=delay)
    delivery.save(update_fields=["last_error", "state", "next_try_at"])


def current_event() -> OutboxEvent:
    """The stored event whose handler is running. Raises LookupError outside a handler."""
    event = _current.get()
    if event is None:
        raise LookupError("no event is being delivered")
    return event


def replay(delivery: EventDelivery) -> None:
    """Put a parked delivery back in line, with all its tries."""
    EventDelivery.objects.filter(pk=delivery.pk, state=EventDelivery.PARKED).update(
        state=EventDelivery.PENDING, attempts=0, next_try_at=now()
    )
    wake_workers()


def run_until_quiet(rounds: int = 50) -> int:
    """Deliver until nothing is due any more; for tests and one-shot commands. Returns how many deliveries ran."""
    total = 0
    for _ in range(rounds):
        ran = deliver_due(limit=100)
        if not ran:
            break
        total += ran
    return total
