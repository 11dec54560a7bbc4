"""How many bookings a branch takes on a day."""

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service.models import BookingRule
from halkhata.desks.service.models_booking import MOST_DAYS_AHEAD, MOST_PER_DAY
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.errors import DomainError, PermissionRefused


@transaction.atomic
def save_booking_rule(*, actor: Actor | None, branch: Branch, per_day: int, days_ahead: int) -> BookingRule:
    """Set the numbers of a branch; what is booked already stays. 0 a day takes no bookings.

    Raises PermissionRefused, DomainError ``out_of_bounds``.
    """
    if isinstance(actor, User) and not actor.may("settings.edit"):
        raise PermissionRefused("settings_refused", _("You may not change the settings."))
    if not 0 <= per_day <= MOST_PER_DAY:
        raise DomainError("out_of_bounds", _("Write a number from 0 to 200."), field="per_day")
    if not 1 <= days_ahead <= MOST_DAYS_AHEAD:
        raise DomainError("out_of_bounds", _("Write a number from 1 to 90."), field="days_ahead")
    BookingRule.objects.get_or_create(branch=branch)
    row = BookingRule.objects.select_for_update().get(branch=branch)
    before = {"per_day": row.per_day, "days_ahead": row.days_ahead}
    row.per_day, row.days_ahead = per_day, days_ahead
    row.version += 1
    row.save()
    record(
        actor=actor, action="booking_rule.save", record=row, before=before,
        after={"branch": str(branch), "per_day": per_day, "days_ahead": days_ahead},
    )  # fmt: skip
    return row
