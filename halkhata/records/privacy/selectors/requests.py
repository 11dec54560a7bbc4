"""Requests about data as the person sees them."""

from halkhata.records.privacy.choices import RequestState
from halkhata.records.privacy.models import DataRequest
from halkhata.records.privacy.selectors.family import family_of


def open_requests_of(customer_id: int) -> list[DataRequest]:
    """What the person has asked and was not answered yet, by whichever of their rows; due first."""
    rows = DataRequest.objects.filter(customer_id__in=family_of(customer_id), state=RequestState.OPEN)
    return list(rows.order_by("due_at", "id")[:20])
