"""What a queue page is filtered by: read from the address, written back to it, turned into conditions."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet

from halkhata.engines.work.choices import Channel, Priority, StateFlag
from halkhata.engines.work.models import Absence, EscalationFiring, WorkItem
from halkhata.engines.work.registry import item_kinds, more_filters
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value, scope_condition
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.text import clean_text, fold_digits

LATE, NEAR, TODAY = "late", "near", "today"
UNANSWERED, ESCALATED, BROKEN = "unanswered", "escalated", "broken"
UNEXPLAINED, UNASSIGNED, AWAY, UNCONFIRMED = "unexplained", "unassigned", "away", "unconfirmed"
PAUSED, DONE, ANY = "paused", "done", "any"
NEAR_SPAN = timedelta(hours=2)
"""How long before its due time an item counts as "due soon"."""
_LONGEST = 60
_MOST_MORE = 12
# Few of the open items, each with an index of its own.
_RARE = {UNANSWERED, ESCALATED, UNEXPLAINED, UNASSIGNED, AWAY, UNCONFIRMED}


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
    # "unanswered", "escalated", "broken" (a promise), "unexplained" (nobody said why), "unassigned" (it fell to whoever
    # is in charge), "away" (its owner), "unconfirmed" (a step up).
    need: str = ""
    channel: str = ""
    # A number as people say it.
    q: str = ""
    # Filters of the desks (registry.more_filters): pairs of name and choice.
    more: tuple[tuple[str, str], ...] = ()
    # What ``more`` means for one reader (``narrowed``).
    narrowing: Q | None = field(default=None, compare=False, repr=False)

    @classmethod
    def read(cls, values: Mapping[str, Any]) -> "QueueFilters":
        """From a query string; unknown names and values that cannot be are left out, never an error."""
        text = {name: clean_text(str(values.get(name) or ""), max_length=_LONGEST) for name in _names()}
        for name in ("team", "branch", "owner"):
            if text[name] != "me" and not _is_id(text[name]):
                text[name] = ""
        for name, allowed in (
            ("priority", Priority.values),
            ("channel", Channel.values),
            ("due", (LATE, NEAR, TODAY)),
            ("need", (UNANSWERED, ESCALATED, BROKEN, UNEXPLAINED, UNASSIGNED, AWAY, UNCONFIRMED)),
        ):
            if text[name] not in allowed:
                text[name] = ""
        if text["kind"] not in item_kinds:
            text["kind"] = ""
        if text["state"] not in {"", PAUSED, DONE, ANY} and not text["state"].startswith("is-"):
            text["state"] = ""
        return cls(more=_more(values), **text)  # type: ignore[arg-type]  # the names of the texts are _names()

    def query(self, **changes: str) -> str:
        """The query string of these filters, with changes; empty ones are left out."""
        values = {**{name: getattr(self, name) for name in _names()}, **changes, **dict(self.more)}
        return urlencode({name: value for name, value in values.items() if value})

    @property
    def is_empty(self) -> bool:
        """Whether nothing is filtered."""
        return not self.more and not any(getattr(self, name) for name in _names())

    @property
    def by_due_time(self) -> bool:
        """Whether the rows are in the order of their due times; what is finished has none and comes newest first."""
        return self.state in {"", PAUSED} and not self.q


def _names() -> list[str]:
    """The queue's own filters."""
    return [f.name for f in fields(QueueFilters) if f.name not in {"more", "narrowing"}]


def _more(values: Mapping[str, Any]) -> tuple[tuple[str, str], ...]:
    """The filters of the desks that are in the address, in the order of their names."""
    found = {
        name: clean_text(str(values.get(name) or ""), max_length=_LONGEST)
        for name in values
        if len(name) <= _LONGEST and any(one.owns(name) for one in more_filters)
    }
    return tuple(sorted((name, text) for name, text in found.items() if text)[:_MOST_MORE])


def narrowed(user: User, filters: QueueFilters) -> QueueFilters:
    """The same filters with what the desks' own mean for this reader: asked once for a page."""
    if not filters.more or filters.narrowing is not None:
        return filters
    wanted = Q()
    for one in more_filters:
        if pairs := [pair for pair in filters.more if one.owns(pair[0])]:
            condition = one.condition(user, pairs)
            wanted &= Q(pk__in=()) if condition is None else condition
    return replace(filters, narrowing=wanted)


