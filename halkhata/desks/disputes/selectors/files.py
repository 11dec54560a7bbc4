"""Who may open a file of the evidence."""

from halkhata.desks.disputes.models import Dispute, EvidenceItem
from halkhata.desks.disputes.policies import VIEW
from halkhata.foundation.accounts.models import User


def may_open_file(user: User, file_id: int) -> bool:
    """Whoever may see a dispute in whose file it lies."""
    if not user.may(VIEW):
        return False
    lines = EvidenceItem.objects.filter(file_id=file_id).values("dispute_id")
    return Dispute.objects.visible_to(user).filter(pk__in=lines).exists()
