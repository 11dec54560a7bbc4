"""Whether shop and customer are in dispute: nothing that advertises goes to the customer meanwhile (A54.2)."""

from collections.abc import Collection

from halkhata.desks.disputes.models import Dispute
from halkhata.engines.work.choices import StateFlag


def has_open_dispute(ids: Collection[int]) -> bool:
    """Whether one of these rows of a customer has a dispute that is neither closed nor withdrawn."""
    return Dispute.objects.filter(customer_id__in=ids).exclude(state_flag=StateFlag.RESOLVED).exists()
