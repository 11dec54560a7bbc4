"""The warranty card: one unguessable address for each unit."""

import secrets

from halkhata.foundation.core.clock import now
from halkhata.records.catalog.models import Unit
from halkhata.records.warranty.models import Card


def card_of(unit: Unit) -> Card:
    """The unit's card; made on first use with 256 random bits, and the same ever after."""
    card, _made = Card.objects.get_or_create(
        unit=unit, defaults={"token": secrets.token_urlsafe(32)[:43], "created_at": now()}
    )
    return card
