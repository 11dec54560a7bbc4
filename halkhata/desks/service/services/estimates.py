"""Estimates: what the customer is asked, word for word, and the answer to it (US-14, A53.7)."""

from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.db.models import Max
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service import policies
from halkhata.desks.service.choices import FINAL, AnsweredHow, CodePurpose, EstimateState, JobState
from halkhata.desks.service.estimate_words import content_of, text_of
from halkhata.desks.service.events import EstimateAnswered, EstimateSent
from halkhata.desks.service.models import Estimate, ServiceJob
from halkhata.desks.service.selectors.jobs import charged_total, standing_lines
from halkhata.desks.service.selectors.rules import service_rules
from halkhata.desks.service.services.codes import spend_code, take_code
from halkhata.desks.service.services.locking import lock_job, write_lines
from halkhata.desks.service.services.states import after_wait, go_to, step_refused
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, Actor, SystemActor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text

CUSTOMER = SystemActor("customer's page")
_SALT = "halkhata.service.estimate"
# Whoever opens the link of an old mail is told that it has run out; after this it is no link at all.
LINK_LIVES = 180 * 24 * 60 * 60
# From these the card waits for the customer when an estimate goes out.
_ASKED_FROM = frozenset({JobState.DIAGNOSED, JobState.WAITING_PART, JobState.WORKING})


def send_estimate(*, actor: Actor | None, job: ServiceJob, note: str = "", version: int | None = None) -> Estimate:
    """Ask the customer: the lines as they are now, frozen as one version; the job waits, on the customer's time.

    An earlier estimate is replaced, also an approved one. Raises PermissionRefused, NotFound, Conflict
    ``step_not_allowed``, DomainError ``nothing_to_approve``.
    """
    policies.require(actor, policies.EDIT, job)
    with transaction.atomic():
        held = lock_job(job.pk, version=version)
        if JobState(held.state) not in _ASKED_FROM | {JobState.WAITING_APPROVAL}:
            raise step_refused(held, JobState.WAITING_APPROVAL)
        lines = list(standing_lines(held))
        total = charged_total(held)
        if total <= 0:
            raise DomainError("nothing_to_approve", _("The customer has nothing to pay: no approval is needed."))
        rules, at = service_rules(), now()
        words = clean_text(note, multiline=True, max_length=1_000)
        with translation.override(held.customer.language if held.customer is not None else "bn"):
            content = content_of(lines, words)
            text = text_of(held, content, total)
        held.estimates.filter(state__in=[EstimateState.SENT, EstimateState.APPROVED]).update(
            state=EstimateState.REPLACED
        )
        last = held.estimates.aggregate(last=Max("number"))["last"] or 0
        estimate = Estimate.objects.create(
            job=held,
            number=last + 1,
            content=content,
            text=text,
            total=total,
            currency=held.currency,
            lines_version=held.lines_version,
            made_by=actor if isinstance(actor, User) else None,
            made_at=at,
            expires_at=at + timedelta(days=rules.estimate_days),
        )
        record(actor=actor, action="job.estimate", record=held, after={"estimate": estimate.number, "total": total})
        if held.state != JobState.WAITING_APPROVAL:
            go_to(actor, held, JobState.WAITING_APPROVAL, estimate=estimate.number)
        publish(EstimateSent(job_id=held.pk, number=held.number, estimate_id=estimate.pk, customer_id=held.customer_id))
    job.refresh_from_db()
    return estimate


def record_answer(
    *,
    actor: User,
    job: ServiceJob,
    approves: bool,
    how: str,
    answered_by: str,
    note: str = "",
    version: int | None = None,
) -> Estimate:
    """Write down what the customer said at the counter, by phone or in a letter: who, and how.

    Raises PermissionRefused, NotFound, Conflict ``no_open_estimate``, DomainError at the field.
    """
    policies.require(actor, policies.EDIT, job)
    if how not in {AnsweredHow.COUNTER, AnsweredHow.PHONE, AnsweredHow.LETTER}:
        raise DomainError("how_missing", _("Choose how the customer answered."), field="how")
    with transaction.atomic():
        held = lock_job(job.pk, version=version)
        estimate = held.estimates.filter(state=EstimateState.SENT).first()
        if estimate is None:
            raise _not_open()
        _answer(actor, held, estimate, approves=approves, how=how, who=answered_by, note=note, recorded_by=actor)
    job.refresh_from_db()
    estimate.refresh_from_db()
    return estimate


