"""Who may waive rules. Pure functions, asked by views and services."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.engines.goodwill.models import Goodwill, GoodwillLimit
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.records.customers.models import Customer


def can_ask(user: User) -> bool:
    """Ask for goodwill, and give it within the limit of the own role."""
    return user.may("goodwill.grant")


def limit_of(user: User) -> GoodwillLimit | None:
    """What the user's role may waive; None: nothing."""
    return GoodwillLimit.objects.filter(role_id=user.role_id).first() if can_ask(user) else None


def require_ask(actor: Any) -> None:
    """Raises PermissionRefused for a user without the right."""
    if not isinstance(actor, User) or not can_ask(actor):
        raise PermissionRefused("goodwill_refused", _("Your role may not ask for goodwill."))


def require_sight(actor: User, *, customer: Customer, item: WorkItem | None) -> None:
    """Raises NotFound when the customer or the piece of work lies outside the actor's scope."""
    seen = Customer.objects.visible_to(actor).filter(pk=customer.pk).exists()
    if seen and item is not None:
        seen = WorkItem.objects.visible_to(actor).filter(pk=item.pk).exists()
    if not seen:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))


def can_decide(user: User, goodwill: Goodwill) -> bool:
    """Whether the user's limit for one case holds this one, and it is not the user's own asking."""
    if goodwill.asked_by_id == user.pk:
        return False
    limit = limit_of(user)
    return limit is not None and limit.currency == goodwill.currency and goodwill.cost <= limit.per_case
