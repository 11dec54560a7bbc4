"""Who looks after the quality of the customer book."""

from typing import Any

from halkhata.foundation.accounts.models import User
from halkhata.records.customers.policies import can_edit_customers


def can_mend(actor: Any) -> bool:
    """Whoever may change customers mends them, within what they see."""
    return not isinstance(actor, User) or can_edit_customers(actor)
