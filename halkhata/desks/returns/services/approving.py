"""Saying yes or no to a request, and hearing who does not accept a no (A58.2, US-31 AC 6)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns import policies
from halkhata.desks.returns.choices import Outcome, PayMethod, Reason, Stage
from halkhata.desks.returns.events import ReturnAppealed
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.rule_words import first_refusal
from halkhata.desks.returns.selectors.terms import DeskRules, desk_rules, refund_days_of
from halkhata.desks.returns.services.advance_guards import refuse_while_out
from halkhata.desks.returns.services.locking import audit, lock_return, to_stage, write_columns
from halkhata.desks.returns.services.promising import promise_money
from halkhata.engines.goodwill.services.granting import grant_goodwill
from halkhata.engines.work.selectors.ladder import manager_of
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import today

GOODWILL = "return_rule"
YEAR = timedelta(days=365)


def instant_allowed(request: ReturnRequest, rules: DeskRules | None = None) -> bool:
    """Whether money may go back without the goods: they never came, or are worth little to a customer we trust."""
    if request.reason_code == Reason.NOT_DELIVERED:
        return True
    limit = (rules or desk_rules()).instant_up_to
    if not limit or request.line_price > limit or request.customer_id is None:
        return False
    earlier = ReturnRequest.objects.filter(customer_id=request.customer_id, opened_at__gte=now() - YEAR)
    return not earlier.exclude(pk=request.pk).exists()


def approve_return(
    *,
    actor: Any,
    request: ReturnRequest,
    goodwill_reason: str = "",
    goodwill_cost: Decimal | None = None,
    instant: bool = False,
    paid_method: str = "",
    version: int | None = None,
    tell: bool = True,
) -> ReturnRequest:
    """Say yes: the customer may bring or send it under its number.

    Against the rules only as goodwill: with a reason, and within the goodwill limit of the actor's role. ``instant``:
    the goods need not come. Raises PermissionRefused, Conflict, DomainError ``needs_goodwill`` (with ``rule``),
    ``not_instant``, and what goodwill raises (``goodwill_over_limit``).
    """
    policies.require(actor, policies.APPROVE, request)
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        if held.stage != Stage.REQUESTED:
            raise Conflict("step_not_allowed", _("Only a request that waits can be approved."), stage=held.stage)
        words = clean_text(goodwill_reason, max_length=300)
        if not held.is_eligible:
            _waive(actor, held, words, goodwill_cost)
        if instant and not instant_allowed(held):
            raise DomainError(
                "not_instant",
                _("Here money goes back only after the goods were received and inspected."),
                field="instant",
            )
        if paid_method and paid_method not in PayMethod.values:
            raise DomainError("unknown_method", _("Choose how it was paid."), field="paid_method")
        columns: dict[str, Any] = {
            "approved_at": now(), "approved_by": _person(actor), "is_instant": instant, "goodwill_reason": words,
            "paid_method": paid_method or held.paid_method,
        }  # fmt: skip
        if instant:
            columns["refund_due_on"] = today() + timedelta(days=refund_days_of(held.branch))
        to_stage(actor=actor, request=held, stage=Stage.APPROVED, tell=tell, **columns)
        audit(actor, held, "approve", {"goodwill": words, "instant": instant})
        if instant:
            promise_money(request=held)
    return refreshed(request)


def _waive(actor: Any, request: ReturnRequest, reason: str, cost: Decimal | None) -> None:
    rule = first_refusal(request.rules)
    if not reason:
        raise DomainError(
            "needs_goodwill",
            _("A rule stands against it: %(rule)s Write why you accept it all the same, or refuse it.")
            % {"rule": rule.text if rule else ""},
            field="goodwill_reason",
            rule=rule.code if rule else "",
        )
    if isinstance(actor, User) and request.customer is not None:
        grant_goodwill(
            actor=actor, kind=GOODWILL, item=request, customer=request.customer, branch=request.branch, reason=reason,
            cost=request.line_price if cost is None else cost, currency=request.currency, is_demo=request.is_demo,
        )  # fmt: skip


def reject_return(
    *, actor: Any, request: ReturnRequest, reason: str, version: int | None = None, tell: bool = True
) -> ReturnRequest:
    """Say no, with the reason that the customer reads. Raises PermissionRefused, Conflict, ``no_reason``."""
    policies.require(actor, policies.APPROVE, request)
    words = clean_text(reason, multiline=True, max_length=2000)
    if not words:
        raise DomainError("no_reason", _("Write the reason: the customer reads it."), field="reason")
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        to_stage(
            actor=actor, request=held, stage=Stage.REJECTED, tell=tell, reject_reason=words, rejected_by=_person(actor),
            held_quantity=0,
        )  # fmt: skip
        audit(actor, held, "reject", {"reason": words})
    return refreshed(request)


def may_appeal(request: ReturnRequest) -> bool:
    """Refused, not appealed against yet, and the days for it are not over."""
    if request.stage != Stage.REJECTED or request.appealed_at is not None or request.resolved_at is None:
        return False
    return now() <= request.resolved_at + timedelta(days=desk_rules().appeal_days)


def appeal_return(*, actor: Any, request: ReturnRequest, text: str) -> ReturnRequest:
    """Take down that the customer does not accept the refusal; somebody else than who refused answers it, once.

    Raises Conflict ``no_appeal``, DomainError ``no_text``, PermissionRefused, NotFound.
    """
    policies.require(actor, policies.CREATE, request)
    words = clean_text(text, multiline=True, max_length=4000)
    if not words:
        raise DomainError("no_text", _("Write why you do not agree."), field="text")
    with transaction.atomic():
        held = lock_return(request.pk)
        if not may_appeal(held):
            raise Conflict("no_appeal", _("This refusal cannot be appealed against any more. You can open a dispute."))
        write_columns(held, appeal_text=words, appealed_at=now())
        audit(actor, held, "appeal", {"text": words})
        manager = manager_of(held.branch, now()) or held.owner
        for user in {manager, held.owner} - {held.rejected_by}:
            notify(
                user=user, verb="return.appealed", item=held, data={"number": held.number},
                cause=f"return:{held.pk}:appeal:{user.pk}",
            )  # fmt: skip
        publish(ReturnAppealed(request_id=held.pk, number=held.number, branch_id=held.branch_id))
    return refreshed(request)


def answer_appeal(
    *, actor: Any, request: ReturnRequest, granted: bool, answer: str, version: int | None = None
) -> ReturnRequest:
    """Grant the appeal (the return is approved) or uphold the refusal (it is closed), with reasons either way.

    Raises PermissionRefused ``own_refusal`` for whoever refused, Conflict ``no_appeal``, DomainError ``no_reason``.
    """
    policies.require(actor, policies.APPROVE, request)
    words = clean_text(answer, multiline=True, max_length=2000)
    if not words:
        raise DomainError("no_reason", _("Write the reason: the customer reads it."), field="answer")
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        if held.stage != Stage.REJECTED or held.appealed_at is None:
            raise Conflict("no_appeal", _("Nobody has appealed against this."))
        if isinstance(actor, User) and held.rejected_by_id == actor.pk:
            raise policies.PermissionRefused(
                "own_refusal", _("Whoever refused a return does not answer the appeal: ask a colleague.")
            )
        columns: dict[str, Any] = {"appeal_answer": words, "appeal_answered_by": _person(actor)}
        if granted:
            to_stage(
                actor=actor, request=held, stage=Stage.APPROVED, **columns, held_quantity=held.quantity,
                approved_at=now(), approved_by=_person(actor), goodwill_reason=held.goodwill_reason or words,
            )  # fmt: skip
        else:
            to_stage(actor=actor, request=held, stage=Stage.CLOSED, **columns, result=Outcome.REFUSED)
        audit(actor, held, "appeal_answer", {"granted": granted, "answer": words})
    return refreshed(request)


def withdraw_return(
    *, actor: Any, request: ReturnRequest, note: str = "", version: int | None = None, tell: bool = True
) -> ReturnRequest:
    """The customer keeps it after all, before it came to us. Raises Conflict, PermissionRefused."""
    policies.require(actor, policies.CREATE, request)
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        if held.stage not in {Stage.REQUESTED, Stage.APPROVED, Stage.IN_TRANSIT}:
            raise Conflict("step_not_allowed", _("It is with us already: decide about it."), stage=held.stage)
        refuse_while_out(held)
        to_stage(
            actor=actor, request=held, stage=Stage.CLOSED, tell=tell, result=Outcome.WITHDRAWN, held_quantity=0,
            decision_note=clean_text(note, multiline=True, max_length=2000),
        )  # fmt: skip
        audit(actor, held, "withdraw", {})
    return refreshed(request)


def close_refused(*, before_days: int | None = None) -> int:
    """Close refusals whose days of appeal are over. Returns how many. A job of the night."""
    days = before_days if before_days is not None else desk_rules().appeal_days
    done = 0
    old = ReturnRequest.objects.filter(
        stage=Stage.REJECTED, appealed_at__isnull=True, resolved_at__lt=now() - timedelta(days=days)
    ).values_list("pk", flat=True)
    for pk in list(old[:500]):
        with transaction.atomic():
            held = lock_return(pk)
            if held.stage == Stage.REJECTED and held.appealed_at is None:
                to_stage(actor=None, request=held, stage=Stage.CLOSED, tell=False, result=Outcome.REFUSED)
                done += 1
    return done


def refreshed(request: ReturnRequest) -> ReturnRequest:
    """The caller's instance with the values now in the database."""
    request.refresh_from_db()
    return request


def _person(actor: Any) -> User | None:
    return actor if isinstance(actor, User) else None
