"""Whose data were erased."""

from halkhata.records.privacy.models import Erasure
from halkhata.records.privacy.selectors.family import family_of


def is_erased(customer_id: int | None) -> bool:
    """Whether the customer's data were erased: no work is planned with them any more."""
    return customer_id is not None and Erasure.objects.filter(customer_id_then__in=family_of(customer_id)).exists()
