"""Background work of the webhooks."""

from datetime import timedelta

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import task
from halkhata.oversight.webhooks import lanes
from halkhata.oversight.webhooks.choices import DeliveryState
from halkhata.oversight.webhooks.models import WebhookDelivery
from halkhata.oversight.webhooks.services.sending import due_endpoints

KEEP_DELIVERED = timedelta(days=30)
KEEP_GIVEN_UP = timedelta(days=90)


@task()
def send_due_webhooks() -> int:
    """Open a lane for each endpoint with something to send; returns at once, with how many were begun."""
    return sum(lanes.start(endpoint_id) for endpoint_id in due_endpoints(now()))


@task()
def prune_webhooks() -> int:
    """Delete what was delivered 30 days ago or given up 90 days ago. Returns how many rows went."""
    at = now()
    ended = WebhookDelivery.objects.exclude(state=DeliveryState.PENDING)
    removed = ended.filter(state=DeliveryState.DELIVERED, finished_at__lt=at - KEEP_DELIVERED).delete()[0]
    return removed + ended.filter(finished_at__lt=at - KEEP_GIVEN_UP).delete()[0]
