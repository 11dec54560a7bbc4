"""Holding an item fast, changing its row, and adding to its history."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import WorkEvent, WorkItem
from halkhata.engines.work.selectors.promise_book import PromiseBook
from halkhata.engines.work.services.batch import Batch, history_row
from halkhata.engines.work.services.clocks import Facts, reckon
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound


class DelayUnexplained(DomainError):
    """A promise was broken and nobody has said why; so long the work cannot end (A51.9). ``count``: how many."""

    def __init__(self, count: int) -> None:
        super().__init__(
            "delay_reason_missing",
            _("A promise was not kept in time. Choose the reason of the delay first."),
            field="delay_reason",
            count=count,
        )


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


def lock_items(ids: Collection[int]) -> dict[int, WorkItem]:
    """Hold several rows, always in the same order so that two who do this wait for each other; by id, fresh.

    What is gone meanwhile is left out.
    """
    rows = (
        WorkItem.objects.select_for_update(of=("self",))
        .select_related("branch", "team", "owner")
        .filter(pk__in=ids)
        .order_by("pk")
    )
    return {item.pk: item for item in rows}


def hold(item: WorkItem, *, version: int | None = None) -> WorkItem:
    """Lock the row behind ``item`` and bring the instance (also a desk's own, a Ticket) up to date. Returns it."""
    locked = lock_item(item.pk, version=version)
    for column in WorkItem._meta.concrete_fields:
        setattr(item, column.attname, getattr(locked, column.attname))
    # Read with the row already: nobody has to ask for them again.
    item.branch, item.team, item.owner = locked.branch, locked.team, locked.owner
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
    event = history_row(actor=actor, item=item, kind=kind, at=at, state_flag=state_flag, data=data)
    event.save(force_insert=True)
    return event


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
    changes: dict[str, Any] = {"last_activity_at": max(item.last_activity_at, moment)}
    if is_update:
        changes["last_update_at"] = max(item.last_update_at, moment)
    return add_to_history(
        actor=actor, item=item, kind=kind, at=moment, state_flag=state_flag, data=data, changes=changes
    )


def add_to_history(
    *,
    actor: Actor | None,
    item: WorkItem,
    kind: str,
    at: datetime,
    state_flag: str = "",
    data: dict[str, Any] | None = None,
    changes: dict[str, Any],
) -> WorkEvent:
    """Change a held item's row, add the line that says so, and recompute its promises: each table written once.

    A moment before others of the history is a late entry: clocks that had been judged are judged anew. Raises
    DelayUnexplained when the act would end an item that was late and nobody has said why.
    """
    facts = Facts.of(item)
    entered_late = any(event.at > at for event in facts.history)
    event = append_event(actor=actor, item=item, kind=kind, at=at, state_flag=state_flag, data=data)
    facts.history = _in_order([*facts.history, event])
    batch = Batch()
    ending = item.state_flag != StateFlag.RESOLVED and changes.get("state_flag") == StateFlag.RESOLVED
    batch.change_item(item, new_version=True, **changes)
    reckon(item, at=max(now(), at), book=PromiseBook(), fresh=entered_late, facts=facts, batch=batch, ending=ending)
    if ending and item.unexplained_delays:
        raise DelayUnexplained(item.unexplained_delays)
    batch.write()
    return event


def _in_order(history: Iterable[WorkEvent]) -> list[WorkEvent]:
    """The lines of a history as the database would give them: by time, those of one instant as they were written."""
    return sorted(history, key=lambda event: (event.at, event.pk))
