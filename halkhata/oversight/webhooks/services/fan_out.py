"""One event becomes one delivery for each endpoint that chose it and may hear of it."""

import json
import secrets

from django.conf import settings

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import DomainEvent
from halkhata.foundation.core.models import OutboxEvent
from halkhata.oversight.webhooks.catalogue import EVENTS
from halkhata.oversight.webhooks.models import WebhookDelivery, WebhookEndpoint
from halkhata.oversight.webhooks.policies import may_hear


def fan_out(event: DomainEvent, stored: OutboxEvent) -> int:
    """Write the deliveries of ``event`` in the caller's transaction. Doing it twice writes nothing twice.

    Returns how many endpoints will hear of it.
    """
    public = EVENTS[event.name]
    endpoints = WebhookEndpoint.objects.filter(is_active=True).select_related("owner__role", "owner__branch", "branch")
    listening = [endpoint for endpoint in endpoints if event.name in endpoint.events]
    if not listening:
        return 0
    item_id, customer_id = public.item_id(event), public.customer_id(event)
    rows, at = [], now()
    for endpoint in listening:
        if not may_hear(
            endpoint.owner,
            permission=public.permission,
            item_id=item_id,
            customer_id=customer_id,
            branch=endpoint.branch,
        ):
            continue
        rows.append(
            WebhookDelivery(
                endpoint=endpoint,
                webhook_id=f"msg_{secrets.token_hex(16)}",
                event_id=stored.pk,
                event=event.name,
                item_id=item_id,
                customer_id=customer_id,
                body=_body(event, stored),
                occurred_at=stored.occurred_at,
                created_at=at,
                first_due_at=at,
                next_try_at=at,
            )
        )
    WebhookDelivery.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _body(event: DomainEvent, stored: OutboxEvent) -> str:
    data = EVENTS[event.name].data(event)
    if "ticket_id" in data:
        data["href"] = f"{settings.BASE_URL}/api/v1/tickets/{data['number']}"
    elif EVENTS[event.name].customer:
        data["href"] = f"{settings.BASE_URL}/api/v1/customers/{data['customer_id']}"
    return json.dumps(
        {
            "id": f"evt_{stored.pk}",
            "type": event.name,
            "created_at": stored.occurred_at.isoformat(),
            "data": data,
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
