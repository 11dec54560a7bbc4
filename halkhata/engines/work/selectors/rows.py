"""An item as a line of a list: with the words of its kind and state, and the way to its page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import NoReverseMatch

from halkhata.engines.work.choices import PRIORITY_ORDER, Metric, Priority, StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.registry import item_kinds
from halkhata.foundation.core.addresses import record_url
from halkhata.foundation.core.clock import now

_METRICS: dict[str, Any] = dict(Metric.choices)


@dataclass(frozen=True)
class ItemRow:
    """What a list shows of an item."""

    item: WorkItem
    url: str
    kind_label: Any
    icon: str
    state_label: Any
    metric_label: Any
    priority_label: Any
    is_pressing: bool
    is_planned: bool
    is_late: bool
    is_paused: bool


def item_url(item: WorkItem) -> str:
    """The page of the item's own desk."""
    kind = item_kinds.find(item.kind)
    if kind is not None:
        try:
            return record_url(kind.url_name, item.number)
        except NoReverseMatch:
            pass  # the desk is not mounted in this install
    return record_url("work:item", item.number)


def item_rows(items: Iterable[WorkItem], at: datetime | None = None) -> list[ItemRow]:
    """The items as lines, in their order, without a query."""
    moment = at or now()
    return [_row(item, moment) for item in items]


def _row(item: WorkItem, at: datetime) -> ItemRow:
    kind = item_kinds.find(item.kind)
    priority = Priority(item.priority)
    unfinished = item.state_flag != StateFlag.RESOLVED
    planned = kind is not None and kind.is_planned
    return ItemRow(
        item=item,
        url=item_url(item),
        kind_label=kind.label if kind is not None else item.kind,
        icon=kind.icon if kind is not None else "circle-dashed",
        state_label=kind.state_label(item.state) if kind is not None else item.state,
        metric_label="" if planned else _METRICS.get(item.next_due_metric, ""),
        priority_label=priority.label,
        is_pressing=PRIORITY_ORDER[priority] > PRIORITY_ORDER[Priority.NORMAL],
        is_planned=planned,
        is_late=unfinished and item.next_due_at is not None and item.next_due_at < at,
        is_paused=item.state_flag == StateFlag.PAUSED and item.next_due_at is None,
    )
