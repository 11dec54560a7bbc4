"""The shop's own fields as columns of the import (A56.13): read like any cell, kept in their typed table."""

from collections.abc import Collection, Sequence
from typing import Any

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.fields.kinds import columns_of, read_value
from halkhata.foundation.fields.selectors.schema import CustomField
from halkhata.foundation.fields.selectors.values import definitions_for
from halkhata.foundation.fields.services.values import fill_in
from halkhata.records.customers.models import Customer
from halkhata.records.customers.models_fields import CustomerValue
from halkhata.records.imports.choices import IssueKind
from halkhata.records.imports.registry import ImportColumn, Issue

TARGET = "customer"
PREFIX = "own:"


def own_columns() -> list[ImportColumn]:
    """One column for each field in use."""
    return [
        ImportColumn(code=f"{PREFIX}{one.code}", label=one.label, words=(one.name_bn, one.name_en, one.code))
        for one in definitions_for(TARGET)
    ]


def own_fields() -> dict[str, CustomField]:
    """The fields in use by the code of their column."""
    return {f"{PREFIX}{one.code}": one for one in definitions_for(TARGET)}


def read_own(values: dict[str, list[str]], fields: dict[str, CustomField], issues: list[Issue]) -> dict[str, Any]:
    """What the row says of them, as typed, by code; what cannot be read becomes an issue."""
    typed: dict[str, Any] = {}
    for column in fields.keys() & values.keys():
        one, text = fields[column], ", ".join(values[column])
        try:
            if read_value(one.kind, text, options=one.options) is not None:
                typed[one.code] = text
        except DomainError as error:
            issues.append(Issue(IssueKind.BAD, f"own_{error.code}", column))
    return typed


def insert_own(rows: Sequence[tuple[int, dict[str, Any]]], fields: dict[str, CustomField]) -> None:
    """Write the values of customers who are new: (id, code -> as typed)."""
    by_code = {one.code: one for one in fields.values()}
    CustomerValue.objects.bulk_create(
        CustomerValue(record_id=pk, field_id=one.pk, **columns)
        for pk, typed in rows
        for code, text in typed.items()
        for one in [by_code[code]]
        for columns in columns_of(one.kind, read_value(one.kind, text, options=one.options))
    )


def complete_own(actor: Any, customer: Customer, typed: dict[str, Any], known: dict[str, Any], over: bool) -> list[str]:
    """Fill in what is missing (with ``over`` also what is there). Returns the codes that changed."""
    wanted = {code: text for code, text in typed.items() if over or known.get(code) is None}
    if not wanted:
        return []
    return fill_in(actor=actor, target=TARGET, record=customer, values=wanted, check=False, tell=False)


def restore_own(actor: Any, customer: Customer, before: dict[str, Any]) -> None:
    """Put back what stood there: code -> plain value or None."""
    known = {one.code for one in definitions_for(TARGET)}
    values = {code: value for code, value in before.items() if code in known}
    if values:
        fill_in(actor=actor, target=TARGET, record=customer, values=values, check=False, tell=False)


def delete_own(ids: Collection[int]) -> None:
    """Remove the values of customers who are taken back."""
    CustomerValue.objects.filter(record_id__in=ids).delete()
