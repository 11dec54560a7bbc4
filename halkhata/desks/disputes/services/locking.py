"""Taking hold of a dispute before changing it."""

from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.models import Dispute
from halkhata.engines.work.services.items import lock_item
from halkhata.foundation.core.errors import Conflict, NotFound


def lock_dispute(dispute_id: int, *, version: int | None = None) -> Dispute:
    """The dispute with its row locked. Raises Conflict when ``version`` is not current, NotFound when it is gone."""
    lock_item(dispute_id, version=version)
    dispute = (
        Dispute.objects.select_related("customer", "owner", "branch", "team", "unit__product").filter(pk=dispute_id)
    ).first()
    if dispute is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return dispute


def refuse_unless(dispute: Dispute, *states: str) -> None:
    """Raise Conflict ``wrong_state`` when the dispute is in none of ``states``."""
    if dispute.state not in states:
        raise Conflict(
            "wrong_state",
            _("The dispute is “%(state)s”: this is not possible now.") % {"state": dispute.state_label},
            state=dispute.state,
        )
