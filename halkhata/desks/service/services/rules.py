"""Changing the rules of the service desk."""

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service.choices import JobState
from halkhata.desks.service.models import ServiceRules
from halkhata.desks.service.selectors.rules import service_rules
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import DomainError, PermissionRefused


@transaction.atomic
def save_service_rules(
    *,
    actor: Actor | None,
    told_states: Sequence[str],
    estimate_days: int,
    buffer_hours: int,
    asks_satisfaction: bool,
) -> ServiceRules:
    """Set the rules; they hold from now on. Raises PermissionRefused, DomainError ``out_of_bounds``."""
    if isinstance(actor, User) and not actor.may("settings.edit"):
        raise PermissionRefused("settings_refused", _("You may not change the settings."))
    if not 1 <= estimate_days <= 60:
        raise DomainError("out_of_bounds", _("Write a number from 1 to 60."), field="estimate_days")
    if not 0 <= buffer_hours <= 240:
        raise DomainError("out_of_bounds", _("Write a number from 0 to 240."), field="buffer_hours")
    start = service_rules()
    ServiceRules.objects.get_or_create(pk=1, defaults={"told_states": start.told_states})
    row = ServiceRules.objects.select_for_update().get(pk=1)
    before = _state(row)
    row.told_states = [state.value for state in JobState if state.value in set(told_states)]
    row.estimate_days, row.buffer_hours, row.asks_satisfaction = estimate_days, buffer_hours, asks_satisfaction
    row.version += 1
    row.save()
    record(actor=actor, action="service_rules.save", record=row, before=before, after=_state(row))
    return row


def _state(row: ServiceRules) -> dict[str, object]:
    return {
        "told_states": row.told_states, "estimate_days": row.estimate_days, "buffer_hours": row.buffer_hours,
        "asks_satisfaction": row.asks_satisfaction,
    }  # fmt: skip
