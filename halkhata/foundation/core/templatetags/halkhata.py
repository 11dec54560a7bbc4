"""Template filters that show numbers, times and references in the reader's own way (see ``reader.py``).

All of them return plain text that Django escapes; only ``digits`` may return markup, when it was given markup that is
already safe. An empty value shows nothing.
"""

import re
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, TypeVar

from django import template
from django.utils.safestring import SafeData, SafeString, mark_safe

from halkhata.foundation.core import formatting
from halkhata.foundation.core.phones import format_phone
from halkhata.foundation.core.reader import current_reader

register = template.Library()

_Day = TypeVar("_Day", date, datetime)

_STYLES: dict[str, formatting.DateStyle] = {"long": "long", "short": "short", "numeric": "numeric"}
# Tags with their attributes, and character references: digits in there are not text.
_MARKUP = re.compile(r"(<[^>]*>|&#?\w+;)")
# A number with Latin letters in it (JH150S, CS-8269959, WC/00030, a mail address) is read off a thing and typed again:
# it keeps its digits. How far it looks ahead is bounded, so that nothing but digits costs no more than other text.
_CODE = re.compile(
    r"((?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9.-]+"
    r"|\b(?=[0-9./_-]{0,40}[A-Za-z])[A-Za-z0-9]+(?:[./_-][A-Za-z0-9]+)*)"
)


@register.filter
def num(value: Any, decimals: int | None = None) -> str:
    """``{{ count|num }}``, ``{{ rate|num:1 }}``: a number in South-Asian groups; other text stays as it is."""
    if value is None or value == "":
        return ""
    try:
        return formatting.format_number(value, digits=current_reader().digits, decimals=decimals)
    except (InvalidOperation, ValueError):
        return str(value)


@register.filter
def digits(value: Any) -> str:
    """``{{ text|digits }}``: any text with its digits in the reader's script; codes with Latin letters stay."""
    if value is None:
        return ""
    if not isinstance(value, SafeData):
        return _shown(str(value))
    pieces = _MARKUP.split(str(value))
    return _still_safe("".join(piece if index % 2 else _shown(piece) for index, piece in enumerate(pieces)))


@register.filter(expects_localtime=False)
def localdt(value: datetime | None, style: str = "long") -> str:
    """``{{ at|localdt }}``, ``{{ at|localdt:"short" }}``: date and time in the reader's zone."""
    if not isinstance(value, datetime):
        return ""
    reader = current_reader()
    return formatting.format_datetime(
        _in_zone(value), language=reader.language, digits=reader.digits, style=_STYLES.get(style, "long")
    )


@register.filter(expects_localtime=False)
def localdate(value: date | datetime | None, style: str = "long") -> str:
    """``{{ on|localdate }}``, ``{{ at|localdate:"short" }}``: the date, of a datetime that in the reader's zone."""
    if not isinstance(value, date):
        return ""
    reader = current_reader()
    return formatting.format_date(
        _in_zone(value), language=reader.language, digits=reader.digits, style=_STYLES.get(style, "long")
    )


@register.filter(expects_localtime=False)
def localmonth(value: date | None) -> str:
    """``{{ first|localmonth }}``: the month with its year, "November 2026"."""
    if not isinstance(value, date):
        return ""
    reader = current_reader()
    return formatting.format_month(_in_zone(value), language=reader.language, digits=reader.digits)


@register.filter(expects_localtime=False)
def localtime(value: datetime | time | None) -> str:
    """``{{ at|localtime }}``: the time of day; of a datetime, in the reader's zone."""
    if not isinstance(value, datetime | time):
        return ""
    reader = current_reader()
    shown = _in_zone(value) if isinstance(value, datetime) else value
    return formatting.format_time(shown, language=reader.language, digits=reader.digits)


@register.filter(expects_localtime=False)
def weekday(value: date | datetime | None) -> str:
    """``{{ on|weekday }}``: the name of the weekday; of a datetime, in the reader's zone."""
    if not isinstance(value, date):
        return ""
    return formatting.format_weekday(_in_zone(value), language=current_reader().language)


@register.filter
def duration(value: timedelta | int | float | None) -> str:
    """``{{ seconds|duration }}``: a span of time, from seconds or a timedelta; overdue time carries a minus sign."""
    if not isinstance(value, timedelta | int | float | Decimal):
        return ""
    span = value if isinstance(value, timedelta) else float(value)
    reader = current_reader()
    return formatting.format_duration(span, language=reader.language, digits=reader.digits)


@register.filter
def money(value: Decimal | int | str | None, currency: str = "BDT") -> str:
    """``{{ amount|money }}``, ``{{ amount|money:"USD" }}``. Text that is no number stays as it is."""
    if value is None or value == "":
        return ""
    reader = current_reader()
    try:
        amount = Decimal(str(value))
        return formatting.format_money(amount, currency, language=reader.language, digits=reader.digits)
    except (InvalidOperation, ValueError):
        return str(value)


@register.filter
def phone(value: str | None) -> str:
    """``{{ contact.e164|phone }}``: a number from its E.164 form; other text stays as it is."""
    return format_phone(str(value), bengali=current_reader().digits == "bengali") if value else ""


@register.filter(expects_localtime=False)
def bangladate(value: date | datetime | None, when: str = "wanted") -> str:
    """``{{ on|bangladate }}``: the Bangla date if the reader wants it, else ""; ``:"always"`` shows it to all."""
    reader = current_reader()
    if not isinstance(value, date) or not (reader.show_bangla_date or when == "always"):
        return ""
    try:
        return formatting.format_bangla_date(_in_zone(value), language=reader.language, digits=reader.digits)
    except ValueError:
        return ""


@register.filter
def ref(value: str | None) -> str:
    """``{{ ticket.number|ref }}``: "K-1045" as the reader says it."""
    if not value:
        return ""
    reader = current_reader()
    return formatting.format_ref(str(value), language=reader.language, digits=reader.digits)


def _in_zone(value: _Day) -> _Day:
    """An aware datetime in the reader's zone; a plain date, or a naive datetime (already local), as it is."""
    if isinstance(value, datetime) and value.tzinfo is not None:
        return value.astimezone(current_reader().zone)
    return value


def _shown(text: str) -> str:
    script = current_reader().digits
    if script != "bengali":
        return formatting.show_digits(text, digits=script)
    pieces = _CODE.split(text)
    return "".join(
        piece if index % 2 else formatting.show_digits(piece, digits=script) for index, piece in enumerate(pieces)
    )


def _still_safe(text: str) -> SafeString:
    """Digits were exchanged for digits outside of tags; what was safe before is safe now."""
    return mark_safe(text)  # noqa: S308
