"""What a shop has set up for one target: fields, options, layouts, rules, tags. Kept by each process, told by a stamp.

One small statement asks whether what is kept is still true; only after a change all of it is read anew.
"""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

from django.db import connection, transaction
from django.db.models import Prefetch, Subquery

from halkhata.foundation.accounts.models import in_reader_language
from halkhata.foundation.core.bengali_order import sort_key
from halkhata.foundation.fields.choices import FieldKind, PlaceMode
from halkhata.foundation.fields.conditions.tree import ConditionField
from halkhata.foundation.fields.models import (
    FieldDefinition,
    FieldOption,
    LayoutPlace,
    SchemaStamp,
    Tag,
    ValidationRule,
)
from halkhata.foundation.fields.registry import BUILT_IN, BuiltInField, FieldTarget, target_called


@dataclass(frozen=True, kw_only=True, slots=True)
class Option:
    """One entry of a list."""

    code: str
    name_bn: str
    name_en: str
    is_active: bool = True

    @property
    def name(self) -> str:
        """In the reader's language."""
        return in_reader_language(self.name_bn, self.name_en)


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomField:
    """One field of the shop's own, as it is used: no model, so that a process may keep it."""

    pk: int
    target: str
    code: str
    name_bn: str
    name_en: str
    kind: str
    help_bn: str = ""
    help_en: str = ""
    position: int = 100
    is_private: bool = False
    is_identity: bool = False
    is_filter: bool = False
    is_active: bool = True
    options: tuple[Option, ...] = ()

    @property
    def label(self) -> str:
        """The name in the reader's language."""
        return in_reader_language(self.name_bn, self.name_en)

    @property
    def help(self) -> str:
        """The help in the reader's language."""
        return in_reader_language(self.help_bn, self.help_en)

    @property
    def kind_label(self) -> str:
        """What it holds, in the reader's language."""
        return str(FieldKind(self.kind).label)

    def as_condition(self) -> ConditionField:
        """As conditions name it."""
        choices = tuple((option.code, option.name) for option in self.options)
        return ConditionField(code=self.code, label=self.label, kind=self.kind, choices=choices)


@dataclass(frozen=True, kw_only=True, slots=True)
class Rule:
    """A validation rule as it is used."""

    pk: int
    name_bn: str
    name_en: str
    conditions: Mapping[str, Any]
    severity: str
    at_field: str

    @property
    def sentence(self) -> str:
        """In the reader's language."""
        return in_reader_language(self.name_bn, self.name_en)


@dataclass(frozen=True, kw_only=True, slots=True)
class ShownTag:
    """A tag as it is used."""

    pk: int
    name: str
    key: str
    tone: str
    is_active: bool


@dataclass(frozen=True, kw_only=True)
class Place:
    """How one role meets one field."""

    mode: str = PlaceMode.SHOWN.value
    position: int = 100


@dataclass(frozen=True, kw_only=True)
class Schema:
    """Everything set up for one target."""

    target: str
    fields: tuple[CustomField, ...] = ()
    places: Mapping[tuple[int | None, str], Place] = field(default_factory=dict)
    rules: tuple[Rule, ...] = ()
    tags: tuple[ShownTag, ...] = ()

    @property
    def active(self) -> tuple[CustomField, ...]:
        """The fields in use."""
        return tuple(one for one in self.fields if one.is_active)

    def field(self, code: str) -> CustomField | None:
        """The field of this code, in use or not."""
        return next((one for one in self.fields if one.code == code), None)

    def has_layout(self, role_id: int | None) -> bool:
        """Whether somebody made a layout for this role."""
        return any(owner == role_id for owner, _code in self.places)

    def place(self, user: Any, code: str) -> Place | None:
        """What the layout of the user's role says of a field; the common one's where the role has none of its own."""
        role_id = getattr(user, "role_id", None)
        owner = role_id if role_id is not None and self.has_layout(role_id) else None
        return self.places.get((owner, code))

    def mode(self, user: Any, code: str) -> str:
        """One of PlaceMode."""
        place = self.place(user, code)
        return place.mode if place else PlaceMode.SHOWN.value

    def shown_to(self, user: Any) -> list[CustomField]:
        """The fields in use that the user's layout shows, in its order. A private one stays: its value is masked."""
        found = []
        for one in self.active:
            place = self.place(user, one.code)
            if place is None or place.mode != PlaceMode.HIDDEN:
                found.append((place.position if place else one.position, one.position, one.pk, one))
        return [one for *_order, one in sorted(found, key=lambda entry: entry[:3])]


