"""Mail that waited when a backup was made: once that backup is restored, nobody knows whether it has gone out since."""

from datetime import datetime

from halkhata.engines.messaging.choices import OutboundState
from halkhata.engines.messaging.models import Delivery, TrialMail
from halkhata.foundation.core.clock import now

# Kept as the error; pages have words for it.
RESTORED = "restored"


def put_unsent_in_doubt(taken_at: datetime) -> int:
    """Every delivery that was waiting or being sent becomes ``in_doubt``: a person decides (docs/adr/0007).

    Tests of texts, too; nobody needs to decide about those. Returns how many deliveries.
    """
    TrialMail.objects.filter(state__in=[OutboundState.QUEUED, OutboundState.SENDING]).update(
        state=OutboundState.IN_DOUBT, lease_until=None, settled_at=now(), error_code=RESTORED
    )
    waiting = Delivery.objects.filter(state__in=[OutboundState.QUEUED, OutboundState.SENDING])
    return waiting.update(
        state=OutboundState.IN_DOUBT, lease_until=None, locked_by="", error_code=RESTORED, last_error=""
    )
