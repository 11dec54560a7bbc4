"""Who may promise dates. Pure functions, asked by views and services."""

from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.models import DeliveryPromise
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.records.customers.models import Customer

RIGHT = "promise.edit"


def require(
    actor: Actor | None, *, item: WorkItem | None, promise: DeliveryPromise | None = None, right: str = RIGHT
) -> None:
    """Refuse unless ``actor`` may. The product itself may do what it is programmed to.

    ``right`` "": who sees it may, for steps that another desk's own right has allowed. Raises NotFound,
    PermissionRefused.
    """
    if not isinstance(actor, User):
        return
    unseen = item is not None and not WorkItem.objects.visible_to(actor).filter(pk=item.pk).exists()
    if item is None and promise is not None:
        unseen = not DeliveryPromise.objects.visible_to(actor).filter(pk=promise.pk).exists()
    if unseen:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if right and not actor.may(right):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission=right)


def require_customer(actor: Actor | None, customer: Customer | None) -> None:
    """Raise NotFound when a user names a customer outside the own scope."""
    if not isinstance(actor, User) or customer is None:
        return
    if not Customer.objects.visible_to(actor).filter(pk=customer.pk).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
