"""What a line of the evidence file says, in the reader's words. The line itself, and its hash, stay as taken in.

Records are kept as "column=value". Here each column gets its name, each code its label, each key the name of what it
points at. A text of another shape is said as it stands.
"""

import ast
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db.models import DateField, DateTimeField, DecimalField, Field, ForeignKey, JSONField, Model
from django.utils.functional import Promise
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from halkhata.desks.disputes.models import EvidenceItem
from halkhata.desks.disputes.registry import evidence_columns
from halkhata.desks.disputes.selectors.record_words import SAID_OF_SOURCE
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.templatetags.halkhata import digits, localdate, localdt, money, num
from halkhata.records.catalog.identifiers import label_of
from halkhata.records.catalog.models import Unit

_REF = re.compile(r"[A-Z]{1,3}-\d+")
_LINE = re.compile(r"(\w+)=(.*)", re.DOTALL)
# Columns that hold an amount of something, not of money.
_COUNTED = {"quantity"}


def with_words(lines: Sequence[EvidenceItem]) -> Sequence[EvidenceItem]:
    """Give each line ``said``, and ``is_said`` where that is not the text itself. One query for each kind of record
    that the lines point at, whatever their number.
    """
    read = [_columns_of(line) for line in lines]
    names = _Names(read)
    units = _units(lines)
    for line, record in zip(lines, read, strict=True):
        said: str | None
        if record is not None:
            said = "\n".join(f"{label}: {value}" for label, value in _pairs(*record, names)) or None
        elif line.origin.startswith("unit:"):
            said = _numbers_of(line, units)
        else:
            source = line.origin.partition(":")[0]
            say: Callable[[EvidenceItem], str | None] | None = SAID_OF_SOURCE.get(source)
            said = say(line) if say is not None else None
        line.said = line.text if said is None else said
        line.is_said = said is not None and said != line.text
    return lines


def label_of_column(model: type[Model], name: str) -> Any:
    """What a column is called; None for one that only the machine reads."""
    own = evidence_columns.find(f"{model._meta.label_lower}.{name}")
    found = own if own is not None else evidence_columns.find(name)
    if found is not None:
        return found or None
    words = model._meta.get_field(name)._verbose_name  # type: ignore[union-attr]
    return words if isinstance(words, Promise) else None


def _columns_of(line: EvidenceItem) -> tuple[type[Model], dict[str, str]] | None:
    label = line.origin.partition(":")[0]
    if "." not in label or not line.text:
        return None
    try:
        model = apps.get_model(label)
    except (LookupError, ValueError):
        return None
    known = {field.name for field in model._meta.concrete_fields}
    values: dict[str, str] = {}
    last = ""
    for text in line.text.split("\n"):
        found = _LINE.fullmatch(text)
        if found is not None and found[1] in known and found[1] not in values:
            last = found[1]
            values[last] = found[2]
        elif last:
            # A value of several lines goes on.
            values[last] += f"\n{text}"
    return (model, values) if values else None


def _pairs(model: type[Model], values: dict[str, str], names: "_Names") -> Iterator[tuple[str, str]]:
    for name, text in values.items():
        label = label_of_column(model, name)
        if label is None:
            continue
        said = _said(model._meta.get_field(name), text, values, names)
        if said:
            yield capfirst(str(label)), said


def _said(field: Any, text: str, values: dict[str, str], names: "_Names") -> str:
    if field.choices:
        return str(dict(field.flatchoices).get(text, text))
    if isinstance(field, ForeignKey):
        return names.of(field, text)
    try:
        return _shown(field, text, values)
    except (ValueError, SyntaxError, ArithmeticError):
        return text


def _shown(field: Field[Any, Any], text: str, values: dict[str, str]) -> str:
    if isinstance(field, DateTimeField):
        return str(localdt(datetime.fromisoformat(text), "short"))
    if isinstance(field, DateField):
        return str(localdate(date.fromisoformat(text), "short"))
    if isinstance(field, DecimalField):
        if field.name in _COUNTED or "currency" not in values:
            return str(num(Decimal(text.rstrip("0").rstrip(".") if "." in text else text)))
        return str(money(text, values["currency"]))
    if isinstance(field, JSONField):
        value = ast.literal_eval(text)
        if isinstance(value, dict):
            return str(digits(value.get("sentence", "")))
        return ", ".join(str(digits(one)) for one in value if isinstance(one, str))
    if text in {"True", "False"}:
        return _("Yes") if text == "True" else _("No")
    return str(num(text)) if text.isdecimal() and "Integer" in field.get_internal_type() else text


class _Names:
    """Names of what the records point at: one query for each kind."""

    def __init__(self, read: Iterable[tuple[type[Model], dict[str, str]] | None]) -> None:
        wanted: dict[type[Model], set[int]] = {}
        for record in read:
            if record is None:
                continue
            model, values = record
            for name, text in values.items():
                field = model._meta.get_field(name)
                if isinstance(field, ForeignKey) and text.isdecimal() and label_of_column(model, name) is not None:
                    wanted.setdefault(field.related_model, set()).add(int(text))
        self._found = {
            model: {pk: _name(row) for pk, row in model._base_manager.in_bulk(keys).items()}
            for model, keys in wanted.items()
        }

    def of(self, field: Any, text: str) -> str:
        """The name of what the key ``text`` points at; "" for what is gone."""
        return self._found.get(field.related_model, {}).get(int(text), "") if text.isdecimal() else ""


def _name(row: Model) -> str:
    number = str(getattr(row, "number", "") or "")
    if _REF.fullmatch(number):
        reader = current_reader()
        return format_ref(number, language=reader.language, digits=reader.digits)
    return str(getattr(row, "name", "") or number or row)


def _units(lines: Sequence[EvidenceItem]) -> dict[int, Unit]:
    keys = [line.origin.removeprefix("unit:") for line in lines if line.origin.startswith("unit:")]
    found = Unit.objects.select_related("product__kind").filter(pk__in=[int(key) for key in keys if key.isdecimal()])
    return {unit.pk: unit for unit in found} if keys else {}


def _numbers_of(line: EvidenceItem, units: dict[int, Unit]) -> str | None:
    key = line.origin.removeprefix("unit:")
    unit = units.get(int(key)) if key.isdecimal() else None
    if unit is None:
        return None
    labels = {str(entry["code"]): label_of(entry) for entry in unit.product.kind.identifiers}
    said = []
    for text in line.text.split("\n"):
        code, is_pair, value = text.partition("=")
        # The numbers as they stand on the unit: whoever compares reads the same digits.
        said.append(f"{labels.get(code, code)}: {value}" if is_pair else text)
    return "\n".join(said)
