"""Writing to a customer's timeline."""

from datetime import datetime
from typing import Any

from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Activity, Customer


def record_activity(
    *,
    customer: Customer | None,
    verb: str,
    data: dict[str, Any] | None = None,
    url: str = "",
    actor: Any = None,
    at: datetime | None = None,
) -> Activity | None:
    """Add one line to the customer's timeline, in the caller's transaction; without a customer nothing is written.

    ``verb`` is a code for which an app registered a sentence in ``timeline_sentences``; ``data`` holds its values (JSON
    types). Lines of the system name nobody.
    """
    if customer is None:
        return None
    is_person = getattr(actor, "pk", None) is not None
    return Activity.objects.create(
        customer=customer,
        at=at or now(),
        verb=verb,
        data=data or {},
        url=url,
        actor_label=actor.audit_label[:150] if is_person else "",
        is_demo=customer.is_demo,
    )
