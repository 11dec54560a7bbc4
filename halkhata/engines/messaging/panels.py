"""What the customer's page says about mail that does not arrive."""

from typing import Any

from halkhata.engines.messaging.policies import can_lift_suppressions
from halkhata.engines.messaging.selectors.suppressions import suppressions_of
from halkhata.foundation.accounts.models import User
from halkhata.records.customers.models import Customer


def undeliverable_panel(user: User, customer: Customer) -> dict[str, Any]:
    """Addresses of the customer that nothing is sent to, why, and whether the user may allow them again."""
    return {"suppressions": suppressions_of(customer), "may_lift": can_lift_suppressions(user)}
