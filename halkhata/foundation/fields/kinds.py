"""How each kind of field reads what people type and machines send, and how it shows what it holds.

A value is: text a str, a number a Decimal, a date a date, yes or no a bool, one of a list its code, several of a list a
tuple of codes in the list's order, a phone number E.164. Nothing filled in is None.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import format_date, format_number
from halkhata.foundation.core.phones import format_phone, parse_phone
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.text import clean_text, fold_digits, search_key
from halkhata.foundation.fields.choices import FieldKind
from halkhata.foundation.fields.rows import FOLDED_LENGTH, TEXT_LENGTH

LONG_TEXT_LENGTH = 5_000
HIGHEST = Decimal(10) ** 11
_YES = frozenset({"yes", "y", "true", "1", "on", "হ্যাঁ", "হ্যা", "হাঁ", "হা", "আছে"})
_NO = frozenset({"no", "n", "false", "0", "off", "না", "নেই"})
_YES_KEYS = frozenset(search_key(word) for word in _YES)
_NO_KEYS = frozenset(search_key(word) for word in _NO)


def read_value(kind: str, typed: Any, *, options: Sequence[Any] = (), field: str | None = None) -> Any:
    """The value that was typed or sent, or None for nothing.

    ``options`` have ``code``, ``name_bn``, ``name_en``; each may be named by any of the three. Raises DomainError with
    ``field``: "not_a_number", "number_too_large", "not_a_date", "not_yes_or_no", "unknown_option", "text_too_long",
    "not_text", and what a phone number is refused for.
    """
    if typed is None or typed == "" or (isinstance(typed, list | tuple) and not typed):
        return None
    try:
        return _READERS[kind](typed, options)
    except DomainError as error:
        if field is not None:
            error.field = field
        raise


def _read_text(typed: Any, options: Sequence[Any]) -> str | None:
    text = clean_text(_as_text(typed))
    if len(text) > TEXT_LENGTH:
        raise DomainError("text_too_long", _("This text is too long."))
    return text or None


def _read_long_text(typed: Any, options: Sequence[Any]) -> str | None:
    text = clean_text(_as_text(typed), multiline=True)
    if len(text) > LONG_TEXT_LENGTH:
        raise DomainError("text_too_long", _("This text is too long."))
    return text or None


def _read_number(typed: Any, options: Sequence[Any]) -> Decimal | None:
    wrong = DomainError("not_a_number", _("Write a number, such as 1250 or 12.5."))
    if isinstance(typed, bool):
        raise wrong
    text = fold_digits(clean_text(str(typed))).replace(",", "").replace(" ", "").replace("৳", "")
    if not text:
        return None
    if not text.isascii() or len(text) > 40 or not all(sign.isdigit() or sign in "+-." for sign in text):
        raise wrong
    try:
        number = Decimal(text)
    except InvalidOperation:
        raise wrong from None
    if abs(number) >= HIGHEST:
        raise DomainError("number_too_large", _("This number is too large."))
    if number != (rounded := number.quantize(Decimal("0.0001"))):
        raise DomainError("too_many_decimals", _("At most four digits after the point."))
    return rounded.normalize() + 0


def _read_date(typed: Any, options: Sequence[Any]) -> date | None:
    if isinstance(typed, datetime):
        return typed.date()
    if isinstance(typed, date):
        return typed
    text = fold_digits(clean_text(_as_text(typed)))
    if not text:
        return None
    for form in ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y"):
        try:
            found = datetime.strptime(text, form).date()
        except ValueError:
            continue
        if 1900 <= found.year <= 2200:
            return found
    raise DomainError("not_a_date", _("Write a date, such as 25/12/2026 or 2026-12-25."))


def _read_truth(typed: Any, options: Sequence[Any]) -> bool | None:
    if isinstance(typed, bool):
        return typed
    key = search_key(_as_text(typed))
    if not key:
        return None
    if key in _YES_KEYS:
        return True
    if key in _NO_KEYS:
        return False
    raise DomainError("not_yes_or_no", _("Answer yes or no."))


def _read_choice(typed: Any, options: Sequence[Any]) -> str | None:
    text = clean_text(_as_text(typed))
    return _option(text, options) if text else None


def _read_several(typed: Any, options: Sequence[Any]) -> tuple[str, ...] | None:
    parts = typed if isinstance(typed, list | tuple) else _as_text(typed).replace(";", ",").replace("|", ",").split(",")
    chosen = {_option(text, options) for part in parts if (text := clean_text(_as_text(part)))}
    return tuple(option.code for option in options if option.code in chosen) or None


def _read_phone(typed: Any, options: Sequence[Any]) -> str | None:
    text = clean_text(str(typed))
    return parse_phone(text).e164 if text else None


def _option(text: str, options: Sequence[Any]) -> str:
    for option in options:
        if text == option.code:
            return str(option.code)
    key = search_key(text)
    for option in options:
        if key and key in (search_key(option.name_bn), search_key(option.name_en)):
            return str(option.code)
    raise DomainError("unknown_option", _("“%(text)s” is not in the list.") % {"text": text[:60]}, text=text[:60])


def _as_text(typed: Any) -> str:
    if isinstance(typed, str):
        return typed
    if isinstance(typed, bool) or not isinstance(typed, int | Decimal | float):
        raise DomainError("not_text", _("This is not a text."))
    return str(typed)


_READERS: Mapping[str, Any] = {
    FieldKind.TEXT: _read_text,
    FieldKind.LONG_TEXT: _read_long_text,
    FieldKind.NUMBER: _read_number,
    FieldKind.DATE: _read_date,
    FieldKind.YES_NO: _read_truth,
    FieldKind.CHOICE: _read_choice,
    FieldKind.SEVERAL: _read_several,
    FieldKind.PHONE: _read_phone,
}


def folded(text: str) -> str:
    """The form of a text that is compared and indexed; a text of signs alone is compared as it stands."""
    return (search_key(text) or text.casefold())[:FOLDED_LENGTH]


def columns_of(kind: str, value: Any) -> list[dict[str, Any]]:
    """The rows (without record and field) that hold ``value``; none for None."""
    if value is None:
        return []
    if kind == FieldKind.SEVERAL:
        return [{"slot": code, "text": code, "folded": code} for code in value]
    if kind == FieldKind.LONG_TEXT:
        return [{"long_text": value}]
    if kind == FieldKind.NUMBER:
        return [{"number": value}]
    if kind == FieldKind.DATE:
        return [{"date": value}]
    if kind == FieldKind.YES_NO:
        return [{"truth": value}]
    if kind == FieldKind.TEXT:
        return [{"text": value, "folded": folded(value)}]
    return [{"text": value, "folded": value}]


def value_of(kind: str, rows: Sequence[Any], *, options: Sequence[Any] = ()) -> Any:
    """The value that these rows hold: the reverse of ``columns_of``."""
    if not rows:
        return None
    if kind == FieldKind.SEVERAL:
        places = {option.code: place for place, option in enumerate(options)}
        return tuple(sorted((row.slot for row in rows), key=lambda code: (places.get(code, len(places)), code)))
    row = rows[0]
    if kind == FieldKind.LONG_TEXT:
        return row.long_text
    if kind == FieldKind.NUMBER:
        return row.number.normalize() + 0
    if kind == FieldKind.DATE:
        return row.date
    if kind == FieldKind.YES_NO:
        return row.truth
    return row.text


def plain(value: Any) -> Any:
    """The value as JSON has it: numbers as text, so that no digit is lost; dates in ISO 8601."""
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return list(value)
    return value


def shown(kind: str, value: Any, *, options: Sequence[Any] = ()) -> str:
    """The value for a page, in the reader's language and digits; "" for None."""
    if value is None:
        return ""
    reader = current_reader()
    if kind == FieldKind.NUMBER:
        return format_number(value, digits=reader.digits)
    if kind == FieldKind.DATE:
        return format_date(value, language=reader.language, digits=reader.digits)
    if kind == FieldKind.YES_NO:
        return gettext("Yes") if value else gettext("No")
    if kind in (FieldKind.CHOICE, FieldKind.SEVERAL):
        names = {option.code: str(option.name) for option in options}
        codes: Sequence[str] = value if isinstance(value, tuple) else (str(value),)
        return ", ".join(names.get(code, code) for code in codes)
    if kind == FieldKind.PHONE:
        return format_phone(value, bengali=reader.digits == "bengali")
    return str(value)
