"""How often a customer heard from us without a matter of their own (E.14)."""

from collections.abc import Collection
from datetime import datetime

from halkhata.engines.messaging.models import Delivery, TextMessage


def contacts_since(ids: Collection[int], since: datetime) -> int:
    """How many went, or may have gone, to one person (all their rows) since then, by mail and by short text together.

    What is on its way counts, too: it took its place when it passed the checks.
    """
    if not ids:
        return 0
    mails = Delivery.objects.filter(counted_at__gte=since, message__customer_id__in=ids)
    texts = TextMessage.objects.filter(counted_at__gte=since)
    # Each by the customer's own index.
    return (
        mails.count() + texts.filter(customer_id__in=ids).count() + texts.filter(item__customer_id__in=ids).count()
    )  # fmt: skip
