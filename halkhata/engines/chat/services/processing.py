"""Working on what webhooks told: each event once, in one transaction with all that comes of it."""

import logging
from datetime import timedelta

from django.db import OperationalError, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from halkhata.engines.chat.choices import EventKind, EventState
from halkhata.engines.chat.models import ChatEvent
from halkhata.engines.chat.services.echoes import place_echo
from halkhata.engines.chat.services.news import NotOurs, take_news
from halkhata.engines.chat.services.placing import NotPlaced, place_message
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.outbox import gathered_events
from halkhata.foundation.core.text import clean_text

logger = logging.getLogger(__name__)

MAX_ATTEMPTS = 5
# Whoever begins a try holds the event for so long: a try that was killed is taken up again after it.
HELD = timedelta(seconds=60)
# News that are done with are forgotten; messages stay where they were put.
KEPT = timedelta(days=30)


def process_event(pk: int) -> str:
    """Work on one event; returns its state afterwards. Never raises for what stands in it.

    Each try is counted before it begins; after MAX_ATTEMPTS the event waits in view and the next ones go on.
    """
    at = now()
    # One UPDATE takes it: of two workers one works.
    counted = ChatEvent.objects.filter(pk=pk, state=EventState.STORED, next_try_at__lte=at).update(
        attempts=F("attempts") + 1, next_try_at=at + HELD
    )
    event = ChatEvent.objects.select_related("account").get(pk=pk)
    if not counted:
        return event.state
    if event.attempts > MAX_ATTEMPTS:
        return _end(event, EventState.WAITING, "failed_often", event.detail)
    try:
        with transaction.atomic(), gathered_events():
            return _process_locked(pk)
    except NotOurs:
        if event.attempts >= MAX_ATTEMPTS:
            return _end(event, EventState.IGNORED, "not_ours")
        return _later(event, "")
    except OperationalError:
        raise
    except Exception as error:
        logger.exception("chat event %s could not be worked on", pk)
        words = clean_text(f"{type(error).__name__}: {error}", max_length=500)
        if event.attempts >= MAX_ATTEMPTS:
            return _end(event, EventState.WAITING, "failed_often", words)
        return _later(event, words)


def _process_locked(pk: int) -> str:
    rows = ChatEvent.objects.select_for_update(of=("self",)).select_related("account__branch", "account__team")
    event = rows.get(pk=pk)
    if event.state != EventState.STORED:
        return event.state
    state, reason = EventState.PROCESSED, ""
    try:
        # What NotPlaced leaves behind (a message of ours that moved on, who writes) is meant to stay.
        if event.kind == EventKind.MESSAGE:
            event.message = place_message(event)
        elif event.kind == EventKind.ECHO:
            event.message = place_echo(event)
        else:
            state, reason = take_news(event)
    except NotPlaced as other:
        state, reason = other.state, other.reason
    _mark(event, state, reason)
    return event.state


def _mark(event: ChatEvent, state: str, reason: str) -> None:
    event.state, event.reason, event.detail = state, reason, ""
    event.processed_at, event.next_try_at = now(), None
    event.save(update_fields=["state", "reason", "detail", "processed_at", "next_try_at", "message"])


def _later(event: ChatEvent, detail: str) -> str:
    ChatEvent.objects.filter(pk=event.pk, state=EventState.STORED).update(
        detail=detail, next_try_at=now() + timedelta(seconds=2 ** (event.attempts + 1))
    )
    return str(EventState.STORED)


def _end(event: ChatEvent, state: EventState, reason: str, detail: str = "") -> str:
    ChatEvent.objects.filter(pk=event.pk, state=EventState.STORED).update(
        state=state, reason=reason, detail=detail, processed_at=now(), next_try_at=None
    )
    return str(state)


def due_events(account_id: int | None = None, limit: int = 500) -> list[int]:
    """What is to be worked on now, as it happened."""
    rows = ChatEvent.objects.filter(state=EventState.STORED, next_try_at__lte=now())
    if account_id is not None:
        rows = rows.filter(account_id=account_id)
    return list(rows.order_by("happened_at", "id").values_list("id", flat=True)[:limit])


def try_again(*, actor: User, event: ChatEvent) -> str:
    """Work on a waiting event anew, where what stood in its way is gone. Raises Conflict when it waits no longer."""
    with transaction.atomic():
        changed = ChatEvent.objects.filter(pk=event.pk, state=EventState.WAITING).update(
            state=EventState.STORED, attempts=0, next_try_at=now(), reason=""
        )
        if not changed:
            raise Conflict("event_over", _("This waits no longer."))
        record(actor=actor, action="chat_event.again", record=event)
    return process_event(event.pk)


def forget_old() -> int:
    """Forget what was told long ago and is done with. Returns how many rows went."""
    done = [EventState.PROCESSED, EventState.IGNORED]
    return ChatEvent.objects.filter(state__in=done, received_at__lt=now() - KEPT).delete()[0]