_kept: dict[tuple[str, str], tuple[str, Schema]] = {}
_lock = Lock()


ASK = "?"
"""For ``schema_of``: nobody has read the stamp yet."""


def stamp_of(target: str) -> Subquery:
    """The stamp as an annotation, so that a page learns it with its record and asks nothing more."""
    return Subquery(SchemaStamp.objects.filter(target=target).values("token")[:1])


def schema_of(target: str, token: str | None = ASK) -> Schema:
    """What is set up for ``target``: one statement while nothing changed, none with the ``token`` of ``stamp_of``.

    Raises KeyError for an unknown target.
    """
    target_called(target)
    if token == ASK:
        token = SchemaStamp.objects.filter(target=target).values_list("token", flat=True).first()
    if token is None:
        return Schema(target=target)
    here = (str(connection.settings_dict["NAME"]), target)
    kept = _kept.get(here)
    if kept is not None and kept[0] == token:
        return kept[1]
    schema = _read(target)
    with _lock:
        _kept[here] = (token, schema)
    return schema


def touch_schema(target: str) -> None:
    """Something set up for ``target`` changed: whoever keeps the old must read it anew. In the same transaction."""
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("touch_schema() belongs inside the transaction of the change")
    SchemaStamp.objects.update_or_create(target=target, defaults={"token": secrets.token_hex(16)})


def _read(target: str) -> Schema:
    options = Prefetch("options", FieldOption.objects.order_by("position", "id"))
    names = ("target", "code", "name_bn", "name_en", "kind", "help_bn", "help_en", "position")
    flags = ("is_private", "is_identity", "is_filter", "is_active")
    fields = tuple(
        CustomField(
            pk=row.pk,
            options=tuple(
                Option(code=option.code, name_bn=option.name_bn, name_en=option.name_en, is_active=option.is_active)
                for option in row.options.all()
            ),
            **{name: getattr(row, name) for name in (*names, *flags)},
        )
        for row in FieldDefinition.objects.filter(target=target).prefetch_related(options).order_by("position", "id")
    )
    places = {
        (row.role_id, row.field): Place(mode=row.mode, position=row.position)
        for row in LayoutPlace.objects.filter(target=target)
    }
    rules = tuple(
        Rule(
            pk=row.pk, name_bn=row.name_bn, name_en=row.name_en, conditions=row.conditions, severity=row.severity,
            at_field=row.at_field,
        )
        for row in ValidationRule.objects.filter(target=target, is_active=True).order_by("position", "id")
    )  # fmt: skip
    tags = tuple(
        ShownTag(pk=row.pk, name=row.name, key=row.key, tone=row.tone, is_active=row.is_active)
        for row in sorted(Tag.objects.filter(target=target).order_by("id"), key=lambda tag: sort_key(tag.name))
    )
    return Schema(target=target, fields=fields, places=places, rules=rules, tags=tags)


def built_in_conditions(target: FieldTarget) -> list[ConditionField]:
    """The record's own fields, as conditions name them."""
    return [_condition_of(one) for one in target.built_in]


def condition_fields(target: str, *, schema: Schema | None = None) -> dict[str, ConditionField]:
    """All fields that a rule of ``target`` may speak of, by code: built-in ones ("=language"), then the shop's own."""
    found: Sequence[ConditionField] = [
        *built_in_conditions(target_called(target)),
        *(one.as_condition() for one in (schema or schema_of(target)).active),
    ]
    return {one.code: one for one in found}


def _condition_of(one: BuiltInField) -> ConditionField:
    return ConditionField(
        code=f"{BUILT_IN}{one.code}",
        label=str(one.label),
        kind=one.kind,
        choices=tuple((code, str(label)) for code, label in (one.choices() if one.choices else ())),
    )