def _is_id(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= 18


def filtered(user: User, filters: QueueFilters, at: datetime) -> QuerySet[WorkItem]:
    """The items inside the user's scope that meet the filters, unordered."""
    if _is_rare(user, filters):
        return _looked_through(user, filters, at)
    scope = _scope(user, filters)
    wanted = condition_of(user, filters, at)
    # The filters stand in each alternative of the scope, not beside it: so a database that reads the alternatives one
    # after the other takes for each the index that suits the filters, and not all items of a team since the beginning.
    either = Q()
    for alternative in scope:
        either |= alternative & wanted if alternative else wanted
    return WorkItem.objects.filter(either)


def filtered_parts(user: User, filters: QueueFilters, at: datetime) -> list[QuerySet[WorkItem]]:
    """The same items as ``filtered`` in parts that may overlap, each of which an index gives in the order of due time.

    The first page of the whole is among the first pages of its parts.
    """
    wanted = condition_of(user, filters, at)
    return [WorkItem.objects.filter(alternative & wanted) for alternative in _scope(user, filters)]


def counted_parts(user: User, filters: QueueFilters, at: datetime) -> list[QuerySet[WorkItem]]:
    """The same items as ``filtered`` in parts that may overlap, to be counted up to a limit."""
    if _is_rare(user, filters):
        return [filtered(user, filters, at)]
    return filtered_parts(user, filters, at)


def filtered_in_order(user: User, filters: QueueFilters, at: datetime) -> QuerySet[WorkItem]:
    """The same items as ``filtered``, so written that the database reads them newest first and then looks at the scope.

    For whoever sees a branch that finds a page at once. A team's items are few enough to be sorted.
    """
    if user.role.scope != Scope.BRANCH or len(_scope(user, filters)) == 1:
        return filtered(user, filters, at)
    return _looked_through(user, filters, at)


def _is_rare(user: User, filters: QueueFilters) -> bool:
    """Few of the open items, which an index holds: they are read, and then the scope is looked at."""
    return (filters.state == PAUSED or filters.need in _RARE) and len(_scope(user, filters)) > 1


def _looked_through(user: User, filters: QueueFilters, at: datetime) -> QuerySet[WorkItem]:
    """The same items as ``filtered``; no index is chosen by the scope."""
    return WorkItem.objects.filter(condition_of(user, filters, at)).filter(as_value(scope_condition(user)))


def _scope(user: User, filters: QueueFilters) -> list[Q]:
    """The alternatives of the user's record scope; one that an index cannot give in order stays in one piece.

    Filters that lie inside one of them make the others superfluous.
    """
    scope = user.role.scope
    if not user.is_active or scope not in {Scope.TEAM, Scope.BRANCH}:
        return [scope_condition(user)]
    if not filters.q and (
        filters.owner in {"me", str(user.pk)}
        or filters.team in {str(team_id) for team_id in user.team_ids}
        or (scope == Scope.BRANCH and filters.branch == str(user.branch_id))
    ):
        return [Q()]
    parts = [Q(owner_id=user.pk), *(Q(team_id=team_id) for team_id in user.team_ids)]
    return [*parts, Q(branch_id=user.branch_id)] if scope == Scope.BRANCH else parts


def condition_of(user: User, filters: QueueFilters, at: datetime) -> Q:
    """What the filters ask of an item, whoever may see it."""
    if filters.q:
        return Q(number__in=possible_numbers(filters.q))
    wanted = _state(filters.state)
    for name in ("kind", "priority", "channel"):
        if value := getattr(filters, name):
            wanted &= Q(**{name: value})
    if filters.owner:
        wanted &= Q(owner_id=user.pk if filters.owner == "me" else int(filters.owner))
    if filters.team and filters.team != "me":
        wanted &= Q(team_id=int(filters.team))
    if filters.branch and filters.branch != "me":
        wanted &= Q(branch_id=int(filters.branch))
    if filters.more:
        wanted &= narrowed(user, filters).narrowing or Q()
    return wanted & _due(filters.due, at) & _need(filters.need, at)


def _state(state: str) -> Q:
    if state == ANY:
        return Q()
    if state == DONE:
        return Q(state_flag=StateFlag.RESOLVED)
    if state == PAUSED:
        # Said twice, because the indexes hold what is not resolved and SQLite does not draw the conclusion.
        return Q(state_flag=StateFlag.PAUSED) & ~Q(state_flag=StateFlag.RESOLVED)
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


def _need(need: str, at: datetime) -> Q:
    unfinished = ~Q(state_flag=StateFlag.RESOLVED)
    if need == UNANSWERED:
        return unfinished & Q(first_response_at__isnull=True, planned_at__isnull=True)
    if need == ESCALATED:
        return unfinished & Q(escalation_level__gt=0)
    if need == BROKEN:
        return unfinished & Q(is_breached=True)
    if need == UNEXPLAINED:
        return unfinished & Q(unexplained_delays__gt=0)
    if need == UNASSIGNED:
        return unfinished & Q(given_why__isnull=False)
    if need == AWAY:
        return unfinished & Q(owner_id__in=Absence.objects.filter(starts_at__lte=at, ends_at__gt=at).values("user_id"))
    if need == UNCONFIRMED:
        waiting = EscalationFiring.objects.filter(confirm_by__isnull=False, confirmed_at__isnull=True)
        return unfinished & Q(pk__in=waiting.values("item_id"))
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
