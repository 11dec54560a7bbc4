"""Moving a job card from state to state (US-14): the table, and what each step asks for."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service import policies
from halkhata.desks.service.choices import (
    FINAL,
    FLAG_OF_STATE,
    TRANSITIONS,
    CancelReason,
    EstimateState,
    JobState,
    PartState,
)
from halkhata.desks.service.events import JobStateChanged
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.service.selectors.jobs import awaits_part, needs_approval
from halkhata.desks.service.services.free_services import give_back_coupons
from halkhata.desks.service.services.locking import lock_job, write_lines
from halkhata.engines.deliveries.selectors.promises import open_promise
from halkhata.engines.deliveries.services.promising import cancel_promise, keep_promise
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.models import WorkEvent
from halkhata.engines.work.services.checklists import is_complete
from halkhata.engines.work.services.items import change_state, record_event
from halkhata.foundation.audit.trail import SYSTEM, Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text

# These have forms of their own.
_BY_FORM = frozenset({JobState.WAITING_APPROVAL, JobState.DELIVERED, JobState.CANCELLED})
_NEEDS_APPROVAL = frozenset({JobState.WORKING, JobState.TESTED, JobState.READY})


def allowed_states(job: ServiceJob) -> list[JobState]:
    """The states into which a press can put the card; sending an estimate, handing over, cancelling have forms."""
    return [state for state in JobState if state in TRANSITIONS[JobState(job.state)] - _BY_FORM]


def take_step(
    *, actor: Actor | None, job: ServiceJob, state: str, diagnosis: str | None = None, version: int | None = None
) -> ServiceJob:
    """Put the card into another state by hand.

    Raises PermissionRefused, NotFound, Conflict ``step_not_allowed`` and ``changed_meanwhile``; DomainError
    ``diagnosis_missing``, ``approval_missing``, ``no_part_asked``, ``checklist_open``.
    """
    policies.require(actor, policies.EDIT, job)
    with transaction.atomic():
        held = lock_job(job.pk, version=version)
        if state not in JobState.values or JobState(state) not in allowed_states(held):
            raise step_refused(held, state)
        if diagnosis is not None:
            held.diagnosis = clean_text(diagnosis, multiline=True, max_length=5_000)
            ServiceJob.objects.filter(pk=held.pk).update(diagnosis=held.diagnosis)
        _check(held, JobState(state))
        go_to(actor, held, JobState(state))
    job.refresh_from_db()
    return job


def _check(job: ServiceJob, state: JobState) -> None:
    """What a step asks for, beyond the table."""
    if state == JobState.DIAGNOSED and not job.diagnosis:
        raise DomainError("diagnosis_missing", _("Write what was found first."), field="diagnosis")
    if state == JobState.WAITING_PART and not awaits_part(job):
        raise DomainError("no_part_asked", _("Ask for the part first: with the day it should come."), field="state")
    if state in _NEEDS_APPROVAL and needs_approval(job):
        raise DomainError(
            "approval_missing",
            _("The customer has not approved what is to be paid. Send the estimate, or write the answer down."),
            field="state",
        )
    if state in {JobState.TESTED, JobState.READY} and not is_complete(job):
        raise DomainError("checklist_open", _("The bench checklist still has open lines."), field="state")


def go_to(actor: Actor | None, job: ServiceJob, state: JobState, **data: Any) -> None:
    """The step itself, on a held card: state, clocks, promise, timeline, life, event. In the caller's transaction.

    Raises Conflict ``step_not_allowed`` for a step that the table does not have.
    """
    before = JobState(job.state)
    if state not in TRANSITIONS[before]:
        raise step_refused(job, state)
    change_state(actor=actor, item=job, state=state, state_flag=FLAG_OF_STATE[state], data=data or None)
    if before == JobState.IN and state == JobState.DIAGNOSED:
        # Somebody has looked at it: that is what the promise of a first answer means for a unit on the shelf.
        record_event(actor=actor, item=job, kind=WorkEventKind.HUMAN_REPLY, data={"diagnosed": True}, is_update=True)
    if state in {JobState.READY, JobState.CANCELLED, JobState.DELIVERED}:
        promise = open_promise(job)
        if promise is not None:
            if state == JobState.CANCELLED:
                cancel_promise(actor=SYSTEM, promise=promise)
            else:
                keep_promise(actor=SYSTEM, promise=promise)
    write_lines(actor, job, f"job.{state.value}")
    last = WorkEvent.objects.filter(item_id=job.pk).order_by("-pk").values_list("pk", flat=True).first()
    publish(
        JobStateChanged(
            job_id=job.pk, number=job.number, unit_id=job.unit_id, customer_id=job.customer_id, before=before.value,
            after=state.value, event_id=last or 0,
        )
    )  # fmt: skip


def cancel_job(
    *, actor: Actor | None, job: ServiceJob, reason: str, note: str = "", version: int | None = None
) -> ServiceJob:
    """End a job that will not be done, with the reason; the unit still has to be handed back.

    What was asked for is taken back: estimate, parts, promise. Raises PermissionRefused, NotFound, Conflict,
    DomainError ``reason_missing``.
    """
    policies.require(actor, policies.EDIT, job)
    if reason not in CancelReason.values:
        raise DomainError("reason_missing", _("Choose why the job is cancelled."), field="reason")
    with transaction.atomic():
        held = lock_job(job.pk, version=version)
        if JobState(held.state) in FINAL or JobState.CANCELLED not in TRANSITIONS[JobState(held.state)]:
            raise step_refused(held, JobState.CANCELLED)
        at, words = now(), clean_text(note, max_length=300)
        ServiceJob.objects.filter(pk=held.pk).update(cancel_reason=reason, cancel_note=words)
        held.cancel_reason, held.cancel_note = reason, words
        held.estimates.filter(state=EstimateState.SENT).update(state=EstimateState.REPLACED)
        held.part_requests.filter(state=PartState.OPEN).update(state=PartState.CANCELLED, ended_at=at)
        give_back_coupons(actor, held, *held.lines.filter(removed_at__isnull=True))
        go_to(actor, held, JobState.CANCELLED, reason=reason)
        record(actor=actor, action="job.cancel", record=held, after={"reason": reason}, note=words)
    job.refresh_from_db()
    return job


def after_wait(job: ServiceJob) -> JobState:
    """Where a card goes on when the answer is there: to the part it waits for, else back to the bench's list."""
    return JobState.WAITING_PART if awaits_part(job) else JobState.DIAGNOSED


def step_refused(job: ServiceJob, state: str) -> Conflict:
    """What is said about a step that the table does not have."""
    return Conflict(
        "step_not_allowed",
        _("A job that is “%(from)s” cannot become “%(to)s” this way.")
        % {"from": job.state_label, "to": JobState(state).label if state in JobState.values else state},
        field="state",
    )
