"""Moving a dispute from state to state: one road for all services."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.choices import FLAG_OF_STATE, TRANSITIONS, DisputeState
from halkhata.desks.disputes.events import DisputeMoved
from halkhata.desks.disputes.models import Dispute
from halkhata.engines.work.services.items import change_state
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.outbox import publish
from halkhata.records.catalog.services.life import write_life
from halkhata.records.customers.services.activities import record_activity


def move(*, actor: Actor | None, dispute: Dispute, to: DisputeState, at: datetime | None = None, **data: Any) -> None:
    """Put a held dispute into another state. Raises Conflict ``step_not_allowed`` for a step that does not exist."""
    before = DisputeState(dispute.state)
    if to not in TRANSITIONS[before]:
        raise Conflict(
            "step_not_allowed",
            _("A dispute that is “%(from)s” cannot become “%(to)s”.") % {"from": before.label, "to": to.label},
            field="state",
        )
    change_state(actor=actor, item=dispute, state=to.value, state_flag=FLAG_OF_STATE[to].value, at=at, data=data)
    tell_timelines(actor=actor, dispute=dispute, verb=f"dispute.{to.value}", at=at)
    publish(
        DisputeMoved(
            dispute_id=dispute.pk, number=dispute.number, before=before.value, after=to.value, is_demo=dispute.is_demo
        )
    )


def tell_timelines(*, actor: Actor | None, dispute: Dispute, verb: str, at: datetime | None = None) -> None:
    """One line in the customer's timeline and, where it is about a unit, in the unit's life."""
    url = f"/disputes/{dispute.number}/"
    data = {"number": dispute.number, "subject": dispute.subject}
    record_activity(customer=dispute.customer, verb=verb, data=data, url=url, actor=actor, at=at)
    if dispute.unit is not None:
        write_life(actor=actor, unit=dispute.unit, verb=verb, at=at, data=data, url=url)
