"""Taking what happened to a parcel, and what follows of it (A56.21).

Events may come twice and out of order: each key is one event, and the state is computed of all of them.
"""

import hashlib
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.choices import PromiseState
from halkhata.engines.deliveries.events import ParcelMoved
from halkhata.engines.deliveries.models import DeliveryPromise, Parcel, ParcelEvent
from halkhata.engines.deliveries.parcel_choices import Alarm, EventSource, ParcelEventKind, ParcelState
from halkhata.engines.deliveries.parcel_state import Happened, standing_of
from halkhata.engines.deliveries.services.alarms import raise_alarm
from halkhata.engines.deliveries.services.promising import keep_promise
from halkhata.engines.deliveries.services.timeline import write_parcel_line
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text

# Clocks of couriers run ahead a little.
AHEAD = timedelta(minutes=10)
# Nothing that a courier tells is older.
OLDEST = timedelta(days=730)


@transaction.atomic
def take_event(
    *,
    actor: Actor | None,
    parcel: Parcel,
    kind: str,
    happened_at: datetime,
    place: str = "",
    reason: str = "",
    source: str = EventSource.STAFF,
    key: str = "",
) -> ParcelEvent:
    """Write down what happened to a parcel; the same ``key`` again gives the event that stands.

    Without a key the event itself is one: what, when, where and why. Raises NotFound, PermissionRefused; DomainError
    ``unknown_event``, ``event_in_future``, ``event_too_old``, ``reason_missing``; Conflict ``key_reused``.
    """
    require_parcel(actor, parcel, right="promise.edit")
    at = now()
    if kind not in ParcelEventKind.values:
        raise DomainError("unknown_event", _("Choose what happened."), field="kind")
    if happened_at > at + AHEAD:
        raise DomainError("event_in_future", _("This has not happened yet. Look at the time."), field="happened_at")
    if happened_at < at - OLDEST:
        raise DomainError("event_too_old", _("This is more than two years ago. Look at the year."), field="happened_at")
    where, why = clean_text(place, max_length=120), clean_text(reason, max_length=200)
    if kind == ParcelEventKind.FAILED and not why:
        raise DomainError("reason_missing", _("Say why it could not be delivered."), field="reason")
    held = Parcel.objects.select_for_update(of=("self",)).select_related(
        "courier", "customer", "owner", "item", "promise"
    ).get(pk=parcel.pk)  # fmt: skip
    name = clean_text(key, max_length=120) or _own_key(kind, happened_at, where, why)
    known = ParcelEvent.objects.filter(parcel=held, key=name).first()
    if known is not None:
        if (known.kind, known.happened_at) != (kind, happened_at):
            raise Conflict("key_reused", _("This key told something else before."), field="key")
        return known
    event = ParcelEvent.objects.create(
        parcel=held, kind=kind, happened_at=happened_at, told_at=at, place=where, reason=why, source=source, key=name,
        actor_id_then=getattr(actor, "pk", None), actor_label=(actor.audit_label if actor is not None else "")[:150],
    )  # fmt: skip
    before = held.state
    _bring_up_to_date(held)
    record(
        actor=actor, action="parcel.event", record=held, before={"state": before},
        after={"event": kind, "at": happened_at, "state": held.state, "source": source}, note=why,
    )  # fmt: skip
    write_parcel_line(actor, held, f"parcel.{kind}", happened_at, place=where, reason=why)
    publish(
        ParcelMoved(
            parcel_id=held.pk, event_id=event.pk, item_id=held.item_id, customer_id=held.customer_id, kind=kind,
            state=held.state, happened_at=happened_at,
        )
    )  # fmt: skip
    _follow(held)
    return event


def _bring_up_to_date(held: Parcel) -> None:
    known = ParcelEvent.objects.filter(parcel=held).order_by().values_list("happened_at", "kind")
    standing = standing_of((Happened(at=at, kind=kind) for at, kind in known), registered_at=held.created_at)
    held.state, held.state_at, held.last_sign_at = standing.state, standing.at, standing.last_sign_at
    held.version += 1
    held.save(update_fields=["state", "state_at", "last_sign_at", "version"])


def _follow(held: Parcel) -> None:
    if held.state == ParcelState.FAILED:
        raise_alarm(held, Alarm.FAILED)
    elif held.state == ParcelState.RETURNED:
        raise_alarm(held, Alarm.RETURNED)
    if held.is_over and held.promise_id is not None:
        _settle(held.promise_id)


def _settle(promise_id: int) -> None:
    """Keep the promise once all of its parcels are there; for one that came back another must have been sent since."""
    # Held before its parcels are read: of two that arrive in the same moment the second sees the first.
    promise = DeliveryPromise.objects.select_for_update().get(pk=promise_id)
    if promise.state != PromiseState.OPEN:
        return
    rows = list(Parcel.objects.filter(promise=promise))
    there = [row for row in rows if row.state == ParcelState.DELIVERED]
    back = [row for row in rows if row.state == ParcelState.RETURNED]
    owed = [row for row in back if not any(other.created_at >= row.state_at for other in rows)]
    if there and not owed and len(there) + len(back) == len(rows):
        keep_promise(actor=SYSTEM, promise=promise, at=max(row.state_at for row in there))


def require_parcel(actor: Actor | None, parcel: Parcel, *, right: str) -> None:
    """Refuse unless ``actor`` sees the parcel and has the right. Raises NotFound, PermissionRefused."""
    if not isinstance(actor, User):
        return
    if not Parcel.objects.visible_to(actor).filter(pk=parcel.pk).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if not actor.may(right):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission=right)


def _own_key(kind: str, at: datetime, place: str, reason: str) -> str:
    text = "\x1f".join((kind, at.isoformat(timespec="seconds"), place.casefold(), reason.casefold()))
    return f"auto:{hashlib.sha256(text.encode()).hexdigest()[:40]}"
