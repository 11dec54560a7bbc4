"""A unit was handed over -> one contact on the next working day: is the customer content? (US-18, A53.14)"""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.service.events import JobDelivered
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.service.selectors.rules import service_rules
from halkhata.engines.work.services.tasks import plan_task
from halkhata.foundation.accounts.wording import number_for
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.working_hours import opening_from
from halkhata.records.privacy.selectors.erased import is_erased


@on(JobDelivered)
def plan_contact_after_service(event: JobDelivered) -> None:
    """One task per job; after three tries without an answer it ends by itself."""
    if not service_rules().asks_satisfaction:
        return
    job = ServiceJob.objects.select_related("customer", "branch", "team", "owner").get(pk=event.job_id)
    if job.customer is None or is_erased(job.customer_id):
        return
    with translation.override(job.owner.language):
        subject = _("Ask whether the repair is all right: %(number)s") % {"number": number_for(job.owner, job.number)}
    zone = ZoneInfo(job.branch.time_zone)
    morning = datetime.combine(event.delivered_at.astimezone(zone).date() + timedelta(days=1), time(10), tzinfo=zone)
    plan_task(
        actor=SYSTEM, kind="follow_up", subject=subject, customer=job.customer, parent=job, branch=job.branch,
        team=job.team, owner=job.owner, planned_at=opening_from(job.branch, morning),
        cause=f"job:{job.pk}:delivered:contact", is_demo=job.is_demo,
    )  # fmt: skip
