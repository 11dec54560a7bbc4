"""Who may do what at this desk. Record scope itself is a queryset: ``Reminder.objects.visible_to(user)``."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.records.catalog.models import Unit

VIEW, CALL, RECALL, SETTINGS = "aftercare.view", "aftercare.call", "recall.manage", "settings.edit"
NOTHING_HERE = _("There is nothing here, or it is not for your role.")


def require(actor: Any, permission: str) -> None:
    """Raise PermissionRefused unless ``actor`` may. The product itself may do all."""
    if isinstance(actor, User) and not actor.may(permission):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission=permission)


def require_unit(actor: Any, unit_id: int) -> None:
    """Raise NotFound for a unit outside the actor's scope, as for one that does not exist."""
    if isinstance(actor, User) and not Unit.objects.visible_to(actor).filter(pk=unit_id).exists():
        raise NotFound("not_found", NOTHING_HERE)
