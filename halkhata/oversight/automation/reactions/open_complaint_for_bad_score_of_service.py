"""A job card was answered with a bad score -> a complaint with the branch's manager (US-18 AC 3, A53.14)."""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.feedback.events import SurveyAnswered
from halkhata.desks.feedback.models import SurveyResponse
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.tickets.choices import TicketKind
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.selectors.ladder import manager_of
from halkhata.foundation.accounts.wording import digits_for, number_for
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import on
from halkhata.records.privacy.selectors.erased import is_erased


@on(SurveyAnswered)
def open_complaint_for_bad_score_of_service(event: SurveyAnswered) -> None:
    """Once per answer, of job cards only: a ticket that ended badly has a recovery item of its own."""
    if event.score > event.threshold:
        return
    job = (
        ServiceJob.objects.select_related("customer", "branch", "team", "owner", "unit")
        .filter(pk=event.item_id)
        .first()
    )
    cause = f"survey-response:{event.response_id}:ticket"
    if job is None or is_erased(job.customer_id) or Ticket.objects.filter(cause=cause).exists():
        return
    owner = manager_of(job.branch, now()) or job.owner
    identifier = job.unit.identifiers.order_by("pk").first()
    words = SurveyResponse.objects.filter(pk=event.response_id).values_list("comment", flat=True).first()
    with translation.override(owner.language):
        subject = _("The service of %(number)s was answered with %(score)s of 5") % {
            "number": number_for(owner, job.number), "score": digits_for(owner, event.score),
        }  # fmt: skip
    open_ticket(
        actor=SYSTEM, kind=TicketKind.COMPLAINT, subject=subject, description=words or "", customer=job.customer,
        channel=Channel.INTERNAL, branch=job.branch, team=job.team,
        serial=identifier.value if identifier is not None else "", owner=owner if owner.is_active else None,
        is_demo=job.is_demo, cause=cause,
    )  # fmt: skip
