"""Addresses that nothing is sent to any more (A52.6)."""

from halkhata.engines.messaging.models import Suppression
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.services.contacts import mark_unreachable


def suppress(*, address: str, reason: str) -> None:
    """Send nothing to this address any more, and show it as undeliverable on the customer's card."""
    words = clean_text(reason, max_length=200)
    Suppression.objects.get_or_create(address=address.lower()[:254], defaults={"reason": words, "since": now()})
    mark_unreachable(address=address.lower(), reason=words)


def is_suppressed(address: str) -> bool:
    """Whether the address bounced for good."""
    return Suppression.objects.filter(address=address.lower()).exists()
