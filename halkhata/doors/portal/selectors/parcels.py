"""What is on its way to a customer, in plain words. A closed list: no names of staff, nothing that they wrote."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from halkhata.engines.deliveries.models import Parcel
from halkhata.engines.deliveries.parcel_choices import EventSource, ParcelState
from halkhata.engines.deliveries.selectors.parcels import own_parcels
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.selectors.family import family_of_survivor


@dataclass(frozen=True, kw_only=True)
class Step:
    """One thing that happened. ``place`` as the courier told it."""

    words: str
    at: datetime
    place: str


@dataclass(frozen=True, kw_only=True)
class OwnParcel:
    """One parcel. ``url``: the courier's own page of it, or ""."""

    what: str
    number: str
    courier: str
    words: str
    is_over: bool
    url: str
    steps: tuple[Step, ...]


def parcels_to(customer: Customer, *, item_id: int | None = None, unit_id: int | None = None) -> list[OwnParcel]:
    """What is on its way, or arrived within a month: everything, or of one piece of work or unit. Two queries."""
    rows = own_parcels(family_of_survivor(customer.pk), item_id=item_id, unit_id=unit_id)
    return [_shown(row) for row in rows]


def _shown(row: Parcel) -> OwnParcel:
    # What staff wrote by hand may be meant for us; of that only what happened is told.
    steps = tuple(
        Step(
            words=words_of(event.kind), at=event.happened_at,
            place="" if event.source == EventSource.STAFF else event.place,
        )
        for event in row.events.all()
    )  # fmt: skip
    return OwnParcel(
        what=row.what, number=row.number, courier=row.courier.name, words=words_of(row.state), is_over=row.is_over,
        url=row.tracking_url, steps=steps,
    )  # fmt: skip


def words_of(state: str) -> str:
    """Where a parcel is, said to whoever waits for it."""
    known = {
        ParcelState.REGISTERED: _("We gave it to the courier."),
        ParcelState.PICKED_UP: _("The courier has it."),
        ParcelState.IN_TRANSIT: _("It is on its way to you."),
        ParcelState.AT_BRANCH: _("It is at the courier's branch near you."),
        ParcelState.OUT: _("The courier brings it to you now."),
        ParcelState.FAILED: _("The courier came and could not hand it over. We look after it."),
        ParcelState.DELIVERED: _("It was handed over."),
        ParcelState.RETURNED: _("It came back to us. We call you."),
    }
    return known[ParcelState(state)]
