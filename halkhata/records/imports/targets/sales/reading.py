"""A row of a file as a sale. No database."""

import hashlib
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from halkhata.foundation.core.text import clean_text, fold_digits, search_key
from halkhata.records.catalog.fields import read_amount
from halkhata.records.catalog.identifiers import LONGEST, clean_batch, fold_identifier
from halkhata.records.imports.choices import IssueKind
from halkhata.records.imports.registry import Issue, ReadRow
from halkhata.records.imports.targets.customers.reading import read_customer
from halkhata.records.imports.targets.sales.columns import PREFIX

MODEL = "catalog.purchase"
_DAYS = ("%Y-%m-%d", "%d/%m/%Y", "%d-%m-%Y", "%d.%m.%Y", "%d/%m/%y", "%d-%m-%y", "%d %b %Y", "%d %B %Y", "%d-%b-%Y")


@dataclass(slots=True)
class SaleLine:
    """What a row says about a sale. ``person`` is the same row read as a customer."""

    person: ReadRow
    product: str = ""
    identifiers: dict[str, str] = field(default_factory=dict)
    bought_on: date | None = None
    price: Decimal | None = None
    discount: Decimal = Decimal(0)
    quantity: int = 1
    memo: str = ""
    branch: str = ""
    batch: str = ""
    # Stands for the sale: the same row of a second file is the same sale.
    digest: str = ""


def read_sale(number: int, values: dict[str, list[str]], *, region: str) -> ReadRow:
    """Read one row; what cannot be read makes it a bad one."""
    row = ReadRow(number)
    person = read_customer(
        number, {code: values[code] for code in ("name", "phone") if code in values}, region=region, system="import"
    )
    line = SaleLine(person=person)
    row.issues += person.issues
    line.product = clean_text(" ".join(values.get("product", ())), max_length=200)
    if not line.product:
        row.issues.append(Issue(IssueKind.BAD, "no_product", "product"))
    for code, cells in values.items():
        if not code.startswith(PREFIX):
            continue
        typed = clean_text(" ".join(cells))
        if len(typed) > LONGEST:
            row.issues.append(Issue(IssueKind.BAD, "too_long", code, {"most": LONGEST}))
        elif fold_identifier(typed):
            line.identifiers[code.removeprefix(PREFIX)] = typed
    line.bought_on = _day(row, values.get("date", ()))
    line.price = _amount(row, "price", values.get("price", ()))
    line.discount = _amount(row, "discount", values.get("discount", ())) or Decimal(0)
    line.quantity = _whole(row, values.get("quantity", ()))
    line.memo = clean_text(" ".join(values.get("memo", ())), max_length=40)
    line.batch = clean_batch(" ".join(values.get("batch", ()))) or ""
    line.branch = search_key(" ".join(values.get("branch", ())))
    if any(issue.kind == IssueKind.BAD for issue in row.issues):
        return row
    row.record = line
    line.digest = _digest(line)
    row.keys = tuple(f"unit:{search_key(line.product)}:{fold_identifier(one)}" for one in line.identifiers.values())
    row.line_hash = int.from_bytes(bytes.fromhex(line.digest)[:8], "big", signed=True)
    return row


def _day(row: ReadRow, cells: Any) -> date | None:
    typed = fold_digits(clean_text(" ".join(cells)))
    if not typed:
        return None
    # A workbook gives days with a time of day behind them.
    for text in (typed, typed[:10]):
        for style in _DAYS:
            try:
                return datetime.strptime(text, style).date()
            except ValueError:
                continue
    row.issues.append(Issue(IssueKind.BAD, "not_a_day", "date"))
    return None


def _amount(row: ReadRow, code: str, cells: Any) -> Decimal | None:
    typed = clean_text(" ".join(cells))
    if not typed:
        return None
    try:
        return read_amount(typed)
    except ValueError:
        row.issues.append(Issue(IssueKind.BAD, "not_an_amount", code))
        return None


def _whole(row: ReadRow, cells: Any) -> int:
    typed = fold_digits(clean_text(" ".join(cells))).removesuffix(".0")
    if not typed:
        return 1
    if typed.isascii() and typed.isdigit() and int(typed[:9]) >= 1 and len(typed) < 7:
        return int(typed)
    row.issues.append(Issue(IssueKind.BAD, "not_a_count", "quantity"))
    return 1


def _digest(line: SaleLine) -> str:
    person = line.person.record
    who = [contact.value for contact in person.contacts] or [search_key(person.name_bn), search_key(person.name_en)]
    numbers = [f"{code}={fold_identifier(one)}" for code, one in sorted(line.identifiers.items())]
    rest = (search_key(line.product), str(line.bought_on), str(line.price), str(line.quantity), search_key(line.memo))
    return hashlib.blake2b("\n".join([*who, *numbers, *rest]).encode(), digest_size=16).hexdigest()
