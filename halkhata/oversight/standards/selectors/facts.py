"""The promises of the shop as they are set up, as plain values that can be kept: what the standards page tells.

Names are kept in both languages, times in minutes, days as ISO dates.
"""

from datetime import date, timedelta
from typing import Any

from halkhata.engines.work.choices import Metric, Priority
from halkhata.engines.work.models import BusinessCalendar, CalendarDay, SlaPolicy
from halkhata.engines.work.selectors.calendars import branch_line
from halkhata.engines.work.selectors.shop_terms import shop_terms
from halkhata.foundation.accounts.models import Branch

AHEAD = timedelta(days=366)
"""How far ahead days that differ are told."""
Facts = dict[str, Any]


def current_facts(on: date) -> Facts:
    """The facts as they stand, with the special days of a year from ``on``: at most fifteen statements."""
    until = on + AHEAD
    return {
        "policies": [_policy(policy) for policy in shop_terms().policies],
        "hours": _hours(on, until),
        "levels": sorted({rule.level for rule in shop_terms().rules}),
        "days_until": until.isoformat(),
    }


def _policy(policy: SlaPolicy) -> Facts:
    targets: dict[str, dict[str, int]] = {}
    for target in policy.targets.all():
        targets.setdefault(target.priority, {})[target.metric] = target.minutes
    return {
        "name": {"bn": policy.name_bn, "en": policy.name_en},
        "is_default": policy.is_default,
        "around_the_clock": policy.around_the_clock,
        **({"ceiling_hours": policy.ceiling_hours} if policy.ceiling_hours else {}),
        "targets": {
            priority: {metric: targets[priority][metric] for metric in Metric.values if metric in targets[priority]}
            for priority in Priority.values
            if priority in targets
        },
    }


def _hours(on: date, until: date) -> list[Facts]:
    """Each calendar that a branch works by, with its branches, in the order of the tree of branches."""
    held = shop_terms().calendar_of_branch
    branches: dict[int, list[Facts]] = {}
    for branch in Branch.objects.filter(is_active=True).order_by("path"):
        calendar_id = next((held[above] for above in branch_line(branch) if above in held), None)
        if calendar_id is not None:
            branches.setdefault(calendar_id, []).append({"bn": branch.name_bn, "en": branch.name_en})
    rows = BusinessCalendar.objects.prefetch_related("intervals", "days__intervals").in_bulk(list(branches))
    return [
        {"branches": names, **_calendar(rows[calendar_id], on, until)}
        for calendar_id, names in branches.items()
        if calendar_id in rows
    ]


def _calendar(calendar: BusinessCalendar, on: date, until: date) -> Facts:
    week: list[list[list[int]]] = [[] for _day in range(7)]
    for stretch in sorted(calendar.intervals.all(), key=lambda row: (row.weekday, row.starts_minute)):
        week[stretch.weekday].append([stretch.starts_minute, stretch.ends_minute])
    return {
        "zone": calendar.zone,
        "week": week,
        "days": [_day(day) for day in sorted(calendar.days.all(), key=lambda row: (row.on, row.kind))
                 if on <= day.on <= until],
    }  # fmt: skip


def _day(day: CalendarDay) -> Facts:
    stretches = sorted(day.intervals.all(), key=lambda row: row.starts_minute)
    return {
        "on": day.on.isoformat(),
        "kind": day.kind,
        "name": {"bn": day.name_bn, "en": day.name_en},
        "is_provisional": day.is_provisional,
        "hours": [[row.starts_minute, row.ends_minute] for row in stretches],
    }
