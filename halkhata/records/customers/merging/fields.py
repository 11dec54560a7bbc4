"""Which value the survivor has in the end, field by field (A56.6)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import MergeField, merge_field_sources, merge_fields
from halkhata.records.customers.services.customers import CHANGEABLE

SURVIVOR, MERGED, BOTH = "survivor", "merged", "both"
NOTE = "note"
"""The one column of which both values can be kept."""

# How a page names the columns; a column that is not here is called as the model calls it.
_LABELS: dict[str, Any] = {
    "name_bn": _("Name in Bengali"),
    "name_en": _("Name in English"),
    "honorific": _("Title"),
    "language": _("Language"),
    "preferred_channel": _("Preferred channel"),
    "preferred_hours": _("Preferred hours"),
    "organization": _("Organization"),
    "organization_role": _("Role there"),
    "branch": _("Branch"),
    "home_team": _("Team"),
    "note": _("Note"),
}


@dataclass(frozen=True, slots=True)
class FieldChoice:
    """One line of the preview: what both have, and what is taken unless somebody chooses otherwise."""

    name: str
    label: Any
    mine: str
    theirs: str
    default: str
    # Only where both have something, and not the same, there is something to choose.
    is_open: bool
    may_keep_both: bool = False


def merge_lines() -> list[tuple[str, MergeField]]:
    """What apps and the shop's own fields add to the columns, in order: (code, line)."""
    lines = dict(merge_fields.items())
    for source in merge_field_sources:
        lines.update(source())
    return sorted(lines.items(), key=lambda entry: (entry[1].order, entry[0]))


def choices_for(survivor: Customer, merged: Customer) -> list[FieldChoice]:
    """Every field of which at least one of the two has a value."""
    lines = []
    for name in CHANGEABLE:
        mine, theirs = _shown(survivor, name), _shown(merged, name)
        if mine or theirs:
            lines.append(_line(name, _label(name), mine, theirs, may_keep_both=name == NOTE))
    for code, field in merge_lines():
        mine, theirs = field.read(survivor), field.read(merged)
        if mine or theirs:
            lines.append(_line(f"more.{code}", field.label, mine, theirs))
    return lines


def read_choices(chosen: Mapping[str, str]) -> dict[str, str]:
    """The choices, checked. Raises DomainError ``unknown_choice`` with the field."""
    known = {*CHANGEABLE, *(f"more.{code}" for code, _field in merge_lines())}
    for name, side in chosen.items():
        allowed = {SURVIVOR, MERGED, BOTH} if name == NOTE else {SURVIVOR, MERGED}
        if name not in known or side not in allowed:
            raise DomainError("unknown_choice", _("Choose one of the list."), field=name)
    return dict(chosen)


def take_columns(survivor: Customer, merged: Customer, chosen: Mapping[str, str]) -> dict[str, list[Any]]:
    """Set the survivor's columns as chosen (not saved). Returns what changed: {name: [before, after]} in JSON types."""
    changed: dict[str, list[Any]] = {}
    for name in CHANGEABLE:
        attribute = Customer._meta.get_field(name).attname  # type: ignore[union-attr]
        mine, theirs = getattr(survivor, attribute), getattr(merged, attribute)
        side = chosen.get(name) or (SURVIVOR if mine not in ("", None) else MERGED)
        value = theirs if side == MERGED else mine
        if side == BOTH:
            value = "\n\n".join(dict.fromkeys(part for part in (mine, theirs) if part))
        if value != mine:
            setattr(survivor, attribute, value)
            changed[name] = [mine, value]
    if survivor.name_bn == survivor.name_en == "" and (merged.name_bn or merged.name_en):
        # Chosen away on both lines: somebody without any name would be worse than a name too many.
        for name in ("name_bn", "name_en"):
            setattr(survivor, name, getattr(merged, name))
            changed[name] = ["", getattr(merged, name)]
    if merged.created_at < survivor.created_at:
        # Known since the earlier of the two.
        changed["created_at"] = [survivor.created_at.isoformat(), merged.created_at.isoformat()]
        survivor.created_at = merged.created_at
    return changed


def give_columns_back(survivor: Customer, changed: Mapping[str, list[Any]]) -> list[str]:
    """Set back (not saved) what the merge changed and nobody has changed since. Returns the names of those columns."""
    names = []
    for name, (before, after) in changed.items():
        field = Customer._meta.get_field(name)
        attribute = field.attname  # type: ignore[union-attr]
        now_there = getattr(survivor, attribute)
        if _plain(now_there) != after:
            continue  # somebody's later word
        if isinstance(field, models.ForeignKey) and before is not None:
            related: Any = field.related_model
            if not related._base_manager.filter(pk=before).exists():
                before = None  # gone meanwhile
        setattr(survivor, attribute, parse_datetime(before) if name == "created_at" else before)
        names.append(name)
    return names


def _line(name: str, label: Any, mine: str, theirs: str, *, may_keep_both: bool = False) -> FieldChoice:
    is_open = bool(mine and theirs) and mine != theirs
    return FieldChoice(name, label, mine, theirs, SURVIVOR if mine else MERGED, is_open, may_keep_both and is_open)


def _label(name: str) -> Any:
    return _LABELS.get(name) or getattr(Customer._meta.get_field(name), "verbose_name", name)


def _shown(customer: Customer, name: str) -> str:
    field = Customer._meta.get_field(name)
    if getattr(field, "choices", None):
        return str(getattr(customer, f"get_{name}_display")()) if getattr(customer, name) else ""
    value = getattr(customer, name)
    return "" if value is None else str(value)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
