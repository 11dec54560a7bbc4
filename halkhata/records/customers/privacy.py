"""Private fields of customers (US-22 AC 2): who sees them whole, and what the others see instead.

One rule for pages, lists, search, API and exports: ``may_see_private``. Phones, e-mail addresses and house addresses
are masked where they are shown (``shown_point``); what people wrote into free text is masked by its form
(``mask_text``), and ``private_gate.PrivateFieldsMiddleware`` holds every answer to that, whoever wrote the page.
"""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Protocol

from halkhata.foundation.accounts.choices import CHANGES_RECORDS
from halkhata.foundation.accounts.models import ApiToken, User
from halkhata.foundation.core.phones import format_phone
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.text import fold_digits, to_bengali_digits
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.countries import country_name
from halkhata.records.customers.country_packs import place_name
from halkhata.records.customers.models import Address

DOTS = "•"
SEE, UNMASK = "customer.see_private", "customer.unmask"

_D = "0-9\u09e6-\u09ef"
# Digits with the separators people put between them; whether it is a number to hide is judged afterwards.
_CANDIDATE = re.compile(
    r"(?<![\w/])(?P<plus>\+|%2[Bb]|\\u002[Bb]|&#43;|&#x2[Bb];)?"
    rf"(?P<body>\(?[{_D}](?:[ \u00a0().\u2010-\u2013-]{{0,2}}[{_D}]){{7,16}})(?!\w)"
)
_EMAIL = re.compile(
    r"(?P<first>[A-Za-z0-9_])[A-Za-z0-9._%+'\u0980-\u09ff-]*(?P<at>@|%40|&#64;)(?:[\w-]{1,63}\.){1,8}[^\W\d_]{2,24}"
)
_DATE = re.compile(r"\d{4}[-. ]\d{1,2}[-. ]\d{1,2}|\d{1,2}[-. ]\d{1,2}[-. ]\d{4}")
_BD_MOBILE = re.compile(r"(?:00)?(?:880?)?0?1[1-9]\d{8}")
_LAND_LINE = re.compile(r"(?:\+?88)?\(?0[2-9]\d{0,3}\)?[- ]?\d{5,8}")
# National identity cards of Bangladesh: 10 digits (smart card), 13 and 17 (older ones).
_IDENTITY_LENGTHS = frozenset({10, 13, 17})

Keep = Callable[[str], bool]


@dataclass(frozen=True, kw_only=True)
class ShownPoint:
    """A phone number or address as one reader may see it. ``href`` is "" when masked: there is nothing to call."""

    text: str
    href: str
    is_masked: bool


def may_see_private(reader: Any, token: ApiToken | None = None) -> bool:
    """Whether a member of staff sees private fields whole; with an API key, whether the key does, too.

    A key that may change records sees them, like a role that may. The product itself (no member of staff) sees all.
    """
    if not isinstance(reader, User):
        return True
    return reader.may(SEE) and (token is None or bool(({SEE} | CHANGES_RECORDS) & set(token.scopes)))


class Point(Protocol):
    """What a contact point is to a reader: a record, or a row of the search."""

    @property
    def kind(self) -> str: ...
    @property
    def value(self) -> str: ...


def shown_point(reader: Any, point: Point) -> ShownPoint:
    """A contact point for a page: whole with its link, or masked without one."""
    is_phone = point.kind == ContactKind.PHONE
    if may_see_private(reader):
        text = format_phone(point.value, bengali=current_reader().digits == "bengali") if is_phone else point.value
        return ShownPoint(text=text, href=f"{'tel' if is_phone else 'mailto'}:{point.value}", is_masked=False)
    return ShownPoint(text=mask_phone(point.value) if is_phone else mask_email(point.value), href="", is_masked=True)


