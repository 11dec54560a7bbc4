"""What couriers' systems and files tell us. What cannot be taken waits in view with its reason, never lost (A56.21)."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.models import Courier, CourierMessage, Parcel
from halkhata.engines.deliveries.parcel_choices import EventSource, MessageFault, MessageState, ParcelEventKind
from halkhata.engines.deliveries.parcel_numbers import fold_number
from halkhata.engines.deliveries.services.tracking import take_event
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.text import clean_text

# Ids of messages that could not be sent again any more are forgotten.
REMEMBERED = timedelta(days=30)
_FAULT_OF = {
    "unknown_event": MessageFault.UNKNOWN_EVENT, "event_in_future": MessageFault.BAD_TIME,
    "event_too_old": MessageFault.BAD_TIME, "key_reused": MessageFault.KEY_REUSED,
}  # fmt: skip
# Where a courier gives no reason of an attempt that failed.
NO_REASON = "–"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a message says, as far as it could be read."""

    folded: str
    kind: str
    at: datetime | None
    place: str
    reason: str
    key: str


def take_message(*, courier: Courier, webhook_id: str, body: bytes) -> CourierMessage:
    """Take one signed message; the same id again changes nothing. What cannot be taken waits, and says why."""
    text = body.decode("utf-8", "backslashreplace").replace("\x00", "\\x00")
    with transaction.atomic():
        Courier.objects.filter(pk=courier.pk).update(last_heard_at=now())
        return _keep(courier, webhook_id[:120], text, EventSource.WEBHOOK)


def take_line(*, courier: Courier, line: Mapping[str, str], digest: str) -> CourierMessage:
    """Take one line of a courier's file, as ``take_message``."""
    with transaction.atomic():
        return _keep(courier, f"file:{digest}"[:120], json.dumps(dict(line), ensure_ascii=False), EventSource.FILE)


def _keep(courier: Courier, webhook_id: str, text: str, source: EventSource) -> CourierMessage:
    message, is_new = CourierMessage.objects.select_for_update().get_or_create(
        courier=courier,
        webhook_id=webhook_id,
        defaults={
            "source": source, "at": now(), "body": text or "–", "state": MessageState.WAITING,
            "fault": MessageFault.UNREADABLE,
        },
    )  # fmt: skip
    if is_new:
        _try(message, MessageState.TAKEN)
    return message


def take_waiting(parcel: Parcel) -> int:
    """Take what came for this number before anybody had typed it. Returns how many."""
    rows = CourierMessage.objects.select_for_update(of=("self",)).filter(
        courier_id=parcel.courier_id, folded=parcel.folded, state=MessageState.WAITING,
        fault=MessageFault.UNKNOWN_NUMBER,
    )  # fmt: skip
    return sum(_try(message, MessageState.SETTLED) for message in rows.select_related("courier").order_by("pk"))


def take_late(limit: int = 200) -> int:
    """Take what waits for a number that is known by now: both were written in the same moment. Returns how many."""
    known = Parcel.objects.filter(courier=OuterRef("courier"), folded=OuterRef("folded"))
    rows = CourierMessage.objects.filter(
        Exists(known), state=MessageState.WAITING, fault=MessageFault.UNKNOWN_NUMBER
    ).values_list("courier_id", "folded")  # fmt: skip
    parcels = [Parcel.objects.get(courier=courier, folded=folded) for courier, folded in set(rows[:limit])]
    taken = 0
    for parcel in parcels:
        with transaction.atomic():
            taken += take_waiting(parcel)
    return taken


@transaction.atomic
def try_again(*, actor: User, message: CourierMessage) -> bool:
    """Take a waiting message now, where what stood in its way is gone. Returns whether it was taken."""
    held = _hold(actor, message)
    taken = _try(held, MessageState.SETTLED)
    record(actor=actor, action="courier_message.again", record=held, after={"taken": taken})
    return taken


@transaction.atomic
def drop_message(*, actor: User, message: CourierMessage, note: str) -> None:
    """Put a waiting message aside with the reason; it stays readable. Raises PermissionRefused, Conflict."""
    held = _hold(actor, message)
    words = clean_text(note, max_length=200)
    if not words:
        raise DomainError("reason_missing", _("Say in a few words why."), field="note")
    held.state, held.handled_at, held.note = MessageState.DROPPED, now(), words
    held.save(update_fields=["state", "handled_at", "note"])
    record(actor=actor, action="courier_message.drop", record=held, note=words)


def forget_taken() -> int:
    """Remove the ids of what was taken long ago. Returns how many."""
    done = (MessageState.TAKEN, MessageState.SETTLED)
    return CourierMessage.objects.filter(state__in=done, at__lt=now() - REMEMBERED).delete()[0]


def _try(message: CourierMessage, as_state: MessageState) -> bool:
    said = read_message(message.body)
    message.folded = said.folded if said is not None else ""
    fault = MessageFault.UNREADABLE if said is None else _take(message, said)
    message.fault = fault
    if fault == MessageFault.NONE:
        message.state, message.body, message.handled_at = as_state, "", now()
    message.save(update_fields=["folded", "fault", "state", "body", "handled_at"])
    return fault == MessageFault.NONE


def _take(message: CourierMessage, said: Said) -> MessageFault:
    if not said.folded:
        return MessageFault.UNREADABLE
    if said.kind not in ParcelEventKind.values:
        return MessageFault.UNKNOWN_EVENT
    if said.at is None:
        return MessageFault.BAD_TIME
    parcel = Parcel.objects.filter(courier_id=message.courier_id, folded=said.folded).first()
    if parcel is None:
        return MessageFault.UNKNOWN_NUMBER
    try:
        with transaction.atomic():
            take_event(
                actor=SYSTEM, parcel=parcel, kind=said.kind, happened_at=said.at, place=said.place,
                reason=said.reason or NO_REASON if said.kind == ParcelEventKind.FAILED else said.reason,
                source=message.source, key=said.key,
            )  # fmt: skip
    except DomainError as error:
        return _FAULT_OF.get(error.code, MessageFault.UNREADABLE)
    return MessageFault.NONE


def read_message(text: str) -> Said | None:
    """What a message says; None for what is no JSON object of texts."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not isinstance(data, dict):
        return None
    return Said(
        folded=fold_number(_text(data, "number")), kind=_text(data, "event").strip().lower(), at=_time(data),
        place=_text(data, "place"), reason=_text(data, "reason"), key=_text(data, "key"),
    )  # fmt: skip


def _text(data: dict[str, Any], name: str) -> str:
    value = data.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**60:
        return str(value)
    if not isinstance(value, str):
        return ""
    # No database column takes half a surrogate pair.
    return clean_text(value.encode("utf-8", "ignore").decode(), max_length=200)


def _time(data: dict[str, Any]) -> datetime | None:
    try:
        at = datetime.fromisoformat(_text(data, "at"))
        # Without a zone it is the clock of Greenwich, as for every program.
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _hold(actor: User, message: CourierMessage) -> CourierMessage:
    if not actor.may("settings.edit"):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission="settings.edit")
    held = CourierMessage.objects.select_for_update(of=("self",)).select_related("courier").get(pk=message.pk)
    if held.state != MessageState.WAITING:
        raise Conflict("message_over", _("This message waits no longer."))
    return held
