"""Ramadan and Eid by the tabular Islamic calendar, one day later as in Bangladesh: an estimate until it is seen."""

from dataclasses import dataclass
from datetime import date, timedelta

# Civil epoch (16 July 622 Julian) as an ordinal of datetime.date; leap years follow a 30-year cycle.
_EPOCH = 227015
_SIGHTED_LATER = 1


@dataclass(frozen=True)
class LunarYear:
    """The dates of one Hijri year that close or shorten a shop's day."""

    ramadan: tuple[date, ...]
    eid_ul_fitr: tuple[date, ...]
    eid_ul_azha: tuple[date, ...]


def first_of(year: int, month: int) -> date:
    """The first day of a Hijri month, as Bangladesh is likely to see it."""
    days = (year - 1) * 354 + (3 + 11 * year) // 30 + (59 * (month - 1) + 1) // 2
    return date.fromordinal(_EPOCH + days + _SIGHTED_LATER)


def lunar_years(start: date, end: date) -> list[LunarYear]:
    """The Hijri years whose Ramadan or Eid may fall between the two dates."""
    years = []
    for hijri in range(int((start.year - 622) * 33 / 32) - 1, int((end.year - 622) * 33 / 32) + 3):
        begins, fitr, azha = first_of(hijri, 9), first_of(hijri, 10), first_of(hijri, 12) + timedelta(days=9)
        if begins > end or azha + timedelta(days=3) < start:
            continue
        fasting = tuple(begins + timedelta(days=day) for day in range((fitr - begins).days))
        years.append(
            LunarYear(
                ramadan=fasting,
                eid_ul_fitr=tuple(fitr + timedelta(days=day) for day in (-1, 0, 1, 2)),
                eid_ul_azha=tuple(azha + timedelta(days=day) for day in (-1, 0, 1, 2)),
            )
        )
    return years
