"""The engine's card on the customer's 360 page."""

from typing import Any

from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.rows import item_rows
from halkhata.foundation.accounts.models import User
from halkhata.records.customers.models import Customer

SHOWN = 10


def open_work_panel(user: User, customer: Customer) -> dict[str, Any]:
    """What is still to be done for this customer, the most pressing first: one query."""
    items = WorkItem.objects.visible_to(user).unfinished().filter(customer=customer).select_related("owner")
    rows = item_rows(list(items.order_by("next_due_at", "pk")[: SHOWN + 1]))
    return {"rows": rows[:SHOWN], "more": len(rows) > SHOWN}
