"""The shop's own fields as lines of the merge: of two values the chosen one is the survivor's.

Where only one of the two has a value it moves like any row, and of a field of several options both keep all of them.
"""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from halkhata.foundation.fields.choices import FieldKind
from halkhata.foundation.fields.kinds import shown, value_of
from halkhata.foundation.fields.rows import COLUMNS
from halkhata.foundation.fields.selectors.schema import CustomField, schema_of
from halkhata.records.customers.models import Customer, CustomerMerge
from halkhata.records.customers.models_fields import CustomerValue
from halkhata.records.customers.registry import MergeField

TARGET = "customer"
_TYPED = ("text", *COLUMNS)


def own_merge_fields() -> Mapping[str, MergeField]:
    """A line for each field that holds one value. Fields out of use are asked about no more, but are given back."""
    return {
        f"own.{one.code}": MergeField(
            label=one.label, read=_reader(one), take=_taker(one), give_back=give_value_back, order=50
        )
        for one in schema_of(TARGET).fields
        if one.kind != FieldKind.SEVERAL
    }


def _reader(field: CustomField) -> Any:
    def read(customer: Customer) -> str:
        row = _row(field, customer) if field.is_active else None
        return "" if row is None else shown(field.kind, value_of(field.kind, [row]), options=field.options)

    return read


def _taker(field: CustomField) -> Any:
    def take(*, survivor: Customer, merged: Customer) -> Any:
        """The survivor's row gets the other's value; the other's row stays with the alias."""
        mine, theirs = _row(field, survivor), _row(field, merged)
        if mine is None or theirs is None:
            return None
        kept = {"row": mine.pk, "before": _plain(mine), "after": _plain(theirs)}
        CustomerValue.objects.filter(pk=mine.pk).update(**{name: getattr(theirs, name) for name in _TYPED})
        return kept

    return take


def give_value_back(*, survivor: Customer, merged: Customer, kept: Any) -> None:
    """The row has its former value again, unless somebody has changed it since.

    Was it a later merge that changed it, then that one will give back what was there before both.
    """
    row = CustomerValue.objects.filter(pk=kept["row"]).first() if kept else None
    if row is None:
        return
    if _plain(row) == kept["after"]:
        CustomerValue.objects.filter(pk=row.pk).update(**_typed(kept["before"]))
        return
    for later in CustomerMerge.objects.filter(undone_at__isnull=True, survivor_id=row.record_id).order_by("id"):
        for entry in later.kept.values():
            if isinstance(entry, dict) and entry.get("row") == row.pk and entry["before"] == kept["after"]:
                entry["before"] = kept["before"]
                later.save(update_fields=["kept"])
                return


def _row(field: CustomField, customer: Customer) -> CustomerValue | None:
    """The customer's row; all of them are read once for each customer in hand, which is held while it is merged."""
    if not hasattr(customer, "own_rows_at_hand"):
        rows = {row.field_id: row for row in CustomerValue.objects.filter(record=customer)}
        customer.own_rows_at_hand = rows  # type: ignore[attr-defined]
    return customer.own_rows_at_hand.get(field.pk)  # type: ignore[attr-defined]


def _plain(row: CustomerValue) -> dict[str, Any]:
    """The typed columns as JSON types."""
    values = {name: getattr(row, name) for name in _TYPED}
    return {name: str(value) if isinstance(value, (Decimal, date)) else value for name, value in values.items()}


def _typed(plain: Mapping[str, Any]) -> dict[str, Any]:
    number, day = plain["number"], plain["date"]
    return {
        **plain,
        "number": None if number is None else Decimal(number),
        "date": None if day is None else date.fromisoformat(day),
    }
