"""The contact after service ends with "not solved" -> a complaint, with the branch's manager (US-18 AC 3)."""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.service.models import ServiceJob
from halkhata.desks.tickets.choices import TicketKind
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.work.choices import Channel, Outcome
from halkhata.engines.work.events import TaskCompleted
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.ladder import manager_of
from halkhata.foundation.accounts.wording import number_for
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import on
from halkhata.records.privacy.selectors.erased import is_erased


@on(TaskCompleted)
def open_complaint_when_repair_failed(event: TaskCompleted) -> None:
    """Once per call; of a job only, tickets have a way of their own."""
    if event.kind != "follow_up" or event.outcome != Outcome.NOT_SOLVED or event.parent_id is None:
        return
    job = (
        ServiceJob.objects.select_related("customer", "branch", "team", "owner", "unit")
        .filter(pk=event.parent_id)
        .first()
    )
    cause = f"repair-failed:{event.item_id}"
    if job is None or is_erased(job.customer_id) or Ticket.objects.filter(cause=cause).exists():
        return
    owner = manager_of(job.branch, now()) or job.owner
    identifier = job.unit.identifiers.order_by("pk").first()
    with translation.override(owner.language):
        subject = _("The repair is not all right: %(number)s") % {"number": number_for(owner, job.number)}
    open_ticket(
        actor=SYSTEM,
        kind=TicketKind.COMPLAINT,
        subject=subject,
        description=WorkItem.objects.get(pk=event.item_id).outcome_note,
        customer=job.customer,
        channel=Channel.PHONE,
        branch=job.branch,
        team=job.team,
        serial=identifier.value if identifier is not None else "",
        owner=owner if owner.is_active else None,
        is_demo=job.is_demo,
        cause=cause,
    )
