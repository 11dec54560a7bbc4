"""Why is it due then? Every clock of an item, stretch by stretch, in words (US-09, A51.3)."""

from datetime import date, datetime, timedelta
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import ClockState, Metric
from halkhata.engines.work.models import CalendarDay, SlaClock, SlaPolicy, WorkItem
from halkhata.engines.work.promise.calendar import WorkingCalendar
from halkhata.engines.work.promise.clock import ClosedDates, ExplainLine, explain
from halkhata.engines.work.promise.history import PlannedClock
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.selectors.calendars import calendar_id_for_branch
from halkhata.engines.work.selectors.conditions import Wording
from halkhata.engines.work.selectors.history import KIND_OF, METRIC_OF, plan_for
from halkhata.engines.work.selectors.promise_book import PromiseBook, under_ceiling
from halkhata.foundation.core.formatting import format_date, format_weekday
from halkhata.foundation.core.reader import current_reader

_SECOND = timedelta(seconds=1)
_REASONS = {
    "working": _("Open: the clock runs"),
    "paused": _("Waiting: the clock stands still"),
    "closed": _("Closed at this hour"),
    "day_off": _("Weekly day off"),
    "holiday": _("Holiday"),
    "override": _("Closed on this day"),
}
_RESOLUTION_PAUSE = _("Waiting for the customer or somebody else: the clock stands still")


def explain_item(item: WorkItem, reader: Any = None) -> dict[str, Any]:
    """The explanation as JSON values: instants in ISO 8601, spans in seconds, reasons in the active language."""
    told = explained(item, reader)
    return _plain(told)


def explained(item: WorkItem, reader: Any = None) -> dict[str, Any]:
    """The explanation with instants and spans as Python values, for the page.

    Keys: number, kind, planned_at, policy {id, name, version, hours, zone, is_default, conditions [code, label,
    values], ceiling_hours}, clocks. Each clock: metric, cycle, label, target_minutes, started_at, due_at, stopped_at,
    breached_at, state, state_label, policy_version, used_seconds, by_ceiling (every hour counts, because opening hours
    would have made it later than the limit), recorded (the settings have changed since it was judged: the due time is
    that of then), lines. Each line: from, to, kind, seconds, total, reason. ``reader``: the values of a condition are
    left out when he may not read them; None may read all.
    """
    kind = item_kinds.find(item.kind)
    result: dict[str, Any] = {
        "number": item.number,
        "kind": item.kind,
        "planned_at": item.planned_at,
        "policy": None,
        "clocks": [],
    }
    if kind is not None and kind.is_planned:
        return result
    book = PromiseBook()
    terms = book.terms_for(item)
    result["policy"] = {
        "id": terms.policy.pk,
        "name": str(terms.policy),
        "version": terms.policy.version,
        "hours": "clock" if terms.policy.around_the_clock else "working",
        "zone": terms.calendar.zone,
        "is_default": terms.policy.is_default,
        "ceiling_hours": terms.policy.ceiling_hours,
        "conditions": [
            {"code": asked.code, "label": asked.label, "values": list(asked.values)}
            for asked in Wording([terms.policy]).of(terms.policy, reader)
        ],
    }
    counts: dict[str, int] = {}
    planned: dict[tuple[str, int], PlannedClock] = {}
    for clock in plan_for(item, terms).clocks():
        metric = METRIC_OF[clock.kind]
        counts[metric] = counts.get(metric, 0) + 1
        planned[metric, counts[metric]] = clock
    names = _day_names(terms.policy.calendar_id or calendar_id_for_branch(item.branch))
    order = list(Metric.values)
    rows = sorted(item.clocks.select_related("policy"), key=lambda row: (order.index(row.metric), row.cycle))
    for row in rows:
        if row.state == ClockState.CANCELLED:
            continue
        policy = row.policy or terms.policy
        calendar = book.calendar_for(policy, item.branch)
        result["clocks"].append(_clock(row, planned.get((row.metric, row.cycle)), policy, calendar, names))
    return result


def _clock(
    row: SlaClock,
    planned: PlannedClock | None,
    policy: SlaPolicy,
    opening: WorkingCalendar,
    names: dict[date, str],
) -> dict[str, Any]:
    pauses = planned.pauses if planned is not None else ()
    # What is stored is the time in force; under the ceiling it is the ceiling itself, and stays so.
    target, calendar = under_ceiling(
        policy, KIND_OF[Metric(row.metric)], row.started_at, timedelta(minutes=row.target_minutes), opening
    )
    lines = explain(row.started_at, target, calendar, pauses)
    reached = lines[-1].to_at if lines else row.started_at
    waits = row.metric == Metric.RESOLUTION
    return {
        "metric": row.metric,
        "cycle": row.cycle,
        "label": Metric(row.metric).label,
        "target_minutes": row.target_minutes,
        "target_seconds": row.target_minutes * 60,
        "started_at": row.started_at,
        "due_at": row.due_at,
        "stopped_at": row.stopped_at,
        "breached_at": row.breached_at,
        "state": row.state,
        "state_label": ClockState(row.state).label,
        "policy_version": row.breached_policy_version or row.policy_version,
        "by_ceiling": calendar != opening,
        "recorded": row.due_at is not None and reached != row.due_at,
        "lines": [_line(line, names, waits) for line in lines],
    }


def _line(line: ExplainLine, names: dict[date, str], waits: bool) -> dict[str, Any]:
    reason: Any = _RESOLUTION_PAUSE if line.kind == "paused" and waits else _REASONS[line.kind]
    if line.kind == "working" and line.by_override:
        reason = _("Open at special hours: the clock runs")
    days = [_days(closed, names) for closed in line.closed_dates]
    if days:
        reason = format_lazy(
            "{reason}: {days}", reason=_REASONS["closed"] if len(days) > 1 else reason, days="; ".join(days)
        )
    return {
        "from": line.from_at,
        "to": line.to_at,
        "kind": line.kind,
        "seconds": line.counted // _SECOND,
        "total": line.total // _SECOND,
        "reason": str(reason),
    }


def _days(closed: ClosedDates, names: dict[date, str]) -> str:
    """One run of closed dates in words: "Friday, 27 Nov 2026", "16 Dec 2026 (Victory Day)"."""
    reader = current_reader()

    def written(on: date) -> str:
        return format_date(on, language=reader.language, digits=reader.digits, style="short")

    if closed.first_on != closed.last_on:
        return f"{written(closed.first_on)} – {written(closed.last_on)}"
    if closed.kind == "day_off":
        return f"{format_weekday(closed.first_on, language=reader.language)}, {written(closed.first_on)}"
    name = names.get(closed.first_on)
    return f"{written(closed.first_on)} ({name})" if name else written(closed.first_on)


def _day_names(calendar_id: int | None) -> dict[date, str]:
    if calendar_id is None:
        return {}
    reader = current_reader()
    found: dict[date, str] = {}
    for day in CalendarDay.objects.filter(calendar_id=calendar_id):
        name = (day.name_bn or day.name_en) if reader.language == "bn" else (day.name_en or day.name_bn)
        if name:
            found[day.on] = name
    return found


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(entry) for key, entry in value.items()}
    if isinstance(value, list):
        return [_plain(entry) for entry in value]
    if isinstance(value, datetime):
        return value.isoformat()
    if value is None or isinstance(value, bool | int):
        return value
    return str(value)
