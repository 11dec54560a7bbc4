"""Reactions that time brings about, not an event."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from halkhata.desks.feedback.models import SurveyInvitation
from halkhata.desks.feedback.services.asking import invite_customer
from halkhata.desks.service.models import Handover
from halkhata.desks.service.selectors.rules import service_rules
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import task
from halkhata.oversight.automation.letters import has_address, is_wanted, language_of

# Between one and two days after the hand-over (A53.14).
AFTER, UNTIL = timedelta(hours=24), timedelta(hours=48)


@task()
def ask_after_service(limit: int = 200) -> int:
    """Ask customers by mail how the repair was, once per job and within the survey's rules. Returns how many."""
    if not service_rules().asks_satisfaction:
        return 0
    at = now()
    rows = Handover.objects.filter(at__lte=at - AFTER, at__gt=at - UNTIL, job__state="delivered")
    asked = 0
    for handover in rows.select_related("job__customer", "job__owner", "job__branch", "job__team").order_by("at")[
        :limit
    ]:
        asked += _ask(handover)
    return asked


@transaction.atomic
def _ask(handover: Handover) -> bool:
    job, cause = handover.job, f"job:{handover.job_id}:delivered"
    if job.customer is None or not is_wanted(TemplateCode.FEEDBACK, job.team) or not has_address(job):
        return False
    if SurveyInvitation.objects.filter(cause=cause).exists():
        return False
    language = language_of(job)
    invited = invite_customer(item=job, customer=job.customer, agent=job.owner, cause=cause, language=language)
    if invited is None:
        return False
    invitation, token = invited
    link = f"{settings.BASE_URL}{reverse('portal:survey', args=[token])}"
    send_automatic(
        item=job, code=TemplateCode.FEEDBACK, cause=f"survey:{invitation.pk}", context={"link": link}, language=language
    )
    return True
