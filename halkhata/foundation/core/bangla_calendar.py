"""The Bangla calendar of Bangladesh as revised in 2019 (bangladesh.md C3); West Bengal and older libraries differ.

Six months of 31 days, then Kartik to Magh of 30, Falgun of 29 (30 when its February has a 29th), Chaitra of 30. The
year begins on 14 April, so 21 February is always 8 Falgun, 26 March 12 Chaitra and 16 December 1 Poush.
"""

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

MONTH_NAMES_BN = (
    "বৈশাখ",
    "জ্যৈষ্ঠ",
    "আষাঢ\u09bc",  # the dotted letter in its NFC form, as everywhere in stored text
    "শ্রাবণ",
    "ভাদ্র",
    "আশ্বিন",
    "কার্তিক",
    "অগ্রহায\u09bcণ",
    "পৌষ",
    "মাঘ",
    "ফাল্গুন",
    "চৈত্র",
)
MONTH_NAMES_EN = (
    "Boishakh",
    "Joishtho",
    "Asharh",
    "Srabon",
    "Bhadro",
    "Ashwin",
    "Kartik",
    "Agrahayan",
    "Poush",
    "Magh",
    "Falgun",
    "Chaitra",
)

_YEARS_BEHIND = 593  # year 1 of the Bangla calendar began in April 594
_NEW_YEAR = (4, 14)


@dataclass(frozen=True, slots=True)
class BanglaDate:
    """A day of the Bangla calendar; ``month`` counts from 1 (Boishakh)."""

    year: int
    month: int
    day: int
    month_name_bn: str
    month_name_en: str


def bangla_date(day: date) -> BanglaDate:
    """Return the Bangla date of a Gregorian ``day`` (of a datetime: its date).

    Raises ``ValueError`` before 14 April 594, the first day of year 1.
    """
    day = date(day.year, day.month, day.day)
    year = day.year - _YEARS_BEHIND - (0 if (day.month, day.day) >= _NEW_YEAR else 1)
    if year < 1:
        raise ValueError(f"the Bangla calendar does not reach back to {day.isoformat()}")
    rest = (day - _new_year(year)).days
    for month, length in enumerate(_month_lengths(year), start=1):
        if rest < length:
            return BanglaDate(year, month, rest + 1, MONTH_NAMES_BN[month - 1], MONTH_NAMES_EN[month - 1])
        rest -= length
    raise AssertionError("the months of a year do not add up")


def gregorian_date(year: int, month: int, day: int) -> date:
    """Return the Gregorian date of a Bangla one. Raises ``ValueError`` when there is no such day."""
    if year < 1 or not 1 <= month <= 12:
        raise ValueError(f"no such Bangla month: {year}-{month}")
    lengths = _month_lengths(year)
    if not 1 <= day <= lengths[month - 1]:
        raise ValueError(f"no such Bangla day: {year}-{month}-{day}")
    try:
        return _new_year(year) + timedelta(days=sum(lengths[: month - 1]) + day - 1)
    except OverflowError:
        raise ValueError(f"Bangla year {year} is out of range") from None


def _new_year(year: int) -> date:
    return date(year + _YEARS_BEHIND, *_NEW_YEAR)


def _month_lengths(year: int) -> tuple[int, ...]:
    """Days of each month; Falgun lies in the Gregorian year after the one in which the Bangla year began."""
    falgun = 30 if calendar.isleap(year + _YEARS_BEHIND + 1) else 29
    return (31, 31, 31, 31, 31, 31, 30, 30, 30, 30, falgun, 30)
