"""Whether a customer waits for the end of a return: nothing that advertises goes to them meanwhile (A54.2)."""

from collections.abc import Collection

from halkhata.desks.returns.models import ReturnRequest
from halkhata.engines.work.choices import StateFlag


def has_open_return(ids: Collection[int]) -> bool:
    """Whether one of these rows of a customer has a return that is neither closed nor rejected."""
    return ReturnRequest.objects.filter(customer_id__in=ids).exclude(state_flag=StateFlag.RESOLVED).exists()
