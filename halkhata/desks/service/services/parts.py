"""Parts that are not here: asked for with the day they should come, arrived, overdue (US-34)."""

from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service import policies
from halkhata.desks.service.choices import FINAL, JobState, PartState
from halkhata.desks.service.events import PartLate
from halkhata.desks.service.models import PartRequest, ServiceJob
from halkhata.desks.service.selectors.jobs import awaits_part
from halkhata.desks.service.services.locking import lock_job, write_lines
from halkhata.desks.service.services.states import go_to
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Product

LONGEST = timedelta(days=365)
# From these the card waits for the part at once; a card that waits for the customer goes on waiting for both.
_WAITS_FROM = frozenset({JobState.DIAGNOSED, JobState.WORKING})


def ask_for_part(
    *,
    actor: User,
    job: ServiceJob,
    name: str,
    eta_on: date,
    quantity: int = 1,
    product: Product | None = None,
    supplier: str = "",
    order_ref: str = "",
    waits: bool = True,
    version: int | None = None,
) -> PartRequest:
    """Ask for a part that is not here, with the day it should come.

    ``waits``: the job stands still meanwhile, on the manufacturer's time; without, work goes on beside it.
    Raises PermissionRefused, NotFound, Conflict ``job_over``, DomainError at the field.
    """
    policies.require(actor, policies.EDIT, job)
    words = clean_text(name, max_length=200) or (product.name[:200] if product is not None else "")
    if not words:
        raise DomainError("name_missing", _("Say which part it is."), field="name")
    if not 1 <= quantity <= 1_000:
        raise DomainError("bad_quantity", _("Write a number from 1 up."), field="quantity")
    _check_day(eta_on)
    with transaction.atomic():
        held = lock_job(job.pk, version=version)
        if JobState(held.state) in FINAL or held.state in {JobState.IN, JobState.TESTED, JobState.READY}:
            raise Conflict("job_over", _("A part is asked for between finding the fault and testing."))
        part = PartRequest.objects.create(
            job=held, product=product, name=words, quantity=quantity, supplier=clean_text(supplier, max_length=120),
            order_ref=clean_text(order_ref, max_length=60), eta_on=eta_on, asked_by=actor,
        )  # fmt: skip
        record(actor=actor, action="job.part_ask", record=held, after={"part": words, "eta": eta_on})
        if waits and JobState(held.state) in _WAITS_FROM:
            go_to(actor, held, JobState.WAITING_PART, part=part.pk)
    job.refresh_from_db()
    return part


def move_eta(*, actor: User, part: PartRequest, eta_on: date) -> PartRequest:
    """The part comes on another day. Raises PermissionRefused, NotFound, Conflict ``part_over``, DomainError."""
    policies.require(actor, policies.EDIT, part.job)
    _check_day(eta_on)
    with transaction.atomic():
        held = _hold(part)
        before, held.eta_on = held.eta_on, eta_on
        held.version += 1
        held.save(update_fields=["eta_on", "version"])
        record(actor=actor, action="job.part_eta", record=held.job, before={"eta": before}, after={"eta": eta_on})
    return held


def part_arrived(*, actor: User, part: PartRequest) -> ServiceJob:
    """The part is here. When it was the last one, the job can start: it leaves its waiting and the technician is told.

    Raises PermissionRefused, NotFound, Conflict ``part_over``.
    """
    policies.require(actor, policies.EDIT, part.job)
    return _end(actor, part, PartState.ARRIVED)


def drop_part(*, actor: User, part: PartRequest) -> ServiceJob:
    """The part is not needed any more. Raises as ``part_arrived``."""
    policies.require(actor, policies.EDIT, part.job)
    return _end(actor, part, PartState.CANCELLED)


@transaction.atomic
def _end(actor: User, part: PartRequest, state: PartState) -> ServiceJob:
    job = lock_job(part.job_id)
    held = _hold(part)
    held.state, held.ended_at = state, now()
    held.version += 1
    held.save(update_fields=["state", "ended_at", "version"])
    record(actor=actor, action=f"job.part_{state.value}", record=job, after={"part": held.name})
    if state == PartState.ARRIVED:
        write_lines(actor, job, "job.part_arrived")
    if job.state == JobState.WAITING_PART and not awaits_part(job):
        go_to(actor, job, JobState.DIAGNOSED, part=held.pk)
        for person in {one.pk: one for one in (job.owner, job.technician) if one is not None}.values():
            notify(user=person, verb="job.can_start", item=job, cause=f"part:{held.pk}:can-start:{person.pk}")
    return job


def tell_of_late_parts(limit: int = 200) -> int:
    """Tell advisors, and by reaction customers, of parts whose day has passed, each day once. Returns how many."""
    late = PartRequest.objects.filter(state=PartState.OPEN, eta_on__lt=today())
    rows = list(late.order_by("eta_on", "pk").values_list("pk", "job_id", "eta_on", "late_told_for")[:limit])
    return sum(_tell(pk, job_id) for pk, job_id, eta_on, told in rows if told != eta_on)


@transaction.atomic
def _tell(pk: int, job_id: int) -> int:
    job = lock_job(job_id)
    part = PartRequest.objects.select_for_update().get(pk=pk)
    if part.state != PartState.OPEN or part.eta_on >= today() or part.late_told_for == part.eta_on:
        return 0
    part.late_told_for = part.eta_on
    part.save(update_fields=["late_told_for"])
    data = {"part": part.name, "eta": part.eta_on.isoformat()}
    notify(user=job.owner, verb="job.part_late", item=job, data=data, cause=f"part:{pk}:late:{part.eta_on}")
    publish(
        PartLate(job_id=job.pk, number=job.number, part_request_id=pk, eta_on=part.eta_on, customer_id=job.customer_id)
    )
    return 1


def _hold(part: PartRequest) -> PartRequest:
    held = PartRequest.objects.select_for_update(of=("self",)).select_related("job").filter(pk=part.pk).first()
    if held is None:
        raise NotFound("not_found", policies.NOTHING_HERE)
    if held.state != PartState.OPEN:
        raise Conflict("part_over", _("This part has arrived already, or is not needed any more."))
    return held


def _check_day(eta_on: date) -> None:
    if not today() <= eta_on <= today() + LONGEST:
        raise DomainError("bad_day", _("Choose a day from today within a year."), field="eta_on")
