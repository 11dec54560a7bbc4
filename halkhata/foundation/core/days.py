"""What day it is on the wall of a place: the server's own calendar (UTC) is behind Bangladesh for six hours a day."""

from datetime import date, datetime
from typing import Protocol
from zoneinfo import ZoneInfo

from halkhata.foundation.core.clock import now


class Place(Protocol):
    """Whatever has a time zone of its own: a branch, or the shop as a whole."""

    @property
    def time_zone(self) -> str:
        """An IANA name."""


def day_at(place: Place, at: datetime | None = None) -> date:
    """The day on the calendar of ``place`` at an instant: now when none is given."""
    return day_in(place.time_zone, at)


def day_in(zone: str, at: datetime | None = None) -> date:
    """The day in a time zone (an IANA name) at an instant: now when none is given."""
    return (at or now()).astimezone(ZoneInfo(zone)).date()
