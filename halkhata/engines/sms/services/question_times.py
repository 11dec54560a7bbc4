"""When a gateway is asked what became of a text."""

from datetime import datetime, timedelta

from halkhata.engines.messaging.services.text_sending import LEASE
from halkhata.engines.sms.choices import CarryState
from halkhata.engines.sms.models import SmsDelivery
from halkhata.engines.sms.services.access import access_of, adapter_of
from halkhata.foundation.core.clock import now

# After the first, the second, … question that brought no end.
_PAUSES = (
    timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=12),
    timedelta(hours=24),
)  # fmt: skip


def next_question(delivery: SmsDelivery) -> datetime | None:
    """When to ask about it next; None where nobody is to be asked any more, or the gateway cannot be asked."""
    if delivery.asks >= len(_PAUSES):
        return None
    access, adapter = access_of(delivery.gateway), adapter_of(delivery.gateway)
    if access is None:
        return None
    by = adapter.asks(access)
    can_ask = by == "key" or (by == "id" and bool(delivery.provider_id))
    if delivery.state == CarryState.ASKED:
        # The answer is awaited: only when the sender has died is there anything to ask.
        return now() + LEASE + timedelta(minutes=1) if by == "key" or adapter.keeps(access) else None
    if delivery.state == CarryState.UNKNOWN:
        return now() + _PAUSES[delivery.asks] if can_ask or adapter.keeps(access) else None
    if delivery.state == CarryState.ACCEPTED:
        return now() + _PAUSES[min(delivery.asks + 1, len(_PAUSES) - 1)] if can_ask else None
    return None
