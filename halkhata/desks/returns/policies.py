"""Who may do what at the returns desk. Pure functions, asked by views, API and services."""

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.models import Parcel, RefundLimit, ReturnRequest
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import NotFound, PermissionRefused

VIEW, CREATE, APPROVE, RECEIVE, DECIDE = (
    "return.view", "return.create", "return.approve", "return.receive", "return.decide",
)  # fmt: skip
NOTHING_HERE = _("There is nothing here, or it is not for your role.")


def require(actor: Any, permission: str, request: ReturnRequest | None = None) -> None:
    """Refuse unless ``actor`` may. The product itself may do what it is programmed to.

    Raises NotFound for a return outside the actor's scope, PermissionRefused when the role lacks the right.
    """
    if not isinstance(actor, User):
        return
    if request is not None and not ReturnRequest.objects.visible_to(actor).filter(pk=request.pk).exists():
        raise NotFound("not_found", NOTHING_HERE)
    if not actor.may(permission):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission=permission)


def require_parcel(actor: Any, parcel: Parcel) -> None:
    """Raise NotFound for a parcel outside the actor's scope."""
    if isinstance(actor, User) and not Parcel.objects.visible_to(actor).filter(pk=parcel.pk).exists():
        raise NotFound("not_found", NOTHING_HERE)


def limit_of(user: User) -> Decimal | None:
    """Up to how much this person may decide; None: no limit."""
    return RefundLimit.objects.filter(role_id=user.role_id).values_list("amount", flat=True).first()


def require_within_limit(actor: Any, amount: Decimal) -> None:
    """Raise PermissionRefused ``over_limit`` for an amount above the limit of the actor's role."""
    limit = limit_of(actor) if isinstance(actor, User) else None
    if limit is not None and amount > limit:
        raise PermissionRefused(
            "over_limit",
            _("Your role decides up to %(limit)s. Ask somebody with a higher limit.") % {"limit": limit},
            limit=str(limit),
        )


def may_decide(user: User, request: ReturnRequest) -> bool:
    """Whether this person may decide this return: the right, the limit, and not the own inspection above the limit."""
    if not user.may(DECIDE) or (request.needs_four_eyes and request.inspected_by_id == user.pk):
        return False
    limit = limit_of(user)
    return limit is None or request.line_price <= limit
