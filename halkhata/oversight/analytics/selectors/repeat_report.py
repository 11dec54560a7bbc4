"""How often customers had to come back: contacts within seven days of an earlier one, by week (US-60).

A contact is what a customer wrote, called or said at the counter; machines' mail is none. It is a repeated one when the
same customer had been in touch within the seven days before, about whatever it was. Both are counted in the week in
which the contact came. Weeks begin on Sunday; the first and the last may be cut by the days that were chosen.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.db.models.functions import TruncDate

from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_condition
from halkhata.oversight.analytics.periods import Period
from halkhata.oversight.analytics.selectors.promise_filters import NONE, is_id
from halkhata.oversight.analytics.selectors.solved_tickets import PAGE_SIZE, SolvedFilters

WITHIN = timedelta(days=7)
NARROWED = {
    "branch": "conversation__item__branch",
    "team": "conversation__item__team",
    "category": "conversation__item__ticket__category",
}


@dataclass
class RepeatWeek:
    """One week: its first day (a Sunday), the contacts, and how many of them were repeated ones."""

    begins: date
    contacts: int = 0
    again: int = 0

    @property
    def share(self) -> float | None:
        """Repeated ones out of all, in per cent; None without any contact."""
        return self.again * 100 / self.contacts if self.contacts else None


@dataclass
class RepeatReport:
    """Every week of the period in order, also those without a contact, and all together."""

    weeks: list[RepeatWeek]
    total: RepeatWeek


def week_of(day: date) -> date:
    """The Sunday on which the week of this day begins."""
    return day - timedelta(days=(day.weekday() + 1) % 7)


def contacts(
    user: User | None, period: Period, filters: SolvedFilters, *, week: date | None = None
) -> QuerySet[Message]:
    """The contacts of the period, or of one week of it, in the reader's scope, each with ``again``; unordered."""
    begin, end = period.begin, period.end
    if week is not None:
        zone = ZoneInfo(period.zone)
        begin = max(begin, datetime.combine(week, datetime.min.time(), tzinfo=zone))
        end = min(end, datetime.combine(week + WITHIN, datetime.min.time(), tzinfo=zone))
    wanted = _said_by_customers() & Q(at__gte=begin, at__lt=end)
    for name, column in NARROWED.items():
        value = getattr(filters, name)
        if value == NONE:
            wanted &= Q(**{f"{column}__isnull": True})
        elif value:
            wanted &= Q(**{f"{column}_id": int(value)})
    if filters.channel:
        wanted &= Q(channel=filters.channel)
    before = Message.objects.filter(
        _said_by_customers(),
        customer_id=OuterRef("customer_id"),
        at__lt=OuterRef("at"),
        at__gte=OuterRef("at") - WITHIN,
    )
    found = Message.objects.filter(wanted).annotate(again=Exists(before))
    if user is None:
        return found
    scope = scope_condition(
        user, owner="conversation__item__owner", team="conversation__item__team", branch="conversation__item__branch"
    )
    return found.filter(scope)


def repeat_report(user: User | None, period: Period, filters: SolvedFilters) -> RepeatReport:
    """The counts by week: one statement, however many contacts."""
    weeks = {begins: RepeatWeek(begins) for begins in _weeks(period)}
    total = RepeatWeek(week_of(period.first))
    days = contacts(user, period, filters).order_by().annotate(day=TruncDate("at", tzinfo=ZoneInfo(period.zone)))
    for day, again, count in days.values("day", "again").annotate(n=Count("pk")).values_list("day", "again", "n"):
        for line in (weeks[week_of(day)], total):
            line.contacts += count
            line.again += count if again else 0
    return RepeatReport(weeks=list(weeks.values()), total=total)


@dataclass(frozen=True)
class ContactPage:
    """One page of contacts; ``older`` is the cursor of the next one, "" at the end."""

    rows: list[Message]
    total: int
    older: str


def contact_page(
    user: User,
    period: Period,
    filters: SolvedFilters,
    *,
    week: date | None = None,
    again_only: bool = False,
    before: str = "",
) -> ContactPage:
    """One page of exactly the contacts that a number counts, the latest first: two statements."""
    rows = contacts(user, period, filters, week=week)
    if again_only:
        rows = rows.filter(Q(("again", True)))
    total = rows.order_by().count()
    moment, _dot, key = before.rpartition(".")
    if is_id(key):
        try:
            at = datetime.fromisoformat(moment)
        except ValueError:
            at = None
        if at is not None and at.tzinfo is not None:
            rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=int(key)))
    found = list(
        rows.select_related("customer", "conversation__item__owner")
        .defer("text", "full_text", "raw_html", "references")
        .order_by("-at", "-pk")[: PAGE_SIZE + 1]
    )
    shown = found[:PAGE_SIZE]
    last = shown[-1] if len(found) > PAGE_SIZE else None
    return ContactPage(shown, total, "" if last is None else f"{last.at.isoformat()}.{last.pk}")


def read_week(text: Any) -> date | None:
    """The first day of a week as it stands in an address; None for what is no Sunday."""
    try:
        found = date.fromisoformat(str(text or ""))
    except ValueError:
        return None
    return found if found == week_of(found) and 2000 <= found.year <= 2200 else None


def _said_by_customers() -> Q:
    return Q(direction=Direction.INBOUND, is_automatic=False, customer__isnull=False)


def _weeks(period: Period) -> Iterator[date]:
    begins = week_of(period.first)
    while begins <= period.last:
        yield begins
        begins += WITHIN
