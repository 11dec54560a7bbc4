"""Layouts: what each role sees of a record's fields, and what it must fill in (A56.13)."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Role, User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit import trail
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.fields.choices import PlaceMode
from halkhata.foundation.fields.models import LayoutPlace, SchemaStamp
from halkhata.foundation.fields.registry import BUILT_IN, target_called
from halkhata.foundation.fields.selectors.schema import schema_of, touch_schema


def save_layout(*, actor: Any, target: str, role: Role | None, places: Mapping[str, tuple[str, int]]) -> None:
    """Set what ``role`` (None: all without a layout of their own) sees: by code of the field, mode and place.

    No places at all: the role goes back to the common layout. Raises PermissionRefused, DomainError "unknown_field",
    "unknown_mode".
    """
    if isinstance(actor, User):
        require(actor, "settings.edit")
    schema, of = schema_of(target), target_called(target)
    built_in = {f"{BUILT_IN}{one.code}" for one in of.built_in if one.in_layout}
    known = {one.code for one in schema.fields} | built_in
    for code, (mode, _place) in places.items():
        if code not in known:
            raise DomainError("unknown_field", _("There is no such field."), field=code)
        if mode not in PlaceMode.values:
            raise DomainError("unknown_mode", _("Choose one of the list."), field=code)
    with transaction.atomic():
        rows = LayoutPlace.objects.filter(target=target, role=role)
        before = {row.field: [row.mode, row.position] for row in rows}
        rows.delete()
        LayoutPlace.objects.bulk_create(
            LayoutPlace(target=target, role=role, field=code, mode=mode, position=place)
            for code, (mode, place) in places.items()
        )
        touch_schema(target)
        trail.record(
            actor=actor,
            action="layout.save",
            record=role if role is not None else SchemaStamp.objects.get(target=target),
            before={"target": target, "places": before},
            after={"target": target, "places": {code: list(pair) for code, pair in places.items()}},
        )
