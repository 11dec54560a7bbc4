"""The value of each field that a company may ask for or want as a column of its sheet."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from halkhata.desks.claims.choices import FieldCode, LineKind, Stage
from halkhata.desks.claims.models import Claim, ClaimFile, ClaimLine, OldPart
from halkhata.records.catalog.days import day_of
from halkhata.records.catalog.selectors.products import label_of_product


@dataclass(frozen=True)
class Facts:
    """The rows that hang on a claim."""

    lines: Sequence[ClaimLine]
    files: Sequence[ClaimFile]
    parts: Sequence[OldPart]
    numbers: Sequence[str]

    @classmethod
    def of(cls, claim: Claim) -> "Facts":
        """Those of one claim: four queries, none for what was fetched before."""
        numbers = [one.value for one in claim.unit.identifiers.all()] if claim.unit is not None else []
        return cls(list(claim.lines.all()), list(claim.files.all()), list(claim.old_parts.all()), numbers)


def value_of(claim: Claim, code: str, facts: Facts) -> Any:
    """Text, day, number or amount; "" or None for what is not there."""
    if code in _COLUMNS:
        return getattr(claim, _COLUMNS[code])
    return _READ[FieldCode(code)](claim, facts)


_COLUMNS: dict[str, str] = {
    FieldCode.NUMBER: "number", FieldCode.COMPANY_NUMBER: "company_number", FieldCode.FAILED_ON: "failed_on",
    FieldCode.REPAIRED_ON: "repaired_on", FieldCode.READING: "reading", FieldCode.CAUSE_CODE: "cause_code",
    FieldCode.DESCRIPTION: "description", FieldCode.CLAIMED: "claimed_amount", FieldCode.CREDITED: "credited_amount",
}  # fmt: skip


def _joined(values: Any) -> str:
    return ", ".join(dict.fromkeys(str(value) for value in values if value))


def _hours(_claim: Claim, facts: Facts) -> Decimal | None:
    hours = [line.quantity for line in facts.lines if line.kind == LineKind.LABOUR]
    return sum(hours, Decimal(0)) if hours else None


def _serials(claim: Claim, facts: Facts, name: str) -> str:
    return _joined([getattr(claim, name), *(getattr(line, name) for line in facts.lines)])


_READ: dict[FieldCode, Any] = {
    FieldCode.BRAND: lambda claim, _facts: claim.brand.name,
    FieldCode.PRODUCT: lambda claim, _facts: label_of_product(claim.unit.product) if claim.unit else claim.subject,
    FieldCode.SERIAL: lambda _claim, facts: _joined(facts.numbers),
    FieldCode.SOLD_ON: lambda claim, _facts: claim.unit.sold_on if claim.unit else None,
    FieldCode.DEFECT_CODE: lambda claim, facts: _joined([claim.defect_code, *(one.fault_code for one in facts.lines)]),
    FieldCode.JOB_NUMBER: lambda claim, _facts: claim.about.number if claim.about else "",
    FieldCode.FAULTY_SERIAL: lambda claim, facts: _serials(claim, facts, "faulty_serial"),
    FieldCode.REPLACEMENT_SERIAL: lambda claim, facts: _serials(claim, facts, "replacement_serial"),
    FieldCode.PART_CODES: lambda _claim, facts: _joined(one.code for one in facts.lines if one.kind == LineKind.PART),
    FieldCode.LABOUR_CODES: lambda _claim, facts: _joined(
        one.code for one in facts.lines if one.kind == LineKind.LABOUR
    ),
    FieldCode.LABOUR_HOURS: _hours,
    FieldCode.OLD_PART_TAG: lambda claim, facts: _joined(f"{claim.number}/{one.place}" for one in facts.parts),
    FieldCode.BRANCH: lambda claim, _facts: claim.branch.name,
    FieldCode.SUBMITTED_ON: lambda claim, _facts: day_of(claim.submitted_at) if claim.submitted_at else None,
    FieldCode.APPROVED: lambda claim, _facts: claim.approved_amount if claim.decided_at else None,
    FieldCode.STATE: lambda claim, _facts: str(Stage(claim.stage).label),
}


def cell(value: Any) -> Any:
    """The value for a sheet: days and times in ISO, amounts as text with two places, whole numbers as numbers."""
    if value is None:
        return ""
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return value
