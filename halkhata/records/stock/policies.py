"""Who may see and move goods. Pure functions, asked by views, API and services."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.records.stock.models import Place

VIEW, MOVE, RELEASE = "stock.view", "stock.move", "stock.release"


def require(actor: Any, permission: str) -> None:
    """Raise PermissionRefused when a user's role lacks the right. The product itself may do all."""
    if isinstance(actor, User) and not actor.may(permission):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission=permission)


def require_place(actor: Any, place: Place) -> None:
    """Raise NotFound for a place outside a user's record scope."""
    if isinstance(actor, User) and not Place.objects.visible_to(actor).filter(pk=place.pk).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
