"""The legal hold: while a dispute may still go on, nothing of the customer is erased (A60.10)."""

from datetime import datetime

from halkhata.desks.disputes.choices import ENDED, OutsideState
from halkhata.desks.disputes.models import Dispute, OutsideCase
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.records.privacy.models import LegalHold
from halkhata.records.privacy.services.holds import end_hold, place_hold


def hold_for(dispute: Dispute) -> None:
    """Place a hold for the dispute's customer, or share the one another dispute has. Call inside its transaction."""
    if dispute.customer is None or dispute.is_demo:
        return
    standing = LegalHold.objects.filter(customer=dispute.customer_id, ended_at__isnull=True)
    hold = standing.first()
    if hold is None:
        try:
            # A code, no sentence: whoever reads it sees the number, in any language.
            hold = place_hold(actor=SYSTEM, customer=dispute.customer, reason=dispute.number)
        except Conflict:
            hold = standing.first()
    elif not Dispute.objects.filter(hold=hold).exists():
        return  # somebody placed it by hand and ends it by hand; it protects this dispute as well
    Dispute.objects.filter(pk=dispute.pk).update(hold=hold)
    dispute.hold = hold


def release_holds(at: datetime | None = None, limit: int = 500) -> int:
    """End the holds of disputes that are over, of which the days of appeal are past and no case is open outside.

    A hold that several disputes share ends with the last. Returns how many ended.
    """
    moment = at or now()
    ended = 0
    holds = LegalHold.objects.filter(ended_at__isnull=True, disputes__isnull=False).distinct()
    for hold in holds.order_by("pk")[:limit]:
        still = [dispute for dispute in hold.disputes.all() if _needs(dispute, moment)]
        if not still:
            end_hold(actor=SYSTEM, hold=hold)
            ended += 1
    return ended


def _needs(dispute: Dispute, moment: datetime) -> bool:
    if dispute.state not in ENDED:
        return True
    if dispute.appeal_until is not None and dispute.appeal_until > moment:
        return True
    return OutsideCase.objects.filter(dispute=dispute, state=OutsideState.OPEN).exists()
