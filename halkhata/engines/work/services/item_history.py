"""Holding an item fast, changing its row, and adding to its history."""

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.models import WorkEvent, WorkItem
from halkhata.engines.work.selectors.history import last_event_at
from halkhata.engines.work.services.clocks import recompute
from halkhata.foundation.audit.trail import SYSTEM, Actor
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, NotFound


def lock_item(item_id: int, *, version: int | None = None) -> WorkItem:
    """Hold the item's row until the end of the transaction and return it fresh.

    Raises NotFound, and Conflict (``changed_meanwhile``) when ``version`` is given and somebody changed the item since.
    """
    item = (
        WorkItem.objects.select_for_update(of=("self",))
        .select_related("branch", "team", "owner")
        .filter(pk=item_id)
        .first()
    )
    if item is None:
        raise NotFound("item_not_found", _("There is no such piece of work."))
    if version is not None and item.version != version:
        raise Conflict(
            "changed_meanwhile",
            _("Somebody else changed this meanwhile. Nothing was saved; please look at it again."),
            version=item.version,
        )
    return item


def hold(item: WorkItem, *, version: int | None = None) -> WorkItem:
    """Lock the row behind ``item`` and bring the instance (also a desk's own, a Ticket) up to date. Returns it."""
    locked = lock_item(item.pk, version=version)
    for column in WorkItem._meta.concrete_fields:
        setattr(item, column.attname, getattr(locked, column.attname))
    return item


def update_item(item: WorkItem, **changes: Any) -> None:
    """Write columns of a held item and raise its version, so that an older page cannot overwrite it."""
    WorkItem.objects.filter(pk=item.pk).update(**changes, version=F("version") + 1)
    for name, value in changes.items():
        setattr(item, name, value)
    item.version += 1


def append_event(
    *,
    actor: Actor | None,
    item: WorkItem,
    kind: str,
    at: datetime,
    state_flag: str = "",
    data: dict[str, Any] | None = None,
) -> WorkEvent:
    """Add one line to the history and nothing else; the caller recomputes the promises."""
    who = actor or SYSTEM
    return WorkEvent.objects.create(
        item_id=item.pk,
        at=at,
        kind=WorkEventKind(kind),
        actor_id_then=who.pk,
        actor_label=who.audit_label[:150],
        state_flag=state_flag,
        data=data or {},
    )


@transaction.atomic
def record_event(
    *,
    actor: Actor | None,
    item: WorkItem,
    kind: str,
    at: datetime | None = None,
    state_flag: str = "",
    data: dict[str, Any] | None = None,
    is_update: bool = False,
) -> WorkEvent:
    """Add something that happened to the history and recompute the promises from it.

    ``at`` may lie in the past (a call entered late); clocks that had been judged are then judged anew, but a breach
    once recorded stays. ``is_update``: the customer could notice it, so "days without an update" count from here.
    """
    hold(item)
    moment = at or now()
    latest = last_event_at(item)
    event = append_event(actor=actor, item=item, kind=kind, at=moment, state_flag=state_flag, data=data)
    changes: dict[str, Any] = {"last_activity_at": max(item.last_activity_at, moment)}
    if is_update:
        changes["last_update_at"] = max(item.last_update_at, moment)
    update_item(item, **changes)
    recompute(item, at=max(now(), moment), fresh=latest is not None and moment < latest)
    return event
