"""When a message that advertises or asks may arrive, on the customer's own clock (E.5). Pure: knows no database.

All is counted in whole minutes, as the rules are written. Where only the country is known and it has several zones, the
hour must be right in every one of them.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from halkhata.records.customers.country_packs.texting import Span

FRIDAY = 4
# A window that does not open within so long never does.
FURTHEST = timedelta(days=8)
_MINUTE = timedelta(minutes=1)


class Closed(StrEnum):
    """Why a text must not arrive now. The order is that of weight: the first that is true is told."""

    NIGHT = "night"
    PRAYER = "prayer"
    HOURS = "hours"
    QUIET = "quiet"
    WISH = "wish"


@dataclass(frozen=True, slots=True)
class Window:
    """When texts may arrive: within all of ``open_in``, outside ``never`` and the prayer times of the month.

    ``wish`` is the span the customer asked for; None when they asked for none. A span that ends before it begins runs
    over midnight, one that ends as it begins is the whole day; prayer times are those of the day they stand on.
    """

    open_in: Span
    wish: Span | None = None
    never: tuple[Span, ...] = ()
    prayers: tuple[tuple[Span, ...], ...] = ()
    friday: tuple[Span, ...] = ()
    # The shop's quiet hours; None for none.
    quiet: Span | None = None

    def closed_at(self, local: datetime) -> Closed | None:
        """Why it is closed at this wall clock time; None when it is open."""
        moment = local.time().replace(second=0, microsecond=0)
        if _inside_any(moment, self.never):
            return Closed.NIGHT
        today = self.prayers[local.month - 1] if self.prayers else ()
        if _inside_any(moment, today) or (local.weekday() == FRIDAY and _inside_any(moment, self.friday)):
            return Closed.PRAYER
        if not inside(moment, self.open_in):
            return Closed.HOURS
        if self.quiet is not None and inside(moment, self.quiet):
            return Closed.QUIET
        if self.wish is not None and not inside(moment, self.wish):
            return Closed.WISH
        return None


def inside(moment: time, span: Span) -> bool:
    """Whether a wall clock time lies in a span; its beginning belongs to it, its end does not."""
    start, end = span
    if start == end:
        return True
    if start < end:
        return start <= moment < end
    return moment >= start or moment < end


def why_closed(at: datetime, zones: Iterable[str], window: Window) -> Closed | None:
    """Why a text must not arrive at this instant in one of the zones; None when it may in all."""
    return next(filter(None, (window.closed_at(at.astimezone(ZoneInfo(zone))) for zone in zones)), None)


def next_open(at: datetime, zones: Iterable[str], window: Window) -> datetime | None:
    """The first instant, ``at`` or a whole minute after it, at which the window is open in every zone.

    None when there is none within eight days: the customer's wish and the rules leave no common minute.
    """
    names = tuple(zones)
    if why_closed(at, names, window) is None:
        return at
    infos = tuple({_shape(at, name): ZoneInfo(name) for name in names}.values())
    moment = at.replace(second=0, microsecond=0)
    end = at + FURTHEST
    while moment < end:
        moment += _MINUTE
        quickly = all(window.closed_at(moment.astimezone(info)) is None for info in infos)
        # Zones that share their clock now may part before then.
        if quickly and why_closed(moment, names, window) is None:
            return moment
    return None


def _inside_any(moment: time, spans: Iterable[Span]) -> bool:
    return any(inside(moment, span) for span in spans)


def _shape(at: datetime, name: str) -> timedelta | None:
    return at.astimezone(ZoneInfo(name)).utcoffset()
