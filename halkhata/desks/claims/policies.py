"""Who may do what at the claims desk. Pure functions, asked by views, API and services."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.desks.claims.models import Claim
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.records.catalog.models import Unit

VIEW, EDIT, DECIDE, SETTINGS = "claim.view", "claim.edit", "claim.decide", "settings.edit"
NOTHING_HERE = _("There is nothing here, or it is not for your role.")


def require(actor: Any, permission: str, claim: Claim | None = None) -> None:
    """Refuse unless ``actor`` may. The product itself may do what it is programmed to.

    Raises NotFound for a claim outside the actor's scope, PermissionRefused when the role lacks the right.
    """
    if not isinstance(actor, User):
        return
    if claim is not None and not Claim.objects.visible_to(actor).filter(pk=claim.pk).exists():
        raise NotFound("not_found", NOTHING_HERE)
    if not actor.may(permission):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission=permission)


def require_unit(actor: Any, unit: Unit) -> None:
    """Raise NotFound for a unit outside the actor's scope."""
    if isinstance(actor, User) and not Unit.objects.visible_to(actor).filter(pk=unit.pk).exists():
        raise NotFound("not_found", NOTHING_HERE)
