"""Every event of the catalogue is told to the endpoints that chose it."""

from halkhata.foundation.core.events import DomainEvent, on
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.outbox import current_event
from halkhata.oversight.webhooks.catalogue import EVENTS
from halkhata.oversight.webhooks.jobs import send_due_webhooks
from halkhata.oversight.webhooks.services.fan_out import fan_out


def tell_endpoints(event: DomainEvent) -> None:
    """One delivery for each endpoint that chose this event, and a job that sends it."""
    if fan_out(event, current_event()):
        enqueue_once(send_due_webhooks, "webhooks")


for _public in EVENTS.values():
    on(_public.event)(tell_endpoints)
