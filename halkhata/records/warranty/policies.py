"""Who may do what with warranties. Pure functions, asked by views, API and services."""

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.records.catalog.models import Unit

NOTHING_HERE = _("There is nothing here, or it is not for your role.")


def require(actor: Actor | None, permission: str, unit: Unit | None = None) -> None:
    """Refuse unless ``actor`` may. The product itself (a SystemActor) may do everything it is programmed to.

    Raises NotFound for a unit outside the actor's scope, the same answer as for one that does not exist, and
    PermissionRefused when the role lacks the permission.
    """
    if not isinstance(actor, User):
        return
    if not actor.may(permission):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission=permission)
    if unit is not None and not Unit.objects.visible_to(actor).filter(pk=unit.pk).exists():
        raise NotFound("not_found", NOTHING_HERE)


def can_edit_terms(actor: User) -> bool:
    """Whether ``actor`` may publish terms, which hold for every branch."""
    return actor.may("warranty.settings")
