"""A job card moves on -> the customer hears it, at the states the shop has chosen (US-14 AC 3)."""

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.service.choices import JobState
from halkhata.desks.service.events import EstimateSent, JobOpened, JobStateChanged, PartLate
from halkhata.desks.service.models import Estimate, PartRequest, ServiceJob
from halkhata.desks.service.selectors.rules import service_rules
from halkhata.desks.service.services.estimates import token_for
from halkhata.engines.deliveries.selectors.promises import open_promise
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.customer_time import told_time
from halkhata.oversight.automation.letters import language_of
from halkhata.oversight.automation.news import tell


@on(JobOpened)
def tell_customer_of_intake(event: JobOpened) -> None:
    """The number, and by when it is promised."""
    job = _job(event.job_id)
    if job is None or JobState.IN not in service_rules().told_states:
        return
    language = language_of(job)
    promise = open_promise(job)
    with translation.override(language):
        text = _("We have taken in %(unit)s.") % {"unit": job.unit.product.name}
        if promise is not None:
            text += " " + _("Ready %(at)s.") % {"at": told_time(promise.promised_for, item=job, language=language)}
    tell(job, TemplateCode.JOB, cause=f"job:{job.pk}:in", text=text)


@on(JobStateChanged)
def tell_customer_of_state(event: JobStateChanged) -> None:
    """Once per step, and only of the step that the card still stands at: events may arrive late."""
    job = _job(event.job_id)
    if job is None or job.state != event.after or event.after not in service_rules().told_states:
        return
    if event.after == JobState.WAITING_APPROVAL:
        return  # the estimate itself is the news
    with translation.override(language_of(job)):
        text = _sentence(job)
    tell(job, TemplateCode.JOB, cause=f"job:{job.pk}:state:{event.event_id}", text=text)


@on(EstimateSent)
def send_estimate_link(event: EstimateSent) -> None:
    """What is to be paid, and the page on which to answer; nothing when a newer estimate has replaced it."""
    job, estimate = _job(event.job_id), Estimate.objects.get(pk=event.estimate_id)
    if job is None or estimate.state != "sent":
        return
    link = f"{settings.BASE_URL.rstrip('/')}{reverse('portal:job', args=[token_for(estimate)])}"
    text = estimate.text.splitlines()[-1]
    tell(job, TemplateCode.ESTIMATE, cause=f"job:{job.pk}:estimate:{estimate.pk}", text=text, link=link)


@on(PartLate)
def tell_customer_of_late_part(event: PartLate) -> None:
    """The part is late: sorry, and we ask again. Nothing when it has come meanwhile."""
    job, part = _job(event.job_id), PartRequest.objects.get(pk=event.part_request_id)
    if job is None or part.state != "open" or part.eta_on != event.eta_on:
        return
    with translation.override(language_of(job)):
        text = _("The part we ordered for %(unit)s is late. We are sorry, and tell you as soon as it is here.") % {
            "unit": job.unit.product.name
        }
    tell(job, TemplateCode.JOB, cause=f"job:{job.pk}:part-late:{part.pk}:{event.eta_on}", text=text)


def _job(pk: int) -> ServiceJob | None:
    rows = ServiceJob.objects.select_related("customer", "branch", "team", "owner", "unit__product")
    return rows.filter(pk=pk).first()


def _sentence(job: ServiceJob) -> str:
    unit = {"unit": job.unit.product.name}
    known = {
        JobState.DIAGNOSED: _("We have found what is wrong with %(unit)s.") % unit,
        JobState.WAITING_PART: _("%(unit)s waits for a spare part that we have ordered.") % unit,
        JobState.WORKING: _("%(unit)s is being repaired.") % unit,
        JobState.TESTED: _("%(unit)s is repaired and tested.") % unit,
        JobState.READY: _("%(unit)s is ready. Please fetch it, with this number.") % unit,
        JobState.DELIVERED: _("%(unit)s was handed over. Thank you.") % unit,
        JobState.CANCELLED: _("The work on %(unit)s is cancelled. Please fetch it.") % unit,
    }
    return known.get(JobState(job.state), job.state_label)
