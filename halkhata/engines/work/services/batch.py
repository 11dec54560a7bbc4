"""What an act on one item or on many has to write, gathered and written in few statements.

The sweep of the promises, an edited policy and a single event all end in the same rows: clocks, history, warnings,
steps, notices, audit entries, events. One batch writes each table once, whatever the number of items.
"""

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db.models import F

from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.models import EscalationFiring, Notification, SlaClock, SlaWarning, WorkEvent, WorkItem
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM, Actor, write_entries
from halkhata.foundation.core.events import DomainEvent
from halkhata.foundation.core.outbox import publish_all

_CLOCK_FIELDS = [f for f in SlaClock._meta.concrete_fields if not f.primary_key]
_Values = tuple[Any, ...]


def history_row(
    *,
    actor: Actor | None,
    item: WorkItem,
    kind: str,
    at: datetime,
    state_flag: str = "",
    data: dict[str, Any] | None = None,
) -> WorkEvent:
    """One line of an item's history, not written yet."""
    who = actor or SYSTEM
    return WorkEvent(
        item_id=item.pk,
        at=at,
        kind=WorkEventKind(kind),
        actor_id_then=who.pk,
        actor_label=who.audit_label[:150],
        state_flag=state_flag,
        data=data or {},
    )


class Batch:
    """Rows that wait to be written together, in the transaction of their act and with their items held."""

    def __init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.history: list[WorkEvent] = []
        self.audit: list[AuditEntry] = []
        self.events: list[DomainEvent] = []
        self.notices: list[Notification] = []
        self.warnings: list[SlaWarning] = []
        self.firings: list[EscalationFiring] = []
        self._clocks: dict[int, tuple[SlaClock, _Values]] = {}
        self._items: dict[int, tuple[dict[str, Any], int]] = {}

    def watch_clock(self, row: SlaClock) -> None:
        """Write this clock with the batch: a new one in any case, a stored one when it differs from now."""
        self._clocks.setdefault(id(row), (row, _values(row)))

    def change_item(self, item: WorkItem, *, new_version: bool = False, **values: Any) -> None:
        """Set columns of a held item, now on the instance and in the database with the batch.

        ``new_version`` raises its version, so that an older page cannot overwrite it.
        """
        changed = {name: value for name, value in values.items() if getattr(item, name) != value}
        for name, value in changed.items():
            setattr(item, name, value)
        if changed or new_version:
            waiting, versions = self._items.get(item.pk, ({}, 0))
            self._items[item.pk] = (waiting | changed, versions + new_version)
            item.version += new_version

    def write(self) -> None:
        """Write everything that waits, in an order that suits the foreign keys, and be empty again."""
        self._write_items()
        self._write_clocks()
        # Who was quicker has told it already: a warning and a notice exist once.
        SlaWarning.objects.bulk_create(self.warnings, ignore_conflicts=True)
        EscalationFiring.objects.bulk_create(self.firings)
        WorkEvent.objects.bulk_create(self.history)
        write_entries(self.audit)
        Notification.objects.bulk_create(self.notices, ignore_conflicts=True)
        publish_all(self.events)
        self._begin()

    def _write_items(self) -> None:
        alike: dict[_Values, list[int]] = {}
        for pk, (values, versions) in self._items.items():
            key = (versions, *((name, _comparable(values[name])) for name in sorted(values)))
            alike.setdefault(key, []).append(pk)
        for keys in alike.values():
            values, versions = self._items[keys[0]]
            changes: dict[str, Any] = dict(values)
            if versions:
                changes["version"] = F("version") + versions
            WorkItem.objects.filter(pk__in=keys).update(**changes)

    def _write_clocks(self) -> None:
        new = [row for row, _before in self._clocks.values() if row.pk is None]
        changed: list[SlaClock] = []
        names: set[str] = set()
        for row, before in self._clocks.values():
            if row.pk is None:
                continue
            different = _different(before, _values(row))
            if different:
                changed.append(row)
                names |= different
        if len(changed) == 1:
            changed[0].save(update_fields=names)
        elif changed:
            # Cheaper than CASE WHEN for each column. The rows are there: their items are held.
            SlaClock.objects.bulk_create(
                changed, update_conflicts=True, unique_fields=["id"], update_fields=sorted(names)
            )
        SlaClock.objects.bulk_create(new)


def _comparable(value: Any) -> Any:
    return json.dumps(value, sort_keys=True) if isinstance(value, dict | list) else value


def _values(row: SlaClock) -> _Values:
    return tuple(getattr(row, f.attname) for f in _CLOCK_FIELDS)


def _different(before: Iterable[Any], after: Iterable[Any]) -> set[str]:
    return {f.name for f, old, new in zip(_CLOCK_FIELDS, before, after, strict=True) if old != new}
