"""The customers' own cards on the 360 page."""

from typing import Any

from halkhata.foundation.accounts.models import User
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer
from halkhata.records.customers.policies import can_edit_customers
from halkhata.records.customers.selectors.households import household_of
from halkhata.records.customers.services.contacts import CLOSED_BLOCK


def contact_panel(user: User, customer: Customer) -> dict[str, Any]:
    """Who it is and how to reach them: numbers to call, addresses to write to, where they live."""
    points = list(customer.contact_points.all())
    addresses = list(customer.addresses.all())
    return {
        "points": [
            {
                "point": point,
                "is_phone": point.kind == ContactKind.PHONE,
                "is_closed_block": point.unreachable_reason == CLOSED_BLOCK,
            }
            for point in points
        ],
        "address": addresses[0] if addresses else None,
        "may_edit": can_edit_customers(user),
    }


def about_panel(user: User, customer: Customer) -> dict[str, Any]:
    """Title, language, how and when they want to be reached, where they work, what staff noted."""
    return {"may_edit": can_edit_customers(user)}


def household_panel(user: User, customer: Customer) -> dict[str, Any]:
    """With whom the customer lives. One query."""
    members = household_of(user, customer)
    return {
        "household": members[0].household if members else None,
        "members": [member for member in members if member.customer_id != customer.pk],
        "may_edit": can_edit_customers(user),
    }