def shown_address(reader: Any, address: Address | None) -> str:
    """Where somebody lives, known places in the reader's language; masked, only the district is left."""
    if address is None:
        return ""
    language = current_reader().language
    district = place_name(address.country, address.district_code, language) or address.district
    if not may_see_private(reader):
        return ", ".join(filter(None, [DOTS * 3, district]))
    upazila = place_name(address.country, address.upazila_code, language) or address.upazila
    parts = (address.line, address.landmark, upazila, district, address.post_code)
    return ", ".join(filter(None, [*parts, country_name(address.country, language)]))


def mask_phone(value: str) -> str:
    """``+8801100000678`` becomes ``011•••••678``; a number from abroad keeps its first two and last three digits."""
    digits = fold_digits(value)
    bare = re.sub(r"\D", "", digits)
    national = f"0{bare[3:]}" if bare.startswith("880") and len(bare) > 8 else bare
    first = 3 if national.startswith("0") else 2
    shown = f"{national[:first]}{DOTS * 5}{national[-3:]}"
    return to_bengali_digits(shown) if digits != value or current_reader().digits == "bengali" else shown


def mask_email(value: str) -> str:
    """``rahima@example.com`` becomes ``r•••@•••.com``."""
    name, _at, domain = value.rpartition("@")
    return f"{name[:1]}{DOTS * 3}@{DOTS * 3}.{domain.rpartition('.')[2]}"


def mask_text(text: str, *, keep: Keep | None = None, identities: bool = True) -> str:
    """Text with every phone number, e-mail address and (``identities``) identity number in it masked by its form.

    ``keep(folded)`` may spare a value: digits only for numbers, small letters for addresses. Dates, prices, IP
    addresses and our own numbers (K-1045) are no such numbers.
    """
    masked = _EMAIL.sub(lambda match: _email(match, keep), text)
    return _CANDIDATE.sub(lambda match: _number(match, keep, identities), masked)


def comparable(value: str) -> str:
    """A phone number or address in the form that ``keep`` gets: digits from the national 1 on, or small letters."""
    if "@" in value:
        return value.strip().lower()
    return re.sub(r"\D", "", fold_digits(value)).removeprefix("00").removeprefix("88").lstrip("0")


def keeper(values: Collection[str]) -> Keep:
    """A ``keep`` that spares these values, and the numbers and addresses inside them."""
    known = {comparable(value) for value in values if value}
    for value in values:
        known |= {comparable(match.group(0)) for shape in (_EMAIL, _CANDIDATE) for match in shape.finditer(value or "")}
    known.discard("")
    return lambda folded: folded in known


def _email(match: re.Match[str], keep: Keep | None) -> str:
    found = match.group(0)
    plain = found.replace("%40", "@").replace("&#64;", "@")
    if keep is not None and keep(plain.lower()):
        return found
    return f"{match.group('first')}{DOTS * 3}@{DOTS * 3}.{plain.rpartition('.')[2]}"


def _number(match: re.Match[str], keep: Keep | None, identities: bool) -> str:
    found, body = match.group(0), fold_digits(match.group("body"))
    digits = re.sub(r"\D", "", body)
    if not _is_private(bool(match.group("plus")), body, digits, identities):
        return found
    if keep is not None and keep(comparable(digits)):
        return found
    if _is_phone(bool(match.group("plus")), body, digits):
        national = digits.removeprefix("00")
        national = national[2:] if national.startswith("880") else national
        first = 3 if national.startswith("0") else 2
        shown = f"{national[:first]}{DOTS * 5}{national[-3:]}"
    else:
        shown = f"{DOTS * 5}{digits[-3:]}"
    return to_bengali_digits(shown) if body != match.group("body") else shown


def _is_private(has_plus: bool, body: str, digits: str, identities: bool) -> bool:
    if _is_phone(has_plus, body, digits):
        return True
    return identities and body.isdecimal() and len(digits) in _IDENTITY_LENGTHS


def _is_phone(has_plus: bool, body: str, digits: str) -> bool:
    if has_plus:
        return 8 <= len(digits) <= 15
    if _BD_MOBILE.fullmatch(digits):
        return True
    return not _DATE.match(body) and _LAND_LINE.fullmatch(body) is not None
