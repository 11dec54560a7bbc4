"""Days of the shop: what day it is there, and the instant a line of the past is put at."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.reader import DEFAULT_TIME_ZONE


def today() -> date:
    """The day it is in the shop."""
    return now().astimezone(ZoneInfo(DEFAULT_TIME_ZONE)).date()


def moment_of(day: date) -> datetime:
    """The instant at which something of this day is told: now for today, noon for another day."""
    if day == today():
        return now()
    return datetime.combine(day, time(12), ZoneInfo(DEFAULT_TIME_ZONE))


def day_of(moment: datetime) -> date:
    """The day of the shop on which this instant lies."""
    return moment.astimezone(ZoneInfo(DEFAULT_TIME_ZONE)).date()
