"""Validation rules without code (A56.13)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit import trail
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.fields.choices import Severity
from halkhata.foundation.fields.conditions.tree import as_json, parse
from halkhata.foundation.fields.models import ValidationRule
from halkhata.foundation.fields.selectors.schema import condition_fields, touch_schema

MOST_RULES = 100


def save_rule(
    *,
    actor: Any,
    target: str,
    rule: ValidationRule | None = None,
    name_bn: str = "",
    name_en: str = "",
    conditions: Any,
    severity: str = Severity.WARN,
    at_field: str = "",
    position: int = 100,
    is_active: bool = True,
) -> ValidationRule:
    """Make a rule or change it: where ``conditions`` are true, ``name_*`` is said.

    Raises PermissionRefused, DomainError: "no_name", "unknown_severity", "unknown_field", "too_many_rules", and those
    of ``parse``.
    """
    if isinstance(actor, User):
        require(actor, "settings.edit")
    bengali, english = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
    if not bengali and not english:
        raise DomainError("no_name", _("Write what people shall read, in at least one language."), field="name_bn")
    if severity not in Severity.values:
        raise DomainError("unknown_severity", _("Choose one of the list."), field="severity")
    known = condition_fields(target)
    if at_field and at_field not in known:
        raise DomainError("unknown_field", _("There is no such field."), field="at_field")
    tree = as_json(parse(conditions, known))
    with transaction.atomic():
        if rule is None and ValidationRule.objects.filter(target=target).count() >= MOST_RULES:
            raise DomainError("too_many_rules", _("At most 100 rules fit."))
        before = None
        if rule is not None:
            rule = ValidationRule.objects.select_for_update().get(pk=rule.pk, target=target)
            before = _state(rule)
        else:
            rule = ValidationRule(target=target)
        rule.name_bn, rule.name_en, rule.conditions, rule.severity = bengali, english, tree, severity
        rule.at_field, rule.position, rule.is_active = at_field, position, is_active
        rule.save()
        touch_schema(target)
        trail.record(actor=actor, action="rule.save", record=rule, before=before, after=_state(rule))
    return rule


def delete_rule(*, actor: Any, rule: ValidationRule) -> None:
    """Remove a rule. Raises PermissionRefused."""
    if isinstance(actor, User):
        require(actor, "settings.edit")
    with transaction.atomic():
        trail.record(actor=actor, action="rule.delete", record=rule, before=_state(rule))
        rule.delete()
        touch_schema(rule.target)


def _state(rule: ValidationRule) -> dict[str, Any]:
    names = ("name_bn", "name_en", "conditions", "severity", "at_field", "position", "is_active")
    return {name: getattr(rule, name) for name in names}
