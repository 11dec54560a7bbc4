"""Numbers, money, dates and spans of time as people in Bangladesh read them. Pure functions: no request, no settings.

Libraries get Bengali of Bangladesh wrong (Latin digits, the sign after the amount, no English of Bangladesh;
bangladesh.md C2), so the rules are here. ``language`` chooses words, ``digits`` the script of the digits; the two are
independent.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Literal

from halkhata.foundation.core.bangla_calendar import bangla_date
from halkhata.foundation.core.reader import Digits, Language
from halkhata.foundation.core.text import clean_text, fold_digits, to_bengali_digits

DateStyle = Literal["long", "short", "numeric"]

MONTH_NAMES: dict[Language, tuple[str, ...]] = {
    "bn": (
        "জানুয়ারি",
        "ফেব্রুয়ারি",
        "মার্চ",
        "এপ্রিল",
        "মে",
        "জুন",
        "জুলাই",
        "আগস্ট",
        "সেপ্টেম্বর",
        "অক্টোবর",
        "নভেম্বর",
        "ডিসেম্বর",
    ),
    "en": (
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ),
}
SHORT_MONTH_NAMES: dict[Language, tuple[str, ...]] = {
    "bn": (
        "জানু",
        "ফেব্রু",
        "মার্চ",
        "এপ্রিল",
        "মে",
        "জুন",
        "জুলাই",
        "আগস্ট",
        "সেপ্টে",
        "অক্টো",
        "নভে",
        "ডিসে",
    ),
    "en": ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
}
# Monday first, as date.weekday() counts.
WEEKDAY_NAMES: dict[Language, tuple[str, ...]] = {
    "bn": ("সোমবার", "মঙ্গলবার", "বুধবার", "বৃহস্পতিবার", "শুক্রবার", "শনিবার", "রবিবার"),
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
}

# From which hour each part of the day runs; CLDR's day periods of Bengali, with its dawn counted as morning.
_DAY_PARTS_BN = ((0, "রাত"), (4, "সকাল"), (12, "দুপুর"), (16, "বিকাল"), (18, "সন্ধ্যা"), (20, "রাত"))

_DURATION_UNITS: dict[Language, tuple[tuple[int, str], ...]] = {
    "bn": ((86400, "দিন"), (3600, "ঘণ্টা"), (60, "মিনিট")),
    "en": ((86400, "d"), (3600, "h"), (60, "min")),
}
_SECONDS: dict[Language, str] = {"bn": "সেকেন্ড", "en": "s"}

# Longer numbers ("1E999999" typed as a joke) are refused before they fill the memory.
_MAX_PLACES = 400

# Minor units other than two, of the currencies a Bangladeshi shop meets (ISO 4217).
_MINOR_UNITS = {"JPY": 0, "KRW": 0, "BHD": 3, "IQD": 3, "JOD": 3, "KWD": 3, "OMR": 3}

# The letter before a work number says what kind it is: one letter of each script for each kind, easy to say.
REF_LETTERS = {
    "K": "ক",  # complaint ticket
    "F": "ফ",  # follow-up
    "R": "প",  # recovery (পুনরুদ্ধার)
    "T": "ট",  # task
    "S": "স",  # sale
    "L": "ল",  # lead
    "J": "জ",  # job card
    "E": "ব",  # return or exchange (বদল)
    "D": "দ",  # dispute
    "C": "চ",  # claim to the company (চাওয়া)
    "V": "ভ",  # booking of a visit to the workshop (ভিজিট)
    "U": "ই",  # unit
    "W": "ও",  # warranty registration
    "G": "গ",  # gate pass
    "Q": "অ",  # parcel that nobody knows (অজানা)
    "P": "ত",  # request about one's own data (তথ্য)
    "B": "ঘ",  # breach of data (ঘটনা)
}
_REF_LETTERS_BACK = {bengali: latin for latin, bengali in REF_LETTERS.items()}
_CANONICAL_REF = re.compile(r"([A-Z]{1,3})-([0-9]{1,12})")
_TYPED_REF = re.compile(
    rf"#?\s*(?P<letters>[A-Za-z]{{1,3}}|[{''.join(_REF_LETTERS_BACK)}])"
    r"\s*[-\u2010-\u2015\u2212._/:]?\s*(?P<number>[0-9]{1,12})"
)


def show_digits(text: str, *, digits: Digits) -> str:
    """Return ``text`` with all its digits in the wanted script."""
    return to_bengali_digits(text) if digits == "bengali" else fold_digits(text)


def format_number(value: int | float | Decimal | str, *, digits: Digits = "latin", decimals: int | None = None) -> str:
    """Return a number in South-Asian groups: 1234567.5 gives "12,34,567.5".

    With ``decimals`` it is rounded half up to that many places, else shown as it is. Raises
    ``decimal.InvalidOperation`` for a string that is no number, ``ValueError`` for one that nobody could read.
    """
    amount = Decimal(str(value))
    if not amount.is_finite() or max(amount.adjusted(), -int(amount.as_tuple().exponent)) > _MAX_PLACES:
        raise ValueError("not a number that can be written out")
    if decimals is not None:
        # The usual context of 28 digits would refuse longer numbers.
        wide = Context(prec=2 * _MAX_PLACES + decimals, rounding=ROUND_HALF_UP)
        amount = amount.quantize(Decimal(1).scaleb(-decimals), context=wide)
    plain = f"{amount:f}"
    sign, plain = ("-", plain[1:]) if plain.startswith("-") else ("", plain)
    whole, point, fraction = plain.partition(".")
    if not (whole + fraction).strip("0"):
        sign = ""  # never "-0"
    return show_digits(f"{sign}{_group(whole)}{point}{fraction}", digits=digits)


def format_money(
    amount: Decimal | int, currency: str = "BDT", *, language: Language = "en", digits: Digits = "latin"
) -> str:
    """Return an amount with its currency before it: "৳১,২৩,৪৫৬" in Bengali, "Tk 1,23,456" in English, "USD 10.50".

    Whole amounts show no decimals, others all of the currency's (taka: two), rounded half up.
    """
    places = _MINOR_UNITS.get(currency, 2)
    amount = Decimal(amount)
    number = format_number(amount, decimals=places)
    if places and not number.rpartition(".")[2].strip("0"):
        number = number.rpartition(".")[0]
    sign, number = ("-", number[1:]) if number.startswith("-") else ("", number)
    taka = "৳" if language == "bn" else "Tk "
    mark = taka if currency == "BDT" else f"{currency} "
    return f"{sign}{mark}{show_digits(number, digits=digits)}"


def format_date(value: date, *, language: Language = "en", digits: Digits = "latin", style: DateStyle = "long") -> str:
    """Return a date: long "22 November 2026", short "22 Nov 2026", numeric "22/11/2026". A datetime gives its date."""
    if style == "numeric":
        text = f"{value.day:02}/{value.month:02}/{value.year:04}"
    else:
        names = MONTH_NAMES if style == "long" else SHORT_MONTH_NAMES
        text = f"{value.day} {names[language][value.month - 1]} {value.year}"
    return show_digits(text, digits=digits)


def format_month(value: date, *, language: Language = "en", digits: Digits = "latin") -> str:
    """Return the month and its year: "November 2026"."""
    return show_digits(f"{MONTH_NAMES[language][value.month - 1]} {value.year}", digits=digits)


def format_time(value: time | datetime, *, language: Language = "en", digits: Digits = "latin") -> str:
    """Return a time on the 12-hour clock: "2:30 pm" or "দুপুর ২:৩০". A datetime is shown in the zone it carries."""
    clock = f"{value.hour % 12 or 12}:{value.minute:02}"
    if language == "bn":
        part = next(name for start, name in reversed(_DAY_PARTS_BN) if value.hour >= start)
        text = f"{part} {clock}"
    else:
        text = f"{clock} {'am' if value.hour < 12 else 'pm'}"
    return show_digits(text, digits=digits)


def format_datetime(
    value: datetime, *, language: Language = "en", digits: Digits = "latin", style: DateStyle = "long"
) -> str:
    """Return date and time, in the zone the value carries: "22 November 2026, 2:30 pm"."""
    day = format_date(value, language=language, digits=digits, style=style)
    return f"{day}, {format_time(value, language=language, digits=digits)}"


def format_weekday(value: date, *, language: Language = "en") -> str:
    """Return the name of the weekday: "Saturday" or "শনিবার"."""
    return WEEKDAY_NAMES[language][value.weekday()]


def format_duration(seconds: int | float | timedelta, *, language: Language = "en", digits: Digits = "latin") -> str:
    """Return a span of time in its two largest units: "2 h 5 min", "১ দিন ৩ ঘণ্টা", "45 s".

    A negative span (what is overdue) carries a minus sign. Parts of the smallest unit shown are cut, not rounded, so a
    deadline never looks further away than it is. A day is 24 hours.
    """
    total = seconds.total_seconds() if isinstance(seconds, timedelta) else seconds
    rest = int(abs(total))
    if rest < 60:
        text = f"{rest} {_SECONDS[language]}" if rest else f"0 {_DURATION_UNITS[language][-1][1]}"
    else:
        units = _DURATION_UNITS[language]
        first = next(index for index, (length, _) in enumerate(units) if rest >= length)
        parts = []
        for length, name in units[first : first + 2]:
            count, rest = divmod(rest, length)
            if count:
                parts.append(f"{count} {name}")
        text = " ".join(parts)
    sign = "-" if total <= -1 else ""
    return show_digits(sign + text, digits=digits)


def format_bangla_date(value: date, *, language: Language = "bn", digits: Digits = "bengali") -> str:
    """Return the Bangla date: "৭ অগ্রহায়ণ ১৪৩৩" or "7 Agrahayan 1433". Raises ``ValueError`` before year 1."""
    shown = bangla_date(value)
    name = shown.month_name_bn if language == "bn" else shown.month_name_en
    return show_digits(f"{shown.day} {name} {shown.year}", digits=digits)


def format_ref(ref: str, *, language: Language = "en", digits: Digits = "latin") -> str:
    """Return a work number as the reader says it: "K-1045" is "ক-১০৪৫" in Bengali with Bengali digits.

    Anything that is no canonical number comes back with nothing changed.
    """
    match = _CANONICAL_REF.fullmatch(ref)
    if match is None or language != "bn" or digits != "bengali":
        return ref
    letters = "".join(REF_LETTERS.get(letter, letter) for letter in match.group(1))
    return f"{letters}-{to_bengali_digits(match.group(2))}"


def parse_ref(text: str | None) -> str | None:
    """Return the canonical work number ("K-1045") of any way to type it, else ``None``.

    Takes Bengali or Latin letters and digits, lower case, spaces, another or no dash, a # in front, and leading zeros.
    Whether such a number exists is for the caller to look up ("R15" may also be a motorcycle).
    """
    match = _TYPED_REF.fullmatch(fold_digits(clean_text(text)))
    if match is None:
        return None
    letters = "".join(_REF_LETTERS_BACK.get(letter, letter) for letter in match.group("letters")).upper()
    return f"{letters}-{int(match.group('number'))}"


def _group(whole: str) -> str:
    """Commas as in lakh and crore: the last three digits, then pairs."""
    if len(whole) <= 3:
        return whole
    head, tail = whole[:-3], whole[-3:]
    pairs = [head[max(end - 2, 0) : end] for end in range(len(head), 0, -2)]
    return ",".join([*reversed(pairs), tail])
