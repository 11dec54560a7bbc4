"""Who may do what at the complaint desk. Pure functions, asked by views, API and services."""

from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets.models import Ticket
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.records.customers.models import Customer


def can_see(user: User, ticket: Ticket) -> bool:
    """Inside the user's record scope, with the right to see tickets."""
    return user.may("ticket.view") and Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists()


def require(actor: Actor | None, permission: str, ticket: Ticket | None = None) -> None:
    """Refuse unless ``actor`` may. The product itself (a SystemActor) may do everything it is programmed to.

    Raises NotFound for a ticket outside the actor's scope, the same answer as for one that does not exist, and
    PermissionRefused when the role lacks the permission.
    """
    if not isinstance(actor, User):
        return
    if ticket is not None and not Ticket.objects.visible_to(actor).filter(pk=ticket.pk).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if not actor.may(permission):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission=permission)


def require_customer(actor: Actor | None, customer: Customer | None) -> None:
    """Raise NotFound when a user names a customer outside the own scope; nobody learns that such a one exists."""
    if not isinstance(actor, User) or customer is None:
        return
    if not Customer.objects.visible_to(actor).filter(pk=customer.pk).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
