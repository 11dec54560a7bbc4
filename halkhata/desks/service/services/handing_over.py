"""The unit leaves the house: by one-time code or signature, with a gate pass (A53.7)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service import policies
from halkhata.desks.service.choices import CodePurpose, HandedHow, JobState
from halkhata.desks.service.events import JobDelivered
from halkhata.desks.service.models import Handover, JobCode, ServiceJob
from halkhata.desks.service.selectors.jobs import needs_approval
from halkhata.desks.service.services.codes import spend_code, take_code
from halkhata.desks.service.services.locking import lock_job, write_lines
from halkhata.desks.service.services.states import go_to, step_refused
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.sequences import next_number
from halkhata.foundation.core.text import clean_text

GATE_PREFIX = "G"
MOST_STROKES, MOST_POINTS = 40, 4_000


def hand_over(
    *,
    actor: User,
    job: ServiceJob,
    how: str,
    taken_by: str,
    relation: str = "",
    typed_code: str = "",
    typed_name: str = "",
    strokes: Any = None,
    accessories_back: bool = True,
    note: str = "",
    version: int | None = None,
) -> Handover:
    """Give the unit to whoever fetches it. A repaired one becomes "handed over"; a cancelled one goes back as it is.

    ``how``: the code that was sent to the customer, or a signature, drawn (``strokes``) or typed. One hand-over and one
    gate pass per card. Raises PermissionRefused, NotFound, Conflict ``not_ready``, ``handed_already``; DomainError
    ``wrong_code``, ``signature_missing``, ``taken_by_missing``, ``approval_missing``, ``accessories_note``.
    """
    policies.require(actor, policies.DELIVER, job)
    who = clean_text(taken_by, max_length=120)
    if not who:
        raise DomainError("taken_by_missing", _("Write who takes it."), field="taken_by")
    if how not in HandedHow.values:
        raise DomainError("how_missing", _("Choose code or signature."), field="how")
    words = clean_text(note, max_length=300)
    if not accessories_back and not words:
        raise DomainError("accessories_note", _("Say what was not given back, and why."), field="note")
    drawn = clean_strokes(strokes)
    name = clean_text(typed_name, max_length=120)
    if how == HandedHow.SIGNATURE and not drawn and not name:
        raise DomainError("signature_missing", _("Let the customer sign, or type the name."), field="typed_name")
    _refuse(ServiceJob.objects.get(pk=job.pk))
    code: JobCode | None = None
    if how == HandedHow.CODE:
        # Outside the transaction, so that a wrong try stays counted.
        code = take_code(job=job, purpose=CodePurpose.HANDOVER, typed=typed_code)
    with transaction.atomic():
        held = lock_job(job.pk, version=version)
        _refuse(held)
        if code is not None:
            spend_code(code)
        at = now()
        handover = Handover.objects.create(
            job=held,
            gate_pass=next_number(GATE_PREFIX),
            at=at,
            how=how,
            taken_by=who,
            relation=clean_text(relation, max_length=120),
            strokes=drawn if how == HandedHow.SIGNATURE else [],
            typed_name=name if how == HandedHow.SIGNATURE else "",
            code=code,
            accessories_back=accessories_back,
            note=words,
            handed_by=actor,
        )
        record(actor=actor, action="job.hand_over", record=held, after={"gate_pass": handover.gate_pass, "how": how})
        if held.state == JobState.READY:
            go_to(actor, held, JobState.DELIVERED, gate_pass=handover.gate_pass)
            publish(
                JobDelivered(
                    job_id=held.pk, number=held.number, unit_id=held.unit_id, customer_id=held.customer_id,
                    branch_id=held.branch_id, owner_id=held.owner_id, delivered_at=at,
                )
            )  # fmt: skip
        else:
            write_lines(actor, held, "job.given_back")
    job.refresh_from_db()
    return handover


def _refuse(job: ServiceJob) -> None:
    if Handover.objects.filter(job_id=job.pk).exists():
        raise Conflict("handed_already", _("This unit has left the house already, with its gate pass."))
    if job.state not in {JobState.READY, JobState.CANCELLED}:
        raise step_refused(job, JobState.DELIVERED)
    if job.state == JobState.READY and needs_approval(job):
        raise DomainError(
            "approval_missing",
            _("The customer has not approved what is to be paid. Send the estimate, or write the answer down."),
        )


def clean_strokes(value: Any) -> list[list[list[int]]]:
    """The strokes of a drawn signature: lists of [x, y] between 0 and 1000. What is none of that is left out."""
    if not isinstance(value, list):
        return []
    found: list[list[list[int]]] = []
    points = 0
    for stroke in value[:MOST_STROKES]:
        if not isinstance(stroke, list):
            continue
        clean = [
            [min(max(int(point[0]), 0), 1000), min(max(int(point[1]), 0), 1000)]
            for point in stroke[: MOST_POINTS - points]
            if isinstance(point, list) and len(point) == 2 and all(isinstance(one, int | float) for one in point)
        ]
        points += len(clean)
        if len(clean) > 1:
            found.append(clean)
    return found
