"""Who may do what with units and sales. Record scope itself is a queryset: ``Unit.objects.visible_to(user)``."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.records.catalog.models import Purchase, Unit
from halkhata.records.customers.models import Customer

VIEW, EDIT, SELL, REVERSE, CATALOG = "unit.view", "unit.edit", "sale.record", "sale.reverse", "catalog.edit"
NOTHING_HERE = _("There is nothing here, or it is not for your role.")


def require(actor: Any, *permissions: str) -> None:
    """Raise PermissionRefused unless ``actor`` may do one of these. The product itself may do all."""
    if isinstance(actor, User) and not any(actor.may(one) for one in permissions):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission=permissions[0])


def require_unit(actor: Any, unit: Unit) -> None:
    """Raise NotFound for a unit outside the actor's scope, as for one that does not exist."""
    if isinstance(actor, User) and not Unit.objects.visible_to(actor).filter(pk=unit.pk).exists():
        raise NotFound("not_found", NOTHING_HERE)


def require_purchase(actor: Any, purchase: Purchase) -> None:
    """Raise NotFound for a purchase outside the actor's scope."""
    if isinstance(actor, User) and not Purchase.objects.visible_to(actor).filter(pk=purchase.pk).exists():
        raise NotFound("not_found", NOTHING_HERE)


def require_customer(actor: Any, customer: Customer) -> None:
    """Raise NotFound when a user names a customer outside the own scope; nobody learns that such a one exists."""
    if isinstance(actor, User) and not Customer.objects.visible_to(actor).filter(pk=customer.pk).exists():
        raise NotFound("not_found", NOTHING_HERE)


def may_see_owner(user: User, customer: Customer | None, seen: set[int]) -> bool:
    """Whether ``user`` may learn who owns or owned a unit; ``seen``: ids of customers in the user's scope."""
    return customer is not None and user.may("customer.view") and customer.pk in seen
