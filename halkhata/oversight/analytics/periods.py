"""The span of days a report looks at, in the shop's own zone."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.days import day_in
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.text import clean_text, fold_digits

THIS_MONTH, LAST_MONTH, LAST_90_DAYS, OWN = "this-month", "last-month", "last-90-days", "own"
PERIODS: tuple[tuple[str, Any], ...] = (
    (THIS_MONTH, _("This month")),
    (LAST_MONTH, _("Last month")),
    (LAST_90_DAYS, _("Last 90 days")),
)
LONGEST = timedelta(days=1100)
"""Three years and a month: longer spans are asked for in parts."""
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[/.\-\s](\d{1,2})[/.\-\s](\d{4})", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class Period:
    """Whole days from ``first`` to ``last``, both counted, in ``zone`` (an IANA name)."""

    code: str
    first: date
    last: date
    zone: str

    @property
    def begin(self) -> datetime:
        """The first instant."""
        return self._midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first instant that no longer belongs to it."""
        return self._midnight(self.last + timedelta(days=1))

    def months(self) -> list[tuple[date, datetime, datetime]]:
        """The calendar months it touches: the first day of the month, and the instants between which it lies here."""
        found = []
        month = self.first.replace(day=1)
        while month <= self.last:
            following = (month + timedelta(days=32)).replace(day=1)
            found.append((month, max(self._midnight(month), self.begin), min(self._midnight(following), self.end)))
            month = following
        return found

    def query(self) -> dict[str, str]:
        """As it stands in an address."""
        if self.code != OWN:
            return {"period": self.code} if self.code != THIS_MONTH else {}
        return {"period": OWN, "from": self.first.isoformat(), "to": self.last.isoformat()}

    def _midnight(self, day: date) -> datetime:
        return datetime.combine(day, time.min, tzinfo=ZoneInfo(self.zone))


def parse_day(text: Any) -> date | None:
    """A date as people type it, in either script: 2026-11-22, 22/11/2026, ২২-১১-২০২৬; None when it is none."""
    typed = fold_digits(clean_text(str(text or ""), max_length=40)).strip()
    if match := _ISO.fullmatch(typed):
        year, month, day = (int(part) for part in match.groups())
    elif match := _DAY_FIRST.fullmatch(typed):
        day, month, year = (int(part) for part in match.groups())
    else:
        return None
    try:
        return date(year, month, day) if 2000 <= year <= 2200 else None
    except ValueError:
        return None


def own_period(first: date, last: date, *, zone: str = "") -> Period:
    """The days between two dates. Raises ValueError, in words, when they are no span that a report can look at."""
    if last < first:
        raise ValueError(_("The last day lies before the first."))
    if last - first > LONGEST:
        raise ValueError(_("Choose at most three years."))
    return Period(code=OWN, first=first, last=last, zone=zone or Installation.current().time_zone)


def ready_period(code: str, at: datetime | None = None, *, zone: str = "") -> Period:
    """This month (also for any unknown code), last month or the last 90 days, as seen at ``at`` (now)."""
    place = zone or Installation.current().time_zone
    today = day_in(place, at)
    this_month = today.replace(day=1)
    if code == LAST_MONTH:
        last = this_month - timedelta(days=1)
        return Period(code=code, first=last.replace(day=1), last=last, zone=place)
    if code == LAST_90_DAYS:
        return Period(code=code, first=today - timedelta(days=89), last=today, zone=place)
    return Period(code=THIS_MONTH, first=this_month, last=today, zone=place)


def read_period(values: Mapping[str, Any]) -> tuple[Period, Any]:
    """From an address, and what is wrong with it in words ("" when nothing is); then it is this month.

    Two days count before a code; when they are those of a ready period, it is that one.
    """
    zone = Installation.current().time_zone
    code = str(values.get("period") or "")
    if code != OWN and not values.get("from") and not values.get("to"):
        return ready_period(code, zone=zone), ""
    first, last = parse_day(values.get("from")), parse_day(values.get("to"))
    if first is None or last is None:
        return ready_period(THIS_MONTH, zone=zone), _("Write both days, like 22/11/2026.")
    for ready in (THIS_MONTH, LAST_MONTH, LAST_90_DAYS):
        known = ready_period(ready, zone=zone)
        if (known.first, known.last) == (first, last):
            return known, ""
    try:
        return own_period(first, last, zone=zone), ""
    except ValueError as error:
        return ready_period(THIS_MONTH, zone=zone), error.args[0]


def written(query: Mapping[str, str]) -> str:
    """A query string without its empty values, with the question mark; "" when nothing is left."""
    kept = {name: value for name, value in query.items() if value}
    return f"?{urlencode(kept)}" if kept else ""
