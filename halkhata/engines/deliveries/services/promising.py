"""Giving a customer a date, moving it with a reason, keeping it (C.3, A56.21)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.choices import MoveReason, PromiseState, StepKind
from halkhata.engines.deliveries.events import DeliveryEnded, DeliveryMoved, DeliveryPromised
from halkhata.engines.deliveries.models import DeliveryPromise, DeliveryStep
from halkhata.engines.deliveries.policies import require, require_customer
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.activities import record_activity

BUFFER = timedelta(hours=4)
LONGEST = timedelta(days=730)
# A form that was open for a moment may name the minute that has just passed.
GRACE = timedelta(minutes=2)


@transaction.atomic
def promise_delivery(
    *,
    actor: Actor | None,
    item: WorkItem | None,
    purchase_ref: str = "",
    customer: Customer | None,
    branch: Branch,
    promised_for: datetime,
    buffer: timedelta = BUFFER,
    what: str = "",
    owner: User | None = None,
    cause: str = "",
    is_demo: bool = False,
) -> DeliveryPromise:
    """Give a customer a date. We work towards ``buffer`` before it; then staff are warned.

    An item has at most one open promise; ``cause`` promises once. Raises PermissionRefused, NotFound, Conflict
    ``promised_already``, DomainError ``promise_passed``, ``promise_too_far``, ``nothing_promised``.
    """
    require(actor, item=item)
    require_customer(actor, customer)
    if cause:
        known = DeliveryPromise.objects.filter(cause=cause[:120]).first()
        if known is not None:
            return known
    at = now()
    _check_time(promised_for, at)
    words = clean_text(what, max_length=200) or (item.subject if item is not None else clean_text(purchase_ref))
    ref = clean_text(purchase_ref, max_length=40)
    if item is None and not ref:
        raise DomainError("nothing_promised", _("Say which sale it is about."), field="purchase_ref")
    if item is not None and DeliveryPromise.objects.standing().filter(item=item).exists():
        raise Conflict("promised_already", _("A date is promised for this already. Move that one."))
    person = owner or (item.owner if item is not None else actor if isinstance(actor, User) else None)
    if person is None:
        raise DomainError("nobody_to_own", _("There is no active member of staff who could own this."))
    promise = DeliveryPromise.objects.create(
        item=item,
        purchase_ref=ref,
        what=words[:200],
        customer=customer,
        branch=branch,
        # A sale has no team of its own: it is that of whoever promised, so that colleagues see the date.
        team=item.team if item is not None else person.teams.filter(is_active=True).order_by("pk").first(),
        owner=person,
        promised_for=promised_for,
        ready_by=_ready_by(promised_for, buffer, at),
        first_promised_for=promised_for,
        cause=cause[:120],
        created_at=at,
        is_demo=is_demo or (item.is_demo if item is not None else False),
    )
    add_step(actor, promise, StepKind.PROMISED, at)
    record(actor=actor, action="delivery.promise", record=promise, after={"for": promised_for, "what": words})
    write_timeline(actor, promise, "delivery.promised", at)
    publish(
        DeliveryPromised(
            promise_id=promise.pk, item_id=promise.item_id, customer_id=promise.customer_id, promised_for=promised_for
        )
    )
    return promise


@transaction.atomic
def reschedule(
    *,
    actor: Actor | None,
    promise: DeliveryPromise,
    to: datetime,
    reason: str,
    note: str = "",
    version: int | None = None,
) -> DeliveryPromise:
    """Move a promised date. It takes a reason, and the customer is told with an apology; the buffer stays as long.

    The customer hears of it by reaction; nothing is told twice for the same time. Raises PermissionRefused, NotFound,
    Conflict ``promise_over`` and ``changed_meanwhile``, DomainError ``reason_missing``, ``same_time``,
    ``promise_passed``, ``promise_too_far``.
    """
    require(actor, item=None)
    held = _hold(actor, promise, version)
    if reason not in MoveReason.values:
        raise DomainError("reason_missing", _("Choose why the date moves: the customer asks."), field="reason")
    words = clean_text(note, max_length=300)
    if reason == MoveReason.OTHER and not words:
        raise DomainError("reason_missing", _("Say in a few words why the date moves."), field="note")
    at = now()
    _check_time(to, at, field="to")
    if to == held.promised_for:
        raise DomainError("same_time", _("This is the date that is promised already."), field="to")
    before, buffer = held.promised_for, held.promised_for - held.ready_by
    held.promised_for, held.ready_by = to, _ready_by(to, buffer, at)
    held.moves += 1
    held.warned_at = held.told_at = None
    held.version += 1
    held.save(update_fields=["promised_for", "ready_by", "moves", "warned_at", "told_at", "version"])
    step = add_step(actor, held, StepKind.MOVED, at, moved_from=before, reason=reason, note=words)
    record(
        actor=actor, action="delivery.move", record=held, before={"for": before}, after={"for": to, "reason": reason},
        note=words,
    )  # fmt: skip
    write_timeline(actor, held, "delivery.moved", at, reason=reason)
    publish(
        DeliveryMoved(
            promise_id=held.pk, step_id=step.pk, item_id=held.item_id, customer_id=held.customer_id,
            promised_before=before, promised_for=to, reason=reason,
        )
    )  # fmt: skip
    return held


@transaction.atomic
def keep_promise(*, actor: Actor | None, promise: DeliveryPromise, at: datetime | None = None) -> DeliveryPromise:
    """What was promised is there: kept, or done late. Ending twice changes nothing. Raises NotFound."""
    require(actor, item=None, right="")
    held = _hold(actor, promise, None, ended_is_error=False)
    if held.state != PromiseState.OPEN:
        return held
    moment = at or now()
    state = PromiseState.KEPT if moment <= held.promised_for else PromiseState.LATE
    return _end(actor, held, state, moment)


@transaction.atomic
def cancel_promise(*, actor: Actor | None, promise: DeliveryPromise, note: str = "") -> DeliveryPromise:
    """Nobody waits for it any more. Ending twice changes nothing. Raises NotFound."""
    require(actor, item=None, right="")
    held = _hold(actor, promise, None, ended_is_error=False)
    if held.state != PromiseState.OPEN:
        return held
    return _end(actor, held, PromiseState.CANCELLED, now(), note=clean_text(note, max_length=300))


def _end(
    actor: Actor | None, held: DeliveryPromise, state: PromiseState, at: datetime, note: str = ""
) -> DeliveryPromise:
    held.state, held.ended_at = state, at
    held.version += 1
    held.save(update_fields=["state", "ended_at", "version"])
    add_step(actor, held, StepKind(state.value), at, note=note)
    record(actor=actor, action=f"delivery.{state.value}", record=held, after={"at": at}, note=note)
    write_timeline(actor, held, f"delivery.{state.value}", at)
    publish(DeliveryEnded(promise_id=held.pk, item_id=held.item_id, state=state.value))
    return held


def _hold(
    actor: Actor | None, promise: DeliveryPromise, version: int | None, *, ended_is_error: bool = True
) -> DeliveryPromise:
    rows = DeliveryPromise.objects.select_for_update(of=("self",)).select_related("item", "branch", "owner")
    held = rows.get(pk=promise.pk)
    require(actor, item=held.item, promise=held, right="")
    if ended_is_error and held.state != PromiseState.OPEN:
        raise Conflict("promise_over", _("This date is no longer open: it was kept, or is not needed any more."))
    if version is not None and held.version != version:
        raise Conflict(
            "changed_meanwhile",
            _("Somebody else changed this meanwhile. Nothing was saved; please look at it again."),
            version=held.version,
        )
    return held


def _check_time(at: datetime, present: datetime, field: str = "promised_for") -> None:
    if at < present - GRACE:
        raise DomainError("promise_passed", _("This time has passed. Promise a later one."), field=field)
    if at > present + LONGEST:
        raise DomainError("promise_too_far", _("This is more than two years ahead. Look at the year."), field=field)


def _ready_by(promised_for: datetime, buffer: timedelta, at: datetime) -> datetime:
    """The buffer before, but never more than half of the time that is left: a promise for today is not late at once."""
    half = max(timedelta(), (promised_for - at) / 2)
    return promised_for - min(max(buffer, timedelta()), half)


def add_step(
    actor: Actor | None,
    promise: DeliveryPromise,
    kind: StepKind,
    at: datetime,
    *,
    moved_from: datetime | None = None,
    reason: str = "",
    note: str = "",
) -> DeliveryStep:
    """Add one line to what happened to a promise; in the caller's transaction."""
    return DeliveryStep.objects.create(
        promise=promise,
        at=at,
        kind=kind,
        promised_for=promise.promised_for,
        moved_from=moved_from,
        reason=reason,
        note=note,
        actor_id_then=getattr(actor, "pk", None),
        actor_label=(actor.audit_label if actor is not None else "")[:150],
    )


def write_timeline(actor: Actor | None, promise: DeliveryPromise, verb: str, at: datetime, **data: str) -> None:
    """Add one line to the customer's timeline."""
    record_activity(
        customer=promise.customer,
        verb=verb,
        data={
            "number": promise.item.number if promise.item is not None else promise.purchase_ref,
            "what": promise.what, "for": promise.promised_for.isoformat(), **data,
        },
        url=f"/promised/{promise.pk}/",
        actor=actor,
        at=at,
    )  # fmt: skip
