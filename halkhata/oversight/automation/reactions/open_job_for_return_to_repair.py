"""A return comes to a repair -> the service desk has a job card for the unit (A58.2)."""

from django.utils import translation

from halkhata.desks.returns.choices import Outcome, Reason
from halkhata.desks.returns.events import ReturnSettled
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.service.services.opening import open_job
from halkhata.engines.work.choices import Channel
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.letters import language_of


@on(ReturnSettled)
def open_job_for_return_to_repair(event: ReturnSettled) -> None:
    """Once for each return; none when the unit stands in the workshop under a card already."""
    if event.result != Outcome.REPAIR or event.unit_id is None:
        return
    request = (
        ReturnRequest.objects.select_related("unit__product", "customer", "branch").filter(pk=event.request_id).first()
    )
    if request is None or request.unit is None:
        return
    with translation.override(language_of(request)):
        words = request.note or str(Reason(request.reason_code).label)
    try:
        open_job(
            actor=SYSTEM, unit=request.unit, customer=request.customer, branch=request.branch, complaint=words,
            channel=Channel.INTERNAL, parent=request, cause=f"return:{request.pk}:repair", is_demo=request.is_demo,
        )  # fmt: skip
    except Conflict:
        return
