"""Reactions that time brings about, not an event."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.aftercare.choices import TextStanding
from halkhata.desks.aftercare.services.texting import ask as when_to_text
from halkhata.desks.feedback.models import SurveyInvitation
from halkhata.desks.feedback.services.asking import invite_customer
from halkhata.desks.service.models import Handover
from halkhata.desks.service.selectors.rules import service_rules
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.messaging.text_choices import TextChannel, TextPurpose
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import task
from halkhata.oversight.automation.letters import has_address, is_wanted, language_of
from halkhata.records.privacy.choices import ContactChannel

# Between one and two days after the hand-over (A53.14).
AFTER, UNTIL = timedelta(hours=24), timedelta(hours=48)


@task()
def ask_after_service(limit: int = 200) -> int:
    """Ask customers how the repair was, by mail or else by SMS, once per job and within the survey's rules.

    Returns how many were asked.
    """
    if not service_rules().asks_satisfaction:
        return 0
    at = now()
    rows = Handover.objects.filter(at__lte=at - AFTER, at__gt=at - UNTIL, job__state="delivered")
    asked = 0
    for handover in rows.select_related(
        "job__customer", "job__owner", "job__branch", "job__team", "job__unit__product"
    ).order_by("at")[:limit]:
        asked += _ask(handover)
    return asked


@transaction.atomic
def _ask(handover: Handover) -> bool:
    job, cause = handover.job, f"job:{handover.job_id}:delivered"
    if job.customer is None or not is_wanted(TemplateCode.FEEDBACK, job.team):
        return False
    if SurveyInvitation.objects.filter(cause=cause).exists():
        return False
    by_mail, language = has_address(job), language_of(job)
    phone = None if by_mail else when_to_text(job.customer, job.branch)
    if phone is not None and phone.state != TextStanding.PREPARED:
        # No number, a stop, or not in these hours: it is looked at again every hour until the two days are over.
        return False
    invited = invite_customer(
        item=job, customer=job.customer, agent=job.owner, cause=cause, language=language,
        channel=ContactChannel.EMAIL if by_mail else ContactChannel.SMS,
    )  # fmt: skip
    if invited is None:
        return False
    invitation, token = invited
    link = f"{settings.BASE_URL}{reverse('portal:survey', args=[token])}"
    if phone is None:
        send_automatic(
            item=job, code=TemplateCode.FEEDBACK, cause=f"survey:{invitation.pk}", context={"link": link},
            language=language,
        )  # fmt: skip
    else:
        with translation.override(language):
            words = _("How was our service of %(unit)s? Tell us with one press: %(link)s") % {
                "unit": job.unit.product.name, "link": link,
            }  # fmt: skip
        prepare_text(
            item=job, channel=TextChannel.SMS, to_address=phone.phone, text=words, language=language,
            cause=f"survey:{invitation.pk}:sms", purpose=TextPurpose.SURVEY,
        )  # fmt: skip
    return True
