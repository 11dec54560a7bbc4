"""The customers' door on the 360 page: a code that waits to be read out."""

from typing import Any

from halkhata.doors.portal.services.telling_owner import waiting_codes
from halkhata.engines.messaging.text_policies import can_handle_texts
from halkhata.foundation.accounts.models import User
from halkhata.records.customers.models import Customer


def code_panel(user: User, customer: Customer) -> dict[str, Any]:
    """Nothing at all for whoever may not tell a code: not even that one waits."""
    return {"waiting": waiting_codes(customer)[:1] if can_handle_texts(user) else [], "customer": customer}
