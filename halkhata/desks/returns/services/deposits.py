"""What becomes of a deposit: it goes back, it is kept with a reason, or the customer gets more days (A58.10)."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns import policies
from halkhata.desks.returns.choices import Advanced, AdvanceState, EntryKind, Outcome, Stage
from halkhata.desks.returns.models import Advance, DepositEntry, ReturnRequest
from halkhata.desks.returns.selectors.advances import CENT, money_of
from halkhata.desks.returns.services.advancing import add_entry, more_than_deposit, refuse_odd_method, tell_of
from halkhata.desks.returns.services.approving import refreshed
from halkhata.desks.returns.services.locking import audit, lock_return, to_stage
from halkhata.desks.returns.services.settling import settled_event
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import today

MOST_DAYS = 365


def give_deposit_back(
    *,
    actor: Any,
    request: ReturnRequest,
    amount: Decimal | None = None,
    method: str = "",
    method_reason: str = "",
    reference: str = "",
    version: int | None = None,
    tell: bool = True,
) -> DepositEntry:
    """Give back what is left of the deposit, or ``amount`` of it, by the route it was taken, or say why by another.

    Raises PermissionRefused (``forbidden``, ``over_limit``), NotFound, Conflict ``no_deposit``, ``piece_awaited`` (the
    old piece is still to come), ``more_than_deposit``, DomainError ``bad_amount``, ``unknown_method``,
    ``method_differs``.
    """
    policies.require(actor, policies.DECIDE, request)
    why = clean_text(method_reason, max_length=300)
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        advance, left = _held(held)
        if advance.state == AdvanceState.WAITING:
            raise Conflict("piece_awaited", _("First the old piece is received; then the deposit goes back."))
        wanted = _checked(left, amount)
        policies.require_within_limit(actor, wanted)
        taken_by = advance.entries.get(kind=EntryKind.TAKEN).method
        route = method or taken_by
        refuse_odd_method(route)
        if route != taken_by and not why:
            raise DomainError(
                "method_differs", _("The deposit was taken in another way. Give it back the same way, or write why "
                                    "not."), field="method_reason",
            )  # fmt: skip
        entry = add_entry(
            actor=actor, advance=advance, kind=EntryKind.RETURNED, amount=wanted, method=route, reference=reference,
            reason=why if route != taken_by else "",
        )  # fmt: skip
        audit(actor, held, "deposit_back", {"amount": str(wanted), "method": route}, why)
        tell_of(actor=actor, request=held, advance=advance, what=Advanced.BACK, amount=wanted, tell=tell)
    request.refresh_from_db()
    return entry


def keep_deposit(
    *,
    actor: Any,
    request: ReturnRequest,
    reason: str,
    amount: Decimal | None = None,
    version: int | None = None,
    tell: bool = True,
) -> ReturnRequest:
    """Keep what is left of the deposit, or ``amount`` of it, for a reason that the customer reads.

    Where the old piece did not come in time it is not waited for any more, and the return is closed as replaced;
    what was not kept goes back. Raises PermissionRefused (``forbidden``, ``over_limit``), NotFound, Conflict
    ``no_deposit``, ``not_due_yet``, ``more_than_deposit``, DomainError ``no_reason``, ``bad_amount``.
    """
    policies.require(actor, policies.DECIDE, request)
    words = clean_text(reason, max_length=300)
    if not words:
        raise DomainError("no_reason", _("Write the reason: the customer reads it."), field="reason")
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        awaited = held.in_advance is not None and held.in_advance.state == AdvanceState.WAITING
        # Without a deposit there is an end, too: the piece is given up.
        advance, left = _held(held, even_without=awaited)
        if awaited and advance.due_on >= today():
            raise Conflict("not_due_yet", _("The customer still has time to bring the old piece."))
        wanted = _checked(left, amount) if left else Decimal(0)
        policies.require_within_limit(actor, wanted)
        if wanted:
            add_entry(actor=actor, advance=advance, kind=EntryKind.KEPT, amount=wanted, reason=words)
        audit(actor, held, "deposit_kept", {"amount": str(wanted)}, words)
        if awaited:
            _give_up(actor, held, advance, words)
        what = Advanced.KEPT if wanted else Advanced.MISSED
        tell_of(actor=actor, request=held, advance=advance, what=what, amount=wanted, tell=tell)
    return refreshed(request)


def give_more_days(
    *,
    actor: Any,
    request: ReturnRequest,
    until: date,
    reason: str,
    version: int | None = None,
    tell: bool = True,
) -> ReturnRequest:
    """Give the customer until another day to bring the old piece; reminders begin anew.

    Raises PermissionRefused, NotFound, Conflict ``not_awaited``, DomainError ``bad_day``, ``no_reason``.
    """
    policies.require(actor, policies.DECIDE, request)
    words = clean_text(reason, max_length=300)
    if not words:
        raise DomainError("no_reason", _("Write why there are more days."), field="reason")
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        advance = held.in_advance
        if advance is None or advance.state != AdvanceState.WAITING:
            raise Conflict("not_awaited", _("No old piece is awaited here."))
        if not max(advance.due_on, today()) < until <= today() + timedelta(days=MOST_DAYS):
            raise DomainError("bad_day", _("Choose a later day, within a year."), field="until")
        before = advance.due_on
        advance.due_on, advance.days_reason = until, words
        advance.save(update_fields=["due_on", "days_reason"])
        audit(actor, held, "advance_days", {"before": before.isoformat(), "until": until.isoformat()}, words)
        tell_of(actor=actor, request=held, advance=advance, what=Advanced.MORE_DAYS, tell=tell)
    return refreshed(request)


def _held(request: ReturnRequest, *, even_without: bool = False) -> tuple[Advance, Decimal]:
    """The advance and what is left of its deposit. Raises Conflict ``no_deposit`` where nothing is."""
    advance = request.in_advance
    left = money_of(advance.entries.all()).left if advance is not None else Decimal(0)
    if advance is None or (left <= 0 and not even_without):
        raise Conflict("no_deposit", _("Nothing is left of a deposit here."))
    return advance, left


def _checked(left: Decimal, amount: Decimal | None) -> Decimal:
    if amount is None:
        return left
    if not amount.is_finite() or amount <= 0 or amount != amount.quantize(CENT):
        raise DomainError("bad_amount", _("Write an amount of money, like 1500."), field="amount")
    if amount > left:
        raise more_than_deposit()
    return amount


def _give_up(actor: Any, request: ReturnRequest, advance: Advance, reason: str) -> None:
    """The old piece stays where it is: the return ends as the replacement that was given."""
    advance.state, advance.over_at = AdvanceState.MISSED, now()
    advance.save(update_fields=["state", "over_at"])
    moment = now()
    person = actor if isinstance(actor, User) else None
    to_stage(
        actor=actor, request=request, stage=Stage.CLOSED, tell=False, result=Outcome.REPLACEMENT, held_quantity=0,
        replacement_amount=request.line_price, decided_at=moment, decided_by=person, decision_note=reason,
        settled_at=moment, settled_by=person,
    )  # fmt: skip
    publish(settled_event(request))
