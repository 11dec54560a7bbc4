"""Free services: a late one that a manager lets pass counts against the limits of goodwill (US-16, US-53).

No event: it must hold in the transaction that uses the coupon, so it is an entry of a registry.
"""

from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from halkhata.engines.goodwill.services.granting import grant_goodwill
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.models import Installation
from halkhata.records.warranty.models import Coupon
from halkhata.records.warranty.registry import goodwill_grants

# The engine of goodwill knows this kind.
KIND = "coupon"


def grant_for_coupon(actor: User, coupon: Coupon, reason: str, cost: Decimal) -> str:
    """Write the goodwill down and name it. Raises DomainError ``no_owner``, and what the grant raises."""
    customer = coupon.unit.owner
    if customer is None:
        raise DomainError("no_owner", _("Nobody is registered as the owner: goodwill is given to a customer."))
    given = grant_goodwill(
        actor=actor, kind=KIND, item=None, customer=customer, branch=coupon.unit.branch, reason=reason, cost=cost,
        currency=Installation.current().currency, is_demo=coupon.is_demo,
    )  # fmt: skip
    return f"{given.pk}: {reason}"[:60]


goodwill_grants.register(KIND, grant_for_coupon)
