"""What a queue page is filtered by: read from the address, written back to it, turned into conditions."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from halkhata.engines.work.choices import Channel, Priority, StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.registry import item_kinds
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.text import clean_text, fold_digits

LATE, NEAR, TODAY = "late", "near", "today"
UNANSWERED, ESCALATED, BROKEN = "unanswered", "escalated", "broken"
PAUSED, DONE, ANY = "paused", "done", "any"
NEAR_SPAN = timedelta(hours=2)
"""How long before its due time an item counts as "due soon"."""
_LONGEST = 60


@dataclass(frozen=True, kw_only=True)
class QueueFilters:
    """The filters of a queue page; empty means "any". Text as it stands in the address."""

    kind: str = ""
    # "" unfinished, "paused", "done", "any", or "is-<code>": a state of a desk.
    state: str = ""
    # "me" or the id of a member of staff.
    owner: str = ""
    team: str = ""
    branch: str = ""
    priority: str = ""
    # "late", "near" or "today".
    due: str = ""
    # "unanswered", "escalated" or "broken".
    need: str = ""
    channel: str = ""
    # A number as people say it.
    q: str = ""

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "QueueFilters":
        """From a query string; unknown names and values that cannot be are left out, never an error."""
        text = {f.name: clean_text(str(values.get(f.name) or ""), max_length=_LONGEST) for f in fields(cls)}
        for name in ("team", "branch", "owner"):
            if text[name] != "me" and not _is_id(text[name]):
                text[name] = ""
        for name, allowed in (
            ("priority", Priority.values),
            ("channel", Channel.values),
            ("due", (LATE, NEAR, TODAY)),
            ("need", (UNANSWERED, ESCALATED, BROKEN)),
        ):
            if text[name] not in allowed:
                text[name] = ""
        if text["kind"] not in item_kinds:
            text["kind"] = ""
        if text["state"] not in {"", PAUSED, DONE, ANY} and not text["state"].startswith("is-"):
            text["state"] = ""
        return cls(**text)

    def query(self, **changes: str) -> str:
        """The query string of these filters, with changes; empty ones are left out."""
        values = {**asdict(self), **changes}
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filtered."""
        return not any(asdict(self).values())

    @property
    def by_due_time(self) -> bool:
        """Whether the rows are in the order of their due times; what is finished has none and comes newest first."""
        return self.state in {"", PAUSED} and not self.q


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def filtered(user: User, filters: QueueFilters, at: datetime) -> QuerySet[WorkItem]:
    """The items inside the user's scope that meet the filters, unordered."""
    items: QuerySet[WorkItem] = WorkItem.objects.visible_to(user)
    if filters.q:
        return items.filter(number__in=possible_numbers(filters.q))
    items = items.filter(_state(filters.state))
    for name in ("kind", "priority", "channel"):
        if value := getattr(filters, name):
            items = items.filter(**{name: value})
    if filters.owner:
        items = items.filter(owner_id=user.pk if filters.owner == "me" else int(filters.owner))
    if filters.team and filters.team != "me":
        items = items.filter(team_id=int(filters.team))
    if filters.branch and filters.branch != "me":
        items = items.filter(branch_id=int(filters.branch))
    return items.filter(_due(filters.due, at), _need(filters.need))


def _state(state: str) -> Q:
    if state == ANY:
        return Q()
    if state == DONE:
        return Q(state_flag=StateFlag.RESOLVED)
    if state == PAUSED:
        return Q(state_flag=StateFlag.PAUSED)
    unfinished = ~Q(state_flag=StateFlag.RESOLVED)
    return Q(state=state.removeprefix("is-")) if state else unfinished


def _due(due: str, at: datetime) -> Q:
    unfinished = ~Q(state_flag=StateFlag.RESOLVED)
    if due == LATE:
        return unfinished & Q(next_due_at__lt=at)
    if due == NEAR:
        return unfinished & Q(next_due_at__gte=at, next_due_at__lt=at + NEAR_SPAN)
    if due == TODAY:
        return unfinished & Q(next_due_at__gte=at, next_due_at__lt=end_of_day(at))
    return Q()


def _need(need: str) -> Q:
    unfinished = ~Q(state_flag=StateFlag.RESOLVED)
    if need == UNANSWERED:
        return unfinished & Q(first_response_at__isnull=True, planned_at__isnull=True)
    if need == ESCALATED:
        return unfinished & Q(escalation_level__gt=0)
    if need == BROKEN:
        return unfinished & Q(is_breached=True)
    return Q()


def end_of_day(at: datetime, days: int = 1) -> datetime:
    """The midnight that ends the reader's present day (``days`` = 2: that of tomorrow)."""
    zone = current_reader().zone
    return datetime.combine(at.astimezone(zone).date() + timedelta(days=days), time.min, tzinfo=zone)


def possible_numbers(text: str) -> list[str]:
    """The numbers somebody may mean who types "K-1045", "ক-১০৪৫" or just "1045"."""
    exact = parse_ref(text)
    if exact:
        return [exact]
    digits = fold_digits(clean_text(text)).lstrip("#").strip()
    if not digits.isdigit() or len(digits) > 12:
        return []
    return [f"{prefix}-{digits}" for prefix in sorted({kind.prefix for kind in item_kinds})]
