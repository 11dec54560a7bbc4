"""Who may write down consents, and who answers for personal data."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.core.errors import NotFound, PermissionRefused
from halkhata.records.customers.models import Customer

MANAGE = "privacy.manage"


def can_manage_privacy(actor: Any) -> bool:
    """Requests, erasure, holds, retention, breaches: for the whole house, so only for who sees all of it."""
    return not isinstance(actor, User) or (actor.may(MANAGE) and actor.role.scope == Scope.ALL)


def require_privacy(actor: Any) -> None:
    """Raise PermissionRefused unless ``can_manage_privacy``."""
    if isinstance(actor, User):
        require(actor, MANAGE)
    if not can_manage_privacy(actor):
        raise PermissionRefused(
            "permission_refused", _("Only somebody who sees all branches may do this."), permission=MANAGE
        )


def can_record_consent(actor: Any) -> bool:
    """Whoever may change customers writes down what they agreed to."""
    return not isinstance(actor, User) or actor.may("customer.edit")


def require_recording(actor: Any, customer: Customer) -> None:
    """Raise PermissionRefused, or NotFound for a customer whom the actor does not see."""
    if not isinstance(actor, User):
        return
    require(actor, "customer.edit")
    if not Customer.objects.visible_to(actor).filter(pk=customer.pk).exists():
        raise NotFound("no_such_customer", _("There is no such customer, or it is not for you to see."))
