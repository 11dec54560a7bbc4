"""Taking hold of a job card before changing it, and what every change of it writes."""

from typing import Any

from halkhata.desks.service.models import ServiceJob
from halkhata.desks.service.policies import NOTHING_HERE
from halkhata.engines.work.services.items import lock_item
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.errors import NotFound
from halkhata.records.catalog.services.life import write_life
from halkhata.records.customers.services.activities import record_activity


def lock_job(job_id: int, *, version: int | None = None) -> ServiceJob:
    """The job card with its row locked. Raises Conflict when ``version`` is no longer current, NotFound when gone."""
    lock_item(job_id, version=version)
    rows = ServiceJob.objects.select_related("customer", "owner", "branch", "team", "unit__product__kind")
    job = rows.filter(pk=job_id).first()
    if job is None:
        raise NotFound("not_found", NOTHING_HERE)
    return job


def write_lines(actor: Actor | None, job: ServiceJob, verb: str, **data: Any) -> None:
    """One line in the customer's timeline and one in the unit's life: codes and numbers, no names."""
    url = f"/jobs/{job.number}/"
    values = {"number": job.number, "subject": job.subject, **data}
    record_activity(customer=job.customer, verb=verb, data=values, url=url, actor=actor)
    write_life(actor=actor, unit=job.unit, verb=verb, data={"number": job.number, **data}, url=url)
