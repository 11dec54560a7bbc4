"""Filling in the shop's own fields of a record, and asking its validation rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.fields.choices import PlaceMode, Severity
from halkhata.foundation.fields.conditions.evaluate import is_true
from halkhata.foundation.fields.conditions.tree import parse
from halkhata.foundation.fields.kinds import columns_of, plain, read_value
from halkhata.foundation.fields.registry import BUILT_IN, FieldTarget, target_called
from halkhata.foundation.fields.selectors.schema import CustomField, Schema, condition_fields, schema_of
from halkhata.foundation.fields.selectors.values import read_values

PREFIX = "cf_"
"""What a field's code gets before it as the name of a form field and of ``DomainError.field``."""


@dataclass(kw_only=True)
class Verdict:
    """What the rules say: (field or "", sentence) of each that is broken."""

    refused: list[tuple[str, str]] = field(default_factory=list)
    reminded: list[tuple[str, str]] = field(default_factory=list)


def write_values(
    *, actor: Any, target: str, record_id: int, values: Mapping[str, Any], check: bool = True
) -> list[str]:
    """Fill in fields of one record: ``values`` by code, as typed or as values; "" and None empty a field.

    Codes that are not named stay. Returns the codes that changed. With ``check`` the rules are asked, for a member of
    staff. Raises what the target's ``lock`` raises (PermissionRefused, NotFound), DomainError "unknown_field",
    "field_not_yours", "rule_broken", and what a kind refuses, with ``field`` ("cf_" and the code).
    """
    with transaction.atomic():
        record = target_called(target).lock(actor, record_id)
        return fill_in(actor=actor, target=target, record=record, values=values, check=check)


def fill_in(
    *, actor: Any, target: str, record: Any, values: Mapping[str, Any], check: bool = True, tell: bool = True
) -> list[str]:
    """As ``write_values`` for a record that the caller has locked, or just made, in this transaction.

    ``tell`` False leaves telling of the change (timeline, event) to the caller; the audit entry is written always.
    """
    schema, of = schema_of(target), target_called(target)
    before = read_values(target, [record.pk])[record.pk]
    after = {**before, **_read_all(schema, of, actor, values, before)}
    if check:
        enforce(actor=actor, target=target, record=record, values=after)
    changed = [one for one in schema.active if after.get(one.code) != before.get(one.code)]
    if not changed:
        return []
    _store(of, record, changed, after)
    codes = [one.code for one in changed]
    trail.record(
        actor=actor,
        action=f"{target}.fields",
        record=record,
        before={code: plain(before.get(code)) for code in codes},
        after={code: plain(after.get(code)) for code in codes},
    )
    if tell:
        of.changed(actor=actor, record=record, codes=codes)
    return codes


def check_values(target: str, typed: Mapping[str, Any]) -> tuple[dict[str, Any], list[DomainError]]:
    """What ``typed`` reads as, and what cannot be read: for an import's dry run. Nothing is written."""
    schema = schema_of(target)
    read: dict[str, Any] = {}
    errors: list[DomainError] = []
    for code, value in typed.items():
        one = schema.field(code)
        if one is None or not one.is_active:
            errors.append(_unknown(code))
            continue
        try:
            read[code] = read_value(one.kind, value, options=one.options, field=f"{PREFIX}{code}")
        except DomainError as error:
            errors.append(error)
    return read, errors


def enforce(*, actor: Any, target: str, record: Any, values: Mapping[str, Any] | None = None) -> Verdict:
    """Refuse what the layout and the rules refuse. Raises DomainError "field_required" or "rule_broken".

    Only a member of staff is asked: what arrives by mail or from a machine of our own is never lost to a rule.
    Returns what else the rules have to say.
    """
    if not isinstance(actor, User):
        return Verdict()
    held = read_values(target, [record.pk])[record.pk] if values is None else values
    verdict = judge(actor=actor, target=target, built_in=target_called(target).read(record), values=held)
    if verdict.refused:
        at, sentence = verdict.refused[0]
        code = "field_required" if sentence == str(REQUIRED) else "rule_broken"
        raise DomainError(code, sentence, field=at or None, all=verdict.refused)
    return verdict


REQUIRED = _("Please fill this in: your shop asks for it.")


def judge(
    *,
    actor: Any,
    target: str,
    built_in: Mapping[str, Any],
    values: Mapping[str, Any],
    schema: Schema | None = None,
) -> Verdict:
    """What layout and rules say of a record with these values. ``built_in`` by code without "="."""
    schema, verdict = schema or schema_of(target), Verdict()
    for one in schema.active:
        if schema.mode(actor, one.code) == PlaceMode.REQUIRED and values.get(one.code) is None:
            verdict.refused.append((f"{PREFIX}{one.code}", str(REQUIRED)))
    for anyway in target_called(target).built_in:
        mode = schema.mode(actor, f"{BUILT_IN}{anyway.code}")
        if mode == PlaceMode.REQUIRED and built_in.get(anyway.code) in (None, ""):
            verdict.refused.append((anyway.code, str(REQUIRED)))
    if not schema.rules:
        return verdict
    known = condition_fields(target, schema=schema)
    everything = {**{f"{BUILT_IN}{code}": value for code, value in built_in.items()}, **values}
    today = now().astimezone(current_reader().zone).date()
    for rule in schema.rules:
        try:
            tree = parse(rule.conditions, known)
        except DomainError:
            # It names a field that is out of use: a rule about nothing refuses nobody. The list of rules shows it.
            continue
        if is_true(tree, everything, known, today=today):
            at = rule.at_field.removeprefix(BUILT_IN) if rule.at_field.startswith(BUILT_IN) else rule.at_field
            place = at if rule.at_field.startswith(BUILT_IN) or not at else f"{PREFIX}{at}"
            lines = verdict.refused if rule.severity == Severity.REFUSE else verdict.reminded
            lines.append((place, rule.sentence))
    return verdict


def _read_all(
    schema: Schema, of: FieldTarget, actor: Any, values: Mapping[str, Any], before: Mapping[str, Any]
) -> dict[str, Any]:
    read: dict[str, Any] = {}
    for code, typed in values.items():
        one = schema.field(code)
        if one is None or not one.is_active:
            raise _unknown(code)
        value = read_value(one.kind, typed, options=one.options, field=f"{PREFIX}{code}")
        if value != before.get(code):
            _refuse_foreign_field(schema, of, actor, one)
        read[code] = value
    return read


def _refuse_foreign_field(schema: Schema, of: FieldTarget, actor: Any, one: CustomField) -> None:
    """What the actor's layout hides or locks, and what the actor sees masked, is not the actor's to change."""
    if not isinstance(actor, User):
        return
    closed = schema.mode(actor, one.code) in (PlaceMode.HIDDEN, PlaceMode.READ_ONLY)
    if closed or ((one.is_private or one.kind == "phone") and not of.see_private(actor)):
        raise DomainError(
            "field_not_yours", _("Your role does not allow changing this field."), field=f"{PREFIX}{one.code}"
        )


def _store(of: FieldTarget, record: Any, changed: Iterable[CustomField], after: Mapping[str, Any]) -> None:
    fields = list(changed)
    of.values._default_manager.filter(record_id=record.pk, field_id__in=[one.pk for one in fields]).delete()
    of.values._default_manager.bulk_create(
        of.values(record_id=record.pk, field_id=one.pk, **columns)
        for one in fields
        for columns in columns_of(one.kind, after.get(one.code))
    )


def _unknown(code: str) -> DomainError:
    return DomainError(
        "unknown_field", _("There is no field “%(code)s”.") % {"code": code[:40]}, field=f"{PREFIX}{code}"
    )
