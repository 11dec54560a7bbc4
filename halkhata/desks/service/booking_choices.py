"""Closed lists of bookings: the customer asks for a day, the desk confirms or declines (issue 5, part 8)."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class BookingState(models.TextChoices):
    """Where a booking stands."""

    ASKED = "asked", _("Asked for")
    CONFIRMED = "confirmed", _("Confirmed")
    CAME = "came", _("Came")
    MISSED = "missed", _("Did not come")
    DECLINED = "declined", _("Declined")
    WITHDRAWN = "withdrawn", _("Taken back by the customer")


# Still to come: a unit has one of these at most.
OPEN = (BookingState.ASKED, BookingState.CONFIRMED)
# Takes one of the places of its day.
HOLDING = (*OPEN, BookingState.CAME)

_S = BookingState
# The database has the same table as a trigger (booking_guard.py).
BOOKING_STEPS: dict[BookingState, frozenset[BookingState]] = {
    _S.ASKED: frozenset({_S.CONFIRMED, _S.DECLINED, _S.WITHDRAWN, _S.CAME, _S.MISSED}),
    _S.CONFIRMED: frozenset({_S.DECLINED, _S.WITHDRAWN, _S.CAME, _S.MISSED}),
    _S.CAME: frozenset(),
    _S.MISSED: frozenset(),
    _S.DECLINED: frozenset(),
    _S.WITHDRAWN: frozenset(),
}
