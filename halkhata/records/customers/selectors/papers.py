"""Identity papers as marks of doubles: recognised by a keyed hash, so that no number leaves its field (US-55)."""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from halkhata.foundation.core.secret_box import keyed_hash
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.foundation.fields.selectors.schema import schema_of
from halkhata.records.customers.models import CustomerValue

TARGET = "customer"
PURPOSE = "identity papers"
# Shorter, or without a digit, is no number of a paper: "none", "n/a", "0".
SHORTEST = 5
_NOT_IN_A_NUMBER = re.compile(r"[\W_]+")


def mark_of(field_id: int, number: str) -> str:
    """The mark of a paper's number in this field, "" for what is none. Spaces, dashes, digits of either script and
    capitals make no difference."""
    folded = _NOT_IN_A_NUMBER.sub("", fold_digits(clean_text(number)).upper())
    if len(folded) < SHORTEST or not any(sign.isdigit() for sign in folded):
        return ""
    return keyed_hash(f"{field_id}:{folded}", purpose=PURPOSE)


def has_papers() -> bool:
    """Whether the shop keeps numbers of papers at all: most ask for none, and then nobody need look for marks."""
    return any(one.is_identity for one in schema_of(TARGET).active)


def papers_of(ids: Collection[int]) -> dict[int, set[str]]:
    """The marks of these customers, from what is filled in now: one statement."""
    rows = CustomerValue.objects.filter(record_id__in=ids, field__is_identity=True, field__is_active=True)
    found: dict[int, set[str]] = {}
    for holder, field, text in rows.order_by().values_list("record_id", "field_id", "text"):
        mark = mark_of(field, text)
        if mark:
            found.setdefault(holder, set()).add(mark)
    return found


def marks_typed(values: Mapping[str, Any]) -> Iterable[str]:
    """The marks of what a form holds: by code of the field."""
    if not any(values.values()):
        return []
    fields = [one for one in schema_of(TARGET).active if one.is_identity and isinstance(values.get(one.code), str)]
    return [mark for one in fields if (mark := mark_of(one.pk, values[one.code]))]
