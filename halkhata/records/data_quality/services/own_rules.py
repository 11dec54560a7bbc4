"""The shop's own rules of quality, put together without code (E.2)."""

from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.fields.conditions.tree import RELATIVE, as_json, lines_of, parse
from halkhata.foundation.fields.selectors.schema import condition_fields
from halkhata.records.data_quality.models import QualityRule, RuleHit, RulesState

TARGET = "customer"
MOST_RULES = 50
HEAVIEST = 100


def save_rule(
    *,
    actor: Any,
    rule: QualityRule | None = None,
    name_bn: str = "",
    name_en: str = "",
    conditions: Any,
    weight: int,
    is_active: bool = True,
) -> QualityRule:
    """Make a rule or change it: where ``conditions`` are true of a customer, ``weight`` points go off the score.

    The next nightly look takes every record up again. Raises PermissionRefused, NotFound, DomainError: "no_name",
    "bad_weight", "relative_day", "too_many_rules", and those of ``parse``.
    """
    _require(actor)
    bengali, english = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
    if not bengali and not english:
        raise DomainError("no_name", _("Write what is the matter, in at least one language."), field="name_bn")
    if not 1 <= weight <= HEAVIEST:
        raise DomainError("bad_weight", _("Write a whole number from 1 to 100."), field="weight")
    tree = parse(conditions, condition_fields(TARGET))
    if any(line.op in RELATIVE for line in lines_of(tree)):
        raise DomainError(
            "relative_day",
            _("Days counted from today do not fit here: a record is looked at when it changes. Choose a date."),
        )
    with transaction.atomic():
        if rule is None and QualityRule.objects.count() >= MOST_RULES:
            raise DomainError("too_many_rules", _("At most 50 rules fit."))
        row = _held(rule) if rule is not None else QualityRule()
        before = _state(row) if rule is not None else None
        row.name_bn, row.name_en, row.conditions = bengali, english, as_json(tree)
        row.weight, row.is_active = weight, is_active
        counts_otherwise = before is None or any(
            before[name] != getattr(row, name) for name in ("conditions", "weight", "is_active")
        )
        if counts_otherwise:
            row.changed_at = now()
        row.save()
        if counts_otherwise and (is_active or before is not None):
            _mark_all()
        if not is_active:
            RuleHit.objects.filter(rule=row).delete()
        trail.record(actor=actor, action="quality_rule.save", record=row, before=before, after=_state(row))
    return row


def delete_rule(*, actor: Any, rule: QualityRule) -> None:
    """Remove a rule, and what it found. Raises PermissionRefused, NotFound."""
    _require(actor)
    with transaction.atomic():
        row = _held(rule)
        trail.record(actor=actor, action="quality_rule.delete", record=row, before=_state(row))
        if row.is_active:
            _mark_all()
        row.delete()


def _require(actor: Any) -> None:
    if isinstance(actor, User):
        require(actor, "settings.edit")


def _held(rule: QualityRule) -> QualityRule:
    row = QualityRule.objects.select_for_update().filter(pk=rule.pk).first()
    if row is None:
        raise NotFound("no_such_rule", _("There is no such rule."))
    return row


def _mark_all() -> None:
    """Every record waits for the next look: one row is written, whatever the size of the book."""
    RulesState.objects.get_or_create(pk=1)
    RulesState.objects.filter(pk=1).update(number=F("number") + 1)


def _state(row: QualityRule) -> dict[str, Any]:
    return {name: getattr(row, name) for name in ("name_bn", "name_en", "conditions", "weight", "is_active")}
