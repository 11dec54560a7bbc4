"""That a matter went up, told to the customer: to whom by office, and when. Never a name, never why (US-10)."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.models import WorkEvent
from halkhata.engines.work.selectors.ladder import BRANCH_MANAGER, HEAD_OFFICE, TEAM_LEAD
from halkhata.foundation.core.templatetags.halkhata import localdt

_SENTENCES: dict[int, Any] = {
    TEAM_LEAD: _("Sent to the head of the team on %(when)s"),
    BRANCH_MANAGER: _("Sent to the manager on %(when)s"),
    HEAD_OFFICE: _("Sent to the head office on %(when)s"),
}
_KINDS = frozenset({WorkEventKind.ESCALATED, WorkEventKind.CUSTOMER_DEMANDED})


@dataclass(frozen=True, slots=True)
class WentUp:
    """One line: the level of the house, and the sentence in the reader's language and zone."""

    level: int
    words: str
    at: datetime


def gone_up(events: Iterable[WorkEvent]) -> list[WentUp]:
    """The first time of each level that a history tells, lowest level first. No query."""
    first: dict[int, datetime] = {}
    for event in events:
        level = _level_of(event)
        if level in _SENTENCES and (level not in first or event.at < first[level]):
            first[level] = event.at
    return [
        WentUp(level, str(_SENTENCES[level] % {"when": localdt(at, "short")}), at)
        for level, at in sorted(first.items())
    ]


def gone_up_of(item_ids: Collection[int]) -> dict[int, list[WentUp]]:
    """The same for several items, by id: one query however many."""
    lines: dict[int, list[WorkEvent]] = {}
    if item_ids:
        for row in WorkEvent.objects.filter(item__in=item_ids, kind__in=_KINDS).order_by("at", "pk"):
            lines.setdefault(row.item_id, []).append(row)
    return {item_id: gone_up(rows) for item_id, rows in lines.items()}


def _level_of(event: WorkEvent) -> int:
    """Where it went; 0 where nobody higher up was told of it.

    Told is whoever was there: the rung on which that person stands, which is the owner's own when all others were away.
    """
    if event.kind not in _KINDS or event.data.get("untold"):
        return 0
    level = 0 if event.kind == WorkEventKind.CUSTOMER_DEMANDED else event.data.get("level")
    return int(event.data.get("rung") or level or 0)
