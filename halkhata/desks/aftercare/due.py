"""When a unit is due for service (US-15 AC 1). Pure: knows no database.

The rule of the trade (requirements, bangladesh.md B1, "Service reminder": "by date and by usage; last reading, average
use a day, next due = earliest of both"):

- Service number *n* after the last one is due on the earlier of two days: so many months times *n* after the last
  service, or the day on which the meter shows the last service's reading plus *n* times the interval.
- That day is read off the straight line through the last two readings: ``d2 + (target - v2) * (d2 - d1) / (v2 - v1)``,
  a begun day counted as a whole one. With one reading only, the line starts at 0 on the day of the sale.
- The reading of the last service is the one within two weeks before it, else what the line says for that day.
- A reading below an earlier one begins a new line: the meter was changed. Nothing is guessed across it.
- The first *n* whose day does not lie further back than the shop looks is the one that counts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from halkhata.records.warranty.terms import add_months

# So long after a missed day the next service of the row counts instead.
LAPSE = timedelta(days=30)
# A reading so long before the last service counts as that of the service.
NEAR = timedelta(days=14)
# An estimate further away says nothing.
FURTHEST = 3650
MOST_NUMBERS = 1200


@dataclass(frozen=True, slots=True)
class Read:
    """What the meter showed on a day."""

    on: date
    value: int


@dataclass(frozen=True, slots=True)
class Line:
    """The straight line of use: two readings, the later one higher."""

    first: Read
    last: Read

    @property
    def a_day(self) -> float:
        """Average use a day, for people to read."""
        return (self.last.value - self.first.value) / (self.last.on - self.first.on).days

    def day_of(self, value: int) -> date | None:
        """The day on which the meter shows ``value``; None when that is too far away to be said."""
        days, used = (self.last.on - self.first.on).days, self.last.value - self.first.value
        # Up to whole days, in whole numbers: no rounding error can move a day.
        away = -((self.last.value - value) * days // used)
        return self.last.on + timedelta(days=away) if abs(away) <= FURTHEST else None


@dataclass(frozen=True, slots=True)
class Due:
    """Service ``number`` after ``anchor_on``: the day, and by which of the two rules ("date", "usage")."""

    on: date
    by: str
    anchor_on: date
    number: int
    date_on: date | None = None
    usage_on: date | None = None
    target: int | None = None

    @property
    def key(self) -> str:
        """What names this due, whatever becomes of its estimated day."""
        return f"service:{self.anchor_on}:{self.number}"


def one_meter(reads: Iterable[Read]) -> tuple[list[Read], bool]:
    """The readings of the meter that is in now, oldest first, and whether it is the first one the unit has had.

    ``reads``: oldest first. Of several on one day the last one counts.
    """
    found: list[Read] = []
    is_first = True
    for read in reads:
        if found and read.value < found[-1].value:
            found, is_first = [], False
        if found and found[-1].on == read.on:
            found[-1] = read
        else:
            found.append(read)
    return found, is_first


def line_of(reads: Sequence[Read], *, sold_on: date | None, is_first_meter: bool = True) -> Line | None:
    """The line through the last two readings; from 0 on the day of sale where there is one only; None without use."""
    if not reads:
        return None
    last = reads[-1]
    if len(reads) > 1:
        first = reads[-2]
    elif is_first_meter and sold_on is not None and sold_on < last.on:
        first = Read(sold_on, 0)
    else:
        return None
    return Line(first, last) if last.value > first.value and last.on > first.on else None


def reading_at(
    reads: Sequence[Read], anchor_on: date, *, sold_on: date | None, is_first_meter: bool, line: Line | None = None
) -> int | None:
    """What the meter showed at the last service; None when nothing lets say it.

    What was read within two weeks before counts as it is. An older reading would let the next service come too early:
    the day is read off the straight line to the reading that followed, or off that of use.
    """
    # New on the day of its sale, unless somebody had read it before: a unit that is sold a second time.
    is_new = is_first_meter and sold_on is not None and not any(read.on <= sold_on for read in reads)
    known = [Read(sold_on, 0)] if is_new and sold_on is not None and sold_on <= anchor_on else []
    before = [*known, *(read for read in reads if read.on <= anchor_on)]
    if not before:
        return None
    last = before[-1]
    if anchor_on - last.on <= NEAR:
        return last.value
    after = next((read for read in reads if read.on > anchor_on), None)
    if after is not None:
        return last.value + (after.value - last.value) * (anchor_on - last.on).days // (after.on - last.on).days
    if line is None:
        return last.value
    return (
        line.last.value
        + (line.last.value - line.first.value) * (anchor_on - line.last.on).days // (line.last.on - line.first.on).days
    )


def next_due(
    *,
    anchor_on: date,
    months: int | None,
    usage_every: int | None,
    line: Line | None,
    anchor_value: int | None,
    not_before: date,
) -> Due | None:
    """The due that counts: the first one that does not lie before ``not_before``. None when no rule can say one.

    With rising numbers days only rise; more use never makes one later; it is never later than the rule of dates says.
    """
    by_use = usage_every if usage_every and line is not None and anchor_value is not None else None
    if not months and not by_use:
        return None
    for number in range(1, MOST_NUMBERS + 1):
        found = numbered(
            number, anchor_on=anchor_on, months=months, usage_every=by_use, line=line, anchor_value=anchor_value
        )
        if found is None:
            return None
        if found.on >= not_before:
            return found
    return None


def numbered(
    number: int, *, anchor_on: date, months: int | None, usage_every: int | None, line: Line | None,
    anchor_value: int | None,
) -> Due | None:  # fmt: skip
    """Service ``number`` after the anchor."""
    date_on = usage_on = target = None
    if months:
        try:
            date_on = add_months(anchor_on, months * number)
        except OverflowError:
            return None
    if usage_every and line is not None and anchor_value is not None:
        target = anchor_value + usage_every * number
        said = line.day_of(target)
        # Never on the day of the last service itself, however wild the readings.
        usage_on = max(said, anchor_on + timedelta(days=1)) if said is not None else None
    known = [one for one in (date_on, usage_on) if one is not None]
    if not known:
        return None
    on = min(known)
    by = "date" if on == date_on else "usage"
    return Due(
        on=on, by=by, anchor_on=anchor_on, number=number, date_on=date_on, usage_on=usage_on, target=target
    )  # fmt: skip


def step_of(on: date, today: date, *, before: int, after: int | None) -> str | None:
    """Which step is to be made on ``today`` for a due on ``on``: one at a time, and none twice.

    A step holds until the next one begins, so that a day without a worker loses none; nothing is made up that is past.
    """
    if today < on:
        return "before" if today >= on - timedelta(days=before) else None
    if after is None:
        return "on" if today == on else None
    if today < on + timedelta(days=after):
        return "on"
    return "after" if today <= on + timedelta(days=after) + LAPSE else None


def renewal_step(ends_on: date, today: date, days: Sequence[int]) -> str | None:
    """Which of the days before the end ("60", "30", "7") a contract stands at; None before the first, after the end."""
    left = (ends_on - today).days
    if left < 0:
        return None
    reached = [one for one in days if left <= one]
    return str(min(reached)) if reached else None