def answer_by_customer(*, estimate: Estimate, approves: bool, typed_code: str, name: str, note: str = "") -> Estimate:
    """What the customer presses on the page of the link, proved by the code sent to the phone.

    Raises DomainError ``wrong_code``, ``who_missing``; Conflict ``no_open_estimate`` (answered, replaced, run out).
    """
    who = clean_text(name, max_length=120)
    if not who:
        raise DomainError("who_missing", _("Write your name."), field="name")
    if estimate.state != EstimateState.SENT or estimate.expires_at <= now():
        raise _not_open()
    code = take_code(job=estimate.job, purpose=CodePurpose.ESTIMATE, typed=typed_code)
    with transaction.atomic():
        held = lock_job(estimate.job_id)
        spend_code(code)
        _answer(CUSTOMER, held, estimate, approves=approves, how=AnsweredHow.LINK, who=who, note=note, recorded_by=None)
    estimate.refresh_from_db()
    return estimate


def _answer(
    actor: Actor,
    job: ServiceJob,
    estimate: Estimate,
    *,
    approves: bool,
    how: str,
    who: str,
    note: str,
    recorded_by: User | None,
) -> None:
    name = clean_text(who, max_length=120)
    if not name:
        raise DomainError("who_missing", _("Write who answered."), field="answered_by")
    at = now()
    # The condition is the guard: of two answers at once one counts, and none after it has run out.
    taken = Estimate.objects.filter(pk=estimate.pk, state=EstimateState.SENT, expires_at__gt=at).update(
        state=EstimateState.APPROVED if approves else EstimateState.REFUSED,
        answered_at=at,
        answered_how=how,
        answered_by=name,
        recorded_by=recorded_by,
        answer_note=clean_text(note, max_length=300),
    )
    if not taken:
        raise _not_open()
    if job.state == JobState.WAITING_APPROVAL:
        go_to(actor, job, after_wait(job), approved=approves, estimate=estimate.number)
    record(
        actor=actor, action="job.estimate_answer", record=job,
        after={"estimate": estimate.number, "approved": approves, "how": how, "total": estimate.total},
    )  # fmt: skip
    write_lines(actor, job, "job.approved" if approves else "job.refused", estimate=estimate.number)
    data = {"estimate": estimate.number, "approved": approves}
    notify(user=job.owner, verb="job.answered", item=job, data=data, cause=f"estimate:{estimate.pk}:answered")
    publish(EstimateAnswered(job_id=job.pk, number=job.number, estimate_id=estimate.pk, approved=approves, how=how))


def expire_estimates(limit: int = 200) -> int:
    """Estimates nobody answered in time: the advisor is told, the job is ours again. Returns how many."""
    over = Estimate.objects.filter(state=EstimateState.SENT, expires_at__lte=now()).order_by("expires_at")
    return sum(_expire(pk, job_id) for pk, job_id in over.values_list("pk", "job_id")[:limit])


@transaction.atomic
def _expire(pk: int, job_id: int) -> int:
    job = lock_job(job_id)
    over = Estimate.objects.filter(pk=pk, state=EstimateState.SENT, expires_at__lte=now())
    if not over.update(state=EstimateState.EXPIRED):
        return 0
    estimate = Estimate.objects.get(pk=pk)
    if job.state == JobState.WAITING_APPROVAL:
        go_to(SYSTEM, job, after_wait(job), expired=True, estimate=estimate.number)
    if JobState(job.state) not in FINAL:
        notify(user=job.owner, verb="job.estimate_expired", item=job, cause=f"estimate:{pk}:expired")
    return 1


def token_for(estimate: Estimate) -> str:
    """What stands in the address of the customer's page; made anew alike each time, and guessed by nobody."""
    return signing.dumps([estimate.pk, estimate.job_id], salt=_SALT)


def estimate_of(token: str) -> Estimate | None:
    """The estimate behind a link; None for a link that is not ours or very old."""
    try:
        value: Any = signing.loads(token, salt=_SALT, max_age=LINK_LIVES)
        pk, job_id = value
    except (signing.BadSignature, ValueError, TypeError):
        return None
    rows = Estimate.objects.select_related("job__customer", "job__branch", "job__unit__product__brand", "job__owner")
    return rows.filter(pk=pk, job_id=job_id).first()


def _not_open() -> Conflict:
    return Conflict(
        "no_open_estimate", _("This estimate waits for no answer any more: it was answered, changed, or has run out.")
    )
