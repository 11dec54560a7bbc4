"""Promising a date for a job that has none."""

from datetime import datetime, timedelta

from django.db import transaction

from halkhata.desks.service import policies
from halkhata.desks.service.choices import ON_THE_BENCH
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.service.selectors.rules import service_rules
from halkhata.desks.service.services.lines import refuse_over
from halkhata.desks.service.services.locking import lock_job
from halkhata.desks.service.services.states import step_refused
from halkhata.engines.deliveries.models import DeliveryPromise
from halkhata.engines.deliveries.services.promising import promise_delivery
from halkhata.foundation.audit.trail import Actor


@transaction.atomic
def promise_ready(*, actor: Actor | None, job: ServiceJob, promised_for: datetime) -> DeliveryPromise:
    """Tell the customer by when it is ready. A date that stands already is moved, not promised a second time.

    Raises PermissionRefused, NotFound, Conflict ``promised_already`` and ``job_over``, DomainError at ``promised_for``.
    """
    policies.require(actor, policies.VIEW, job)
    held = lock_job(job.pk)
    refuse_over(held)
    if held.state not in ON_THE_BENCH:
        raise step_refused(held, held.state)
    return promise_delivery(
        actor=actor, item=held, customer=held.customer, branch=held.branch, promised_for=promised_for,
        buffer=timedelta(hours=service_rules().buffer_hours), what=held.subject,
    )  # fmt: skip
