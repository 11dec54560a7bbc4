"""Holding a dispute together with one's seat on its panel."""

from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.choices import DisputeState
from halkhata.desks.disputes.models import Dispute, PanelMember
from halkhata.desks.disputes.services.locking import lock_dispute, refuse_unless
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import PermissionRefused


def held_with_seat(actor: User, dispute: Dispute) -> tuple[Dispute, PanelMember]:
    """The dispute, held, and the seat of ``actor`` on its panel. Raises NotFound, PermissionRefused, Conflict."""
    policies.require(actor, policies.REVIEW, dispute)
    held = lock_dispute(dispute.pk)
    refuse_unless(held, DisputeState.UNDER_REVIEW)
    seat = policies.seat_of(actor, held)
    if seat is None:
        raise PermissionRefused("not_on_panel", _("You do not sit on the panel of this dispute."))
    return held, seat
