"""Who may do what at the service desk. Pure functions, asked by views, API and services."""

from django.utils.translation import gettext_lazy as _

from halkhata.desks.service.models import ServiceJob
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.models import Customer

VIEW, CREATE, EDIT, DELIVER = "job.view", "job.create", "job.edit", "job.deliver"
NOTHING_HERE = _("There is nothing here, or it is not for your role.")


def require(actor: Actor | None, permission: str, job: ServiceJob | None = None) -> None:
    """Refuse unless ``actor`` may. The product itself (a SystemActor) may do everything it is programmed to.

    Raises NotFound for a job outside the actor's scope, PermissionRefused when the role lacks the permission.
    """
    if not isinstance(actor, User):
        return
    if job is not None and not ServiceJob.objects.visible_to(actor).filter(pk=job.pk).exists():
        raise NotFound("not_found", NOTHING_HERE)
    if not actor.may(permission):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission=permission)


def require_sight(actor: Actor | None, unit: Unit, customer: Customer | None) -> None:
    """Raise NotFound when a user names a unit or a customer outside the own scope."""
    if not isinstance(actor, User):
        return
    seen = Unit.objects.visible_to(actor).filter(pk=unit.pk).exists()
    if seen and customer is not None:
        seen = Customer.objects.visible_to(actor).filter(pk=customer.pk).exists()
    if not seen:
        raise NotFound("not_found", NOTHING_HERE)
