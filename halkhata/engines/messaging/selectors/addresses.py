"""Where a customer is written to."""

from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer


def customer_address(customer: Customer | None) -> str:
    """The customer's e-mail address to write to: reachable ones first, then the primary; "" when there is none."""
    if customer is None:
        return ""
    points = customer.contact_points.filter(kind=ContactKind.EMAIL).order_by("-is_reachable", "-is_primary", "id")
    first = points.first()
    return first.value if first else ""
