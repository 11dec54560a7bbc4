"""Where a customer is written to."""

from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer


def customer_address(customer: Customer | None) -> str:
    """The customer's e-mail address to write to: reachable ones first, then the primary; "" when there is none."""
    if customer is None:
        return ""
    # A handful, and a page that shows the customer has them in hand.
    points = [point for point in customer.contact_points.all() if point.kind == ContactKind.EMAIL]
    points.sort(key=lambda point: (not point.is_reachable, not point.is_primary, point.pk))
    return points[0].value if points else ""
