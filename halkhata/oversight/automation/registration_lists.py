"""Warranty registrations from the Excel or CSV list of a dealer: each line waits to be checked, like every other one
(A53.2). Import and warranty know nothing of each other; here they meet.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.text import clean_text, fold_digits, search_key
from halkhata.records.catalog.days import EARLIEST, today
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Product
from halkhata.records.catalog.selectors.products import label_of_product, offered_products
from halkhata.records.imports.choices import IssueKind, Outcome
from halkhata.records.imports.models import ImportedRow, ImportRun
from halkhata.records.imports.registry import ImportColumn, ImportTarget, Issue, ReadRow, Verdict, Written
from halkhata.records.imports.targets.sales.columns import WORDS, sale_columns
from halkhata.records.warranty.choices import Channel
from halkhata.records.warranty.models import Registration
from halkhata.records.warranty.services.registering import note_registration
from halkhata.records.warranty.services.taking_back import take_back_registrations

MODEL = "warranty.registration"
RIGHT = "warranty.register"
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y")
_LONGEST = 64


@dataclass(slots=True, kw_only=True)
class RegistrationLine:
    """What a row says: which number, bought when, by whom, of whom."""

    serial: str
    bought_on: date
    phone: str
    name: str
    product: str
    sold_by: str
    bill: str

    @property
    def key(self) -> str:
        """The same line of a second file is the same registration."""
        said = "\n".join((fold_identifier(self.serial), self.bought_on.isoformat(), self.phone))
        return "file:" + hashlib.blake2b(said.encode(), digest_size=16).hexdigest()


def registration_columns() -> list[ImportColumn]:
    """In the order in which the mapping page offers them; the words are those of sales."""
    known = {column.code: column for column in sale_columns()}
    numbers = ("serial", "chassis", "imei1", "outdoor", "inverter", "panel", "battery")
    return [
        ImportColumn(
            code="serial", label=_("Serial number, IMEI or chassis number"), is_text=False,
            words=tuple(dict.fromkeys(word for code in numbers for word in WORDS[code])),
        ),
        ImportColumn(code="date", label=_("Bought on"), is_text=False, words=known["date"].words),
        ImportColumn(code="phone", label=_("Phone"), is_text=False, words=known["phone"].words),
        ImportColumn(code="name", label=_("Customer"), words=known["name"].words),
        ImportColumn(code="product", label=_("Product"), words=known["product"].words),
        ImportColumn(code="bill", label=_("Number of the bill"), is_text=False, words=known["memo"].words),
        ImportColumn(
            code="sold_by", label=_("Sold by"),
            words=("Dealer", "Dealer name", "Shop", "Shop name", "Retailer", "Sold by", "ডিলার", "ডিলারের নাম", "দোকান",
                   "দোকানের নাম", "বিক্রেতা"),
        ),
    ]  # fmt: skip


class RegistrationWork:
    """One list at work."""

    def __init__(self, run: ImportRun, actor: Any) -> None:
        if isinstance(actor, User) and not actor.may(RIGHT):
            raise PermissionRefused("may_not_import", _("You may not register warranties."))
        self.run, self.actor = run, actor
        self._products: dict[str, Product | None] | None = None

    @property
    def products(self) -> dict[str, Product | None]:
        """What a row may call a product -> the product; None where several are called so."""
        if self._products is None:
            self._products = {}
            for one in offered_products():
                names = {label_of_product(one), one.name_bn, one.name_en, one.model_code}
                for key in {search_key(name) for name in names if name}:
                    self._products[key] = None if key in self._products else one
        return self._products

    def read(self, number: int, values: dict[str, list[str]]) -> ReadRow:
        """Understand one row. No database."""
        row = ReadRow(number)
        said = {code: clean_text(" ".join(cells)) for code, cells in values.items()}
        serial, day = said.get("serial", ""), _day(said.get("date", ""))
        if not fold_identifier(serial):
            row.issues.append(Issue(IssueKind.BAD, "no_serial", "serial"))
        elif len(serial) > _LONGEST:
            row.issues.append(Issue(IssueKind.BAD, "too_long", "serial", {"most": _LONGEST}))
        if day is None:
            row.issues.append(Issue(IssueKind.BAD, "not_a_day", "date"))
        phone = ""
        if said.get("phone"):
            try:
                phone = parse_phone(said["phone"], region=self.run.branch.country).e164
            except DomainError as error:
                row.issues.append(Issue(IssueKind.BAD, f"phone_{error.code}", "phone"))
        if row.issues or day is None:
            return row
        row.record = RegistrationLine(
            serial=serial, bought_on=day, phone=phone, name=said.get("name", ""), product=said.get("product", ""),
            sold_by=said.get("sold_by", ""), bill=said.get("bill", ""),
        )  # fmt: skip
        row.keys = (row.record.key,)
        row.line_hash = int.from_bytes(bytes.fromhex(row.record.key.removeprefix("file:"))[:8], "big", signed=True)
        return row

    def judge(self, rows: Sequence[ReadRow]) -> list[Verdict]:
        """Which are written down already, and whose day cannot be."""
        keys = [row.record.key for row in rows]
        known = dict(Registration.objects.filter(key__in=keys).values_list("key", "pk"))
        return [Verdict(row, known.get(row.record.key), self._issue(row.record)) for row in rows]

    def _issue(self, line: RegistrationLine) -> Issue | None:
        if not EARLIEST <= line.bought_on <= today():
            return Issue(IssueKind.CONFLICT, "in_future" if line.bought_on > today() else "long_ago", "date")
        if line.product and search_key(line.product) in self.products and self._product(line) is None:
            return Issue(IssueKind.CONFLICT, "several_products", "product")
        return None

    def _product(self, line: RegistrationLine) -> Product | None:
        # A product that is not ours stays as its words: whoever checks the papers chooses.
        return self.products.get(search_key(line.product)) if line.product else None

    def write(self, verdicts: Sequence[Verdict]) -> list[Written]:
        """Write them down, unverified."""
        written = []
        for verdict in verdicts:
            if verdict.record_id is not None:
                written.append(Written(verdict.row.number, MODEL, verdict.record_id, None))
                continue
            line: RegistrationLine = verdict.row.record
            made = note_registration(
                actor=self.actor, serial=line.serial, bought_on=line.bought_on, channel=Channel.BULK,
                branch=self.run.branch, phone=line.phone, person_name=line.name, product=self._product(line),
                product_text=line.product, sold_by=line.sold_by, invoice_no=line.bill, key=line.key,
            )  # fmt: skip
            written.append(Written(verdict.row.number, MODEL, made.pk, Outcome.CREATED, verdict.row.line_hash))
        return written

    def undo(self, written: Sequence[ImportedRow]) -> dict[int, str]:
        """Take back those that nobody has looked at."""
        left = take_back_registrations(actor=self.actor, ids=[row.record_id for row in written])
        return {row.pk: left[row.record_id] for row in written if row.record_id in left}


def open_registrations(run: ImportRun, actor: Any) -> RegistrationWork:
    """The work for this import. Raises PermissionRefused."""
    return RegistrationWork(run, actor)


TARGET = ImportTarget(
    label=_("Warranty registrations of a dealer"), columns=registration_columns, open=open_registrations,
    list_url_name="warranty:registrations", permission=RIGHT,
)  # fmt: skip


def _day(typed: str) -> date | None:
    text = fold_digits(typed)
    # A workbook gives days with a time of day behind them.
    for one in (text, text[:10]):
        for style in _DAYS:
            try:
                return datetime.strptime(one, style).date()
            except ValueError:
                continue
    return None
