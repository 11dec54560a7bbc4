"""The numbers of the home page. Each is a condition on rows; the page that opens shows exactly those rows."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Avg, Count, F, Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.desks.feedback.models import SurveyResponse
from halkhata.desks.feedback.selectors.csat import visible_responses
from halkhata.engines.work.choices import Metric, StateFlag
from halkhata.engines.work.models import SlaClock, WorkItem
from halkhata.engines.work.selectors.filters import QueueFilters, condition_of
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value, scope_condition

WEEK = timedelta(days=7)
MONTH = timedelta(days=30)


@dataclass(frozen=True, kw_only=True)
class RowNumber:
    """A number whose rows no queue filter can express: it has a page of its own under ``/numbers/<code>/``."""

    code: str
    label: Any
    definition: Any
    rows: Callable[[User, datetime], QuerySet[WorkItem]]


def without_team(user: User, at: datetime) -> QuerySet[WorkItem]:
    """Unfinished work that no team has."""
    return WorkItem.objects.visible_to(user).unfinished().filter(team__isnull=True)


def answered_late(user: User, at: datetime) -> QuerySet[WorkItem]:
    """Work whose first answer was given in the last seven days, and after it was due."""
    late = SlaClock.objects.filter(
        metric=Metric.FIRST_RESPONSE,
        stopped_at__gt=at - WEEK,
        stopped_at__lte=at,
        breached_at__isnull=False,
    )
    return WorkItem.objects.filter(as_value(scope_condition(user)), pk__in=late.values("item"))


ROW_NUMBERS: dict[str, RowNumber] = {
    "no-team": RowNumber(
        code="no-team", label=_("Without a team"), definition=_("Unfinished work that no team has"), rows=without_team
    ),
    "answered-late": RowNumber(
        code="answered-late",
        label=_("Answered late"),
        definition=_("First answer given after it was due, last 7 days"),
        rows=answered_late,
    ),
}

# Presets of the queue: label, definition, filters, tone, icon.
QUEUE_NUMBERS: tuple[tuple[Any, Any, QueueFilters, str, str], ...] = (
    (_("Open"), _("Unfinished work you may see"), QueueFilters(), "", "inbox"),
    (_("Late"), _("Unfinished, and a promise has passed"), QueueFilters(due="late"), "bad", "alert-triangle"),
    (_("Due today"), _("Still in time, due by midnight"), QueueFilters(due="today"), "warn", "calendar-due"),
)
# The same for whoever may not see reports: numbers of their own work only.
OWN_NUMBERS: tuple[tuple[Any, Any, QueueFilters, str, str], ...] = (
    (_("Open"), _("Your own unfinished work"), QueueFilters(owner="me"), "", "inbox"),
    (_("Late"), _("Yours, and a promise has passed"), QueueFilters(owner="me", due="late"), "bad", "alert-triangle"),
    (
        _("Due today"),
        _("Yours, still in time, due by midnight"),
        QueueFilters(owner="me", due="today"),
        "warn",
        "calendar-due",
    ),
)


def work_numbers(user: User, at: datetime) -> list[dict[str, Any]]:
    """The tiles about work: value, label, definition, address of the rows. Two queries at most.

    Without the right to see reports they count the user's own work, and those about others are left out.
    """
    sees_others = user.may("report.view")
    shown = QUEUE_NUMBERS if sees_others else OWN_NUMBERS
    counts = _open_counts(user, [filters for _label, _definition, filters, _tone, _icon in shown], at)
    queue = reverse("work:queue")
    tiles = [
        {
            "label": label,
            "definition": definition,
            "value": counts[position],
            "tone": tone,
            "icon": icon,
            "url": f"{queue}?{filters.query()}" if not filters.is_empty else queue,
        }
        for position, (label, definition, filters, tone, icon) in enumerate(shown)
    ]
    if not sees_others:
        return tiles
    icons = {"no-team": "users-group", "answered-late": "clock"}
    tones = {"no-team": "warn", "answered-late": "bad"}
    values = {"no-team": counts[-1], "answered-late": answered_late(user, at).count()}
    tiles += [
        {
            "label": number.label,
            "definition": number.definition,
            "value": values[number.code],
            "tone": tones[number.code],
            "icon": icons[number.code],
            "url": reverse("web:number", args=[number.code]),
        }
        for number in ROW_NUMBERS.values()
    ]
    return tiles


def _open_counts(user: User, wanted: Sequence[QueueFilters], at: datetime) -> list[int]:
    """How many unfinished items meet each of the filters, and last how many of them no team has.

    All in one pass over the index of what is open, which has every column that is looked at (``work_item_due``):
    exact numbers cost the same for whoever sees everything and for whoever sees a branch.
    """
    owns = all(filters.owner == "me" for filters in wanted)
    seen = Q(owner_id=user.pk) if owns else as_value(scope_condition(user))
    counted = {
        f"n{position}": Count("pk", filter=condition_of(user, filters, at)) for position, filters in enumerate(wanted)
    }
    rows = WorkItem.objects.filter(~Q(state_flag=StateFlag.RESOLVED), seen).order_by()
    found = rows.aggregate(**counted, no_team=Count("pk", filter=Q(team__isnull=True)))
    return list(found.values())


def answers(user: User, at: datetime) -> QuerySet[SurveyResponse]:
    """Survey answers of the last 30 days that the user may see, newest first."""
    return (
        visible_responses(user)
        .filter(answered_at__gt=at - MONTH, answered_at__lte=at)
        .select_related("invitation__item", "invitation__customer", "invitation__agent")
        .order_by("-answered_at", "-id")
    )


def satisfaction(user: User, at: datetime) -> dict[str, Any]:
    """Mean (None without answers) and number of the answers of the last 30 days. One query."""
    found = answers(user, at).order_by().aggregate(mean=Avg(F("score") * 1.0), n=Count("id"))
    return {"mean": found["mean"], "n": found["n"]}
