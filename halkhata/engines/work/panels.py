"""The engine's card on the customer's 360 page."""

from typing import Any

from django.db.models import QuerySet

from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.rows import item_rows
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_key
from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.records.customers.models import Customer

SHOWN = 10


def open_work_panel(user: User, customer: Customer) -> dict[str, Any]:
    """What is still to be done for this customer, the most pressing first: one query."""
    key = ("open work of a customer", scope_key(user))
    rows = item_rows(kept_objects(key, lambda: _unfinished(user, SOME_ID), {SOME_ID: customer.pk}))
    return {"rows": rows[:SHOWN], "more": len(rows) > SHOWN}


def _unfinished(user: User, customer_id: int) -> QuerySet[WorkItem]:
    items = WorkItem.objects.visible_to(user).unfinished().filter(customer_id=customer_id)
    return items.select_related("owner").order_by("next_due_at", "pk")[: SHOWN + 1]
