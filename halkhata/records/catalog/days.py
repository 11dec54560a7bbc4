"""Days of the shop: what day it is there, and the instant a line of the past is put at."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.days import day_in
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.reader import DEFAULT_TIME_ZONE

# Nothing that a shop of today sold or read is older: a year typed with a slip.
EARLIEST = date(1950, 1, 1)


def refuse_odd_day(day: date, field: str) -> None:
    """Raise DomainError ``in_future`` or ``long_ago`` for a day on which nothing can have happened here."""
    if day > today():
        raise DomainError("in_future", _("This day has not come yet."), field=field)
    if day < EARLIEST:
        raise DomainError("long_ago", _("This day lies too far back: look at the year."), field=field)


def today() -> date:
    """The day it is in the shop."""
    return day_in(DEFAULT_TIME_ZONE)


def moment_of(day: date) -> datetime:
    """The instant at which something of this day is told: now for today, noon for another day."""
    if day == today():
        return now()
    return datetime.combine(day, time(12), ZoneInfo(DEFAULT_TIME_ZONE))


def day_of(moment: datetime) -> date:
    """The day of the shop on which this instant lies."""
    return day_in(DEFAULT_TIME_ZONE, moment)
