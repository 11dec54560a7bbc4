"""The rules of the complaint desk as the shop has set them."""

from dataclasses import dataclass
from datetime import timedelta

from halkhata.desks.tickets.choices import FollowUpBy, ReopensTo
from halkhata.desks.tickets.models import DeskSettings
from halkhata.foundation.core.kept_sql import kept_objects


@dataclass(frozen=True, slots=True)
class DeskRules:
    """What the shop has settled for its desk. Days are counted from the moment of resolving.

    ``follow_up_days``: none to five days, rising, each from 1 to 90, on which a call is planned. ``closes_after_days``:
    None when tickets are closed by hand only. ``form_per_address`` and ``form_per_customer`` are how many complaints
    the public form takes within an hour, from one network address and from one customer. ``reopens_to``: one of
    choices.ReopensTo, for a customer who answers in time. ``follow_up_by``: one of choices.FollowUpBy.
    """

    reopen_days: int
    follow_up_days: tuple[int, ...]
    closes_after_days: int | None
    form_per_address: int
    form_per_customer: int
    reopens_to: str = ReopensTo.OPEN.value
    follow_up_by: str = FollowUpBy.CALL.value

    @property
    def reopen_window(self) -> timedelta:
        """A reply within this time after resolving reopens; later it opens a linked ticket (A52.7)."""
        return timedelta(days=self.reopen_days)


def desk_rules() -> DeskRules:
    """The rules that hold now; the starting ones while nobody has changed any. One query."""
    found = kept_objects("desk rules", lambda: DeskSettings.objects.filter(pk=1), {})
    row = found[0] if found else DeskSettings()
    return DeskRules(
        reopen_days=row.reopen_days,
        follow_up_days=row.follow_up_days,
        closes_after_days=row.closes_after_days,
        form_per_address=row.form_per_address,
        form_per_customer=row.form_per_customer,
        reopens_to=row.reopens_to,
        follow_up_by=row.follow_up_by,
    )
