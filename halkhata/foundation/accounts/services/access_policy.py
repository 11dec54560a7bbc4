"""The rules of the house about signing in: who needs a second factor, how long sessions last, reset by mail."""

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import AccessPolicy, Role, User
from halkhata.foundation.accounts.policies import can_manage_structure
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import DomainError, PermissionRefused

IDLE_RANGE = (10, 60 * 24 * 14)
TOTAL_RANGE = (1, 24 * 14)


def save_policy(
    *, actor: User, roles: Iterable[Role], idle_minutes: int, total_hours: int, reset_by_mail: bool
) -> AccessPolicy:
    """Change the rules. A role added here is asked at the next sign-in; limits hold for living sessions within five
    minutes.

    Raises PermissionRefused, DomainError ``out_of_range``.
    """
    if not can_manage_structure(actor):
        raise PermissionRefused("permission_refused", _("Your role does not allow this."))
    for field, value, (least, most) in (
        ("idle_minutes", idle_minutes, IDLE_RANGE),
        ("total_hours", total_hours, TOTAL_RANGE),
    ):
        if not least <= value <= most:
            raise DomainError("out_of_range", _("Choose one from the list."), field=field)
    with transaction.atomic():
        AccessPolicy.objects.get_or_create(pk=1)
        policy = AccessPolicy.objects.select_for_update().get(pk=1)
        before = _state(policy)
        policy.idle_minutes, policy.total_hours, policy.reset_by_mail = idle_minutes, total_hours, reset_by_mail
        policy.save()
        policy.roles_with_second_factor.set(roles)
        record(actor=actor, action="access_policy.change", record=policy, before=before, after=_state(policy))
    return policy


def _state(policy: AccessPolicy) -> dict[str, object]:
    return {
        "roles_with_second_factor": sorted(policy.roles_with_second_factor.values_list("code", flat=True)),
        "idle_minutes": policy.idle_minutes,
        "total_hours": policy.total_hours,
        "reset_by_mail": policy.reset_by_mail,
    }
