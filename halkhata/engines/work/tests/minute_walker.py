"""The slow, obviously right clock that the tests hold against the real one.

It knows nothing of intervals, offsets or transitions: it looks at every single minute (or second) of the instant
line, asks which local time it is then, and looks the local date up in the calendar as it was written.
"""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)


def ticks_that_count(
    start: datetime, until: datetime, plan: dict, pauses: list, step: timedelta = MINUTE
) -> Iterator[datetime]:
    """Yield the beginning of each step in [start, until) in which the clock runs; ``plan`` as in sla_cases.json."""
    zone = ZoneInfo(plan["zone"])
    at = start.astimezone(UTC)
    while at < until:
        if is_open(at.astimezone(zone), plan) and not any(a <= at and (b is None or at < b) for a, b in pauses):
            yield at
        at += step


def is_open(local: datetime, plan: dict) -> bool:
    """Say whether the shop is open at this local wall-clock time."""
    on = local.date().isoformat()
    if on in plan["overrides"]:
        hours = plan["overrides"][on]
    elif on in plan["holidays"]:
        hours = []
    else:
        hours = plan["week"].get(str(local.weekday()), [])
    # "HH:MM" strings of the same length compare like times, and "24:00" comes after every one of them.
    wall = f"{local.hour:02d}:{local.minute:02d}"
    return any(opens <= wall < closes for opens, closes in hours)


def walked_due(
    start: datetime, steps: int, horizon: datetime, plan: dict, pauses: list, step: timedelta = MINUTE
) -> datetime | None:
    """Return when ``steps`` steps have counted, or None when that does not happen before the horizon."""
    if steps == 0:
        return start
    for number, at in enumerate(ticks_that_count(start, horizon, plan, pauses, step), start=1):
        if number == steps:
            return at + step
    return None
