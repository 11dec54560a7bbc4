"""What the service desk does when something happens to a unit."""

from halkhata.desks.service.services.bookings import end_visit_of
from halkhata.foundation.core.events import on
from halkhata.records.catalog.events import UnitStateChanged, UnitTransferred


@on(UnitTransferred)
def end_visit_of_earlier_owner(event: UnitTransferred) -> None:
    """The unit belongs to somebody else: the visit that the earlier owner booked is over."""
    end_visit_of(unit_id=event.unit_id)


@on(UnitStateChanged)
def end_visit_of_unit_without_owner(event: UnitStateChanged) -> None:
    """Given back, replaced or scrapped: nobody brings it any more."""
    end_visit_of(unit_id=event.unit_id)
