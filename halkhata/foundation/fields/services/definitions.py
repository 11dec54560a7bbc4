"""Setting up fields without code (A56.13)."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit import trail
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.free_codes import first_free
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.fields.choices import FILTERABLE, WITH_OPTIONS, FieldKind
from halkhata.foundation.fields.conditions.tree import names_field
from halkhata.foundation.fields.models import FieldDefinition, FieldOption, LayoutPlace, ValidationRule
from halkhata.foundation.fields.registry import target_called
from halkhata.foundation.fields.selectors.schema import touch_schema

MOST_FIELDS = 100
MOST_OPTIONS = 200
# Names that would clash with columns of the import, or with parts of the API.
TAKEN = frozenset({"id", "tags", "new", "custom"})


def save_definition(
    *,
    actor: Any,
    target: str,
    definition: FieldDefinition | None = None,
    code: str = "",
    kind: str = FieldKind.TEXT,
    name_bn: str = "",
    name_en: str = "",
    help_bn: str = "",
    help_en: str = "",
    position: int = 100,
    is_private: bool = False,
    is_identity: bool = False,
    is_filter: bool = False,
    is_active: bool = True,
    options: Sequence[tuple[str, str]] = (),
) -> FieldDefinition:
    """Make a field or change it. ``options`` are pairs of Bengali and English names, in order, for lists.

    Kind and code of a field that is there stay as they are; an option that is left out is no longer offered, and what
    was filled in keeps its name. ``is_identity``: the number of an identity paper, which makes the field private.
    Raises PermissionRefused, DomainError: "no_name", "unknown_kind", "no_options", "too_many_fields",
    "too_many_options", "no_filter", "no_paper"; Conflict "code_known".
    """
    if isinstance(actor, User):
        require(actor, "settings.edit")
    of = target_called(target)
    bengali, english = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
    if not bengali and not english:
        raise DomainError("no_name", _("Write the name in at least one language."), field="name_bn")
    kind = definition.kind if definition is not None else kind
    pairs = [pair for pair in (_names(one) for one in options) if any(pair)]
    _refuse_wrong_shape(kind, is_filter, pairs)
    if is_identity and (kind != FieldKind.TEXT or not of.has_doubles):
        raise DomainError("no_paper", _("The number of an identity paper is a short text."), field="is_identity")
    with transaction.atomic():
        before = None
        if definition is None:
            row = FieldDefinition(target=target, kind=kind, code=_new_code(target, code, english))
        else:
            row = FieldDefinition.objects.select_for_update().get(pk=definition.pk, target=target)
            before = _state(row)
        row.name_bn, row.name_en = bengali, english
        row.help_bn, row.help_en = clean_text(help_bn, max_length=200), clean_text(help_en, max_length=200)
        row.position, row.is_filter, row.is_active = position, is_filter, is_active
        row.is_identity, row.is_private = is_identity, is_private or is_identity
        row.save()
        if kind in WITH_OPTIONS:
            _store_options(row, pairs)
        touch_schema(target)
        trail.record(actor=actor, action="field.save", record=row, before=before, after=_state(row))
    return row


def delete_definition(*, actor: Any, definition: FieldDefinition) -> None:
    """Remove a field in which nothing was ever filled in; any other can only be taken out of use.

    Raises PermissionRefused, Conflict "field_used", "field_in_rule".
    """
    if isinstance(actor, User):
        require(actor, "settings.edit")
    with transaction.atomic():
        row = FieldDefinition.objects.select_for_update().filter(pk=definition.pk).first()
        if row is None:
            raise NotFound("no_such_field", _("There is no such field."))
        if target_called(row.target).values._default_manager.filter(field_id=row.pk).exists():
            raise Conflict("field_used", _("Something is filled in here already. Take the field out of use instead."))
        rules = ValidationRule.objects.filter(target=row.target).values_list("conditions", flat=True)
        if any(names_field(conditions, row.code) for conditions in rules):
            raise Conflict("field_in_rule", _("A rule names this field. Change the rule first."))
        trail.record(actor=actor, action="field.delete", record=row, before=_state(row))
        LayoutPlace.objects.filter(target=row.target, field=row.code).delete()
        target = row.target
        row.delete()
        touch_schema(target)


def _names(pair: tuple[str, str]) -> tuple[str, str]:
    return clean_text(pair[0], max_length=120), clean_text(pair[1], max_length=120)


def _refuse_wrong_shape(kind: str, is_filter: bool, pairs: Sequence[tuple[str, str]]) -> None:
    if kind not in FieldKind.values:
        raise DomainError("unknown_kind", _("Choose one of the list."), field="kind")
    if is_filter and kind not in FILTERABLE:
        raise DomainError("no_filter", _("A list cannot be filtered by a long text."), field="is_filter")
    if kind not in WITH_OPTIONS:
        return
    if not pairs:
        raise DomainError("no_options", _("Write the entries of the list, each on its own line."), field="options")
    if len(pairs) > MOST_OPTIONS:
        raise DomainError("too_many_options", _("At most 200 entries fit into a list."), field="options")


def _store_options(row: FieldDefinition, pairs: Sequence[tuple[str, str]]) -> None:
    known = list(row.options.all())
    kept: set[int] = set()
    for place, (bengali, english) in enumerate(pairs, start=1):
        found = next(
            (
                one for one in known
                if one.pk not in kept and ((bengali and one.name_bn == bengali) or (english and one.name_en == english))
            ),
            None,
        )  # fmt: skip
        if found is None:
            taken = {one.code for one in known}
            found = FieldOption(field=row, code=_free(english or f"o{place}", taken, "option"))
            known.append(found)
        found.name_bn, found.name_en, found.position, found.is_active = bengali, english, place, True
        found.save()
        kept.add(found.pk)
    row.options.exclude(pk__in=kept).update(is_active=False, position=F("position") + len(pairs))


def _new_code(target: str, wanted: str, english: str) -> str:
    taken = set(FieldDefinition.objects.filter(target=target).values_list("code", flat=True))
    if len(taken) >= MOST_FIELDS:
        raise DomainError("too_many_fields", _("At most 100 fields fit. Take one out of use and use it again."))
    if wanted:
        code = slugify(wanted).replace("-", "_")[:40]
        if not code or code in taken | TAKEN:
            raise Conflict("code_known", _("This code is taken, or cannot be used."), field="code")
        return code
    return _free(english, taken | TAKEN, "field")


def _free(name: str, taken: set[str], default: str) -> str:
    stem = slugify(name).replace("-", "_")[:34].strip("_") or default
    return first_free(stem, taken, mark="_")


def _state(row: FieldDefinition) -> dict[str, Any]:
    names = (
        "code", "kind", "name_bn", "name_en", "help_bn", "help_en", "position", "is_private", "is_filter", "is_active",
        "is_identity",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "options": [one.code for one in row.options.all() if one.is_active],
    }
