"""Many registrations at once: a list pasted from a dealer's sheet, one line each (A53.2)."""

from dataclasses import dataclass
from datetime import date, datetime

from django.utils.translation import gettext as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Product
from halkhata.records.warranty.choices import Channel
from halkhata.records.warranty.policies import require
from halkhata.records.warranty.services.registering import note_registration

MOST_LINES = 500
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y")


@dataclass(frozen=True, kw_only=True)
class BulkResult:
    """How many were written down, and what is wrong with the others: line number, the line, the reason."""

    noted: int
    problems: tuple[tuple[int, str, str], ...]


def register_list(*, actor: User, text: str, product: Product | None, sold_by: str = "") -> BulkResult:
    """Write each good line down, unverified: serial; date; phone; name; number of the bill.

    Parted by semicolon, tab or comma. The same list twice writes nothing twice: a line is known by its serial, day and
    phone. Raises PermissionRefused, DomainError ``too_many_lines``.
    """
    require(actor, "warranty.register")
    lines = [line for line in clean_text(text, multiline=True).split("\n") if line.strip()]
    if len(lines) > MOST_LINES:
        raise DomainError("too_many_lines", _("At most 500 lines at once, please."), field="lines")
    noted, problems = 0, []
    for place, line in enumerate(lines, start=1):
        mark = next((mark for mark in (";", "\t", ",") if mark in line), ";")
        cells = [clean_text(cell) for cell in line.split(mark)] + [""] * 5
        serial, day, phone, name, bill = cells[:5]
        try:
            note_registration(
                actor=actor, serial=serial, bought_on=_day(day), channel=Channel.BULK, branch=actor.branch,
                phone=phone, person_name=name, invoice_no=bill, product=product, sold_by=sold_by,
                key=f"list:{fold_identifier(serial)[:30]}:{fold_digits(day)[:10]}:{fold_digits(phone)[:16]}"[:64],
            )  # fmt: skip
            noted += 1
        except DomainError as error:
            problems.append((place, line[:80], str(error.message)))
    return BulkResult(noted=noted, problems=tuple(problems))


def _day(typed: str) -> date:
    for form in _DAYS:
        try:
            return datetime.strptime(fold_digits(typed), form).date()
        except ValueError:
            continue
    raise DomainError("no_day", _("Write the day like 2026-03-12 or 12/03/2026."), field="lines")
