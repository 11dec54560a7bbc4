"""Replacement in advance: the customer gets the new piece before the old one is back, against a deposit (A58.10)."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns import policies
from halkhata.desks.returns.choices import DEPOSIT_METHODS, Advanced, AdvanceState, EntryKind, Stage
from halkhata.desks.returns.events import ReturnAdvanced
from halkhata.desks.returns.models import Advance, DepositEntry, ReturnRequest
from halkhata.desks.returns.selectors.advances import deposit_for, money_of, terms_for
from halkhata.desks.returns.services.approving import refreshed
from halkhata.desks.returns.services.goods import give_replacement
from halkhata.desks.returns.services.locking import audit, lock_return, url_of, write_columns
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.services.activities import record_activity


def replace_in_advance(
    *,
    actor: Any,
    request: ReturnRequest,
    replacement_unit: Unit | None = None,
    method: str = "",
    reference: str = "",
    version: int | None = None,
    tell: bool = True,
) -> ReturnRequest:
    """Take the deposit and hand the replacement over, in one; the old piece is to come by the days of the policy.

    Raises PermissionRefused (``forbidden``, ``over_limit``), NotFound, Conflict ``no_advance`` (the policy of the sale
    offers none), ``advance_given``, ``step_not_allowed``, ``other_currency``, DomainError ``unknown_method``, and what
    ``give_replacement`` raises. Nothing is written then.
    """
    policies.require(actor, policies.DECIDE, request)
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        deposit, days = _agreed(held)
        policies.require_within_limit(actor, held.line_price)
        if deposit:
            refuse_odd_method(method)
        moment = now()
        columns = give_replacement(actor=actor, request=held, unit=replacement_unit)
        advance = Advance.objects.create(
            request=held, deposit=deposit, currency=held.currency, handed_at=moment,
            handed_by=actor if isinstance(actor, User) else None, due_on=today() + timedelta(days=days),
        )  # fmt: skip
        if deposit:
            add_entry(actor=actor, advance=advance, kind=EntryKind.TAKEN, amount=deposit, method=method,
                      reference=reference)  # fmt: skip
        if columns:
            write_columns(held, **columns)
        audit(actor, held, "advance", {"deposit": str(deposit), "method": method, "due_on": advance.due_on.isoformat()})
        tell_of(actor=actor, request=held, advance=advance, what=Advanced.HANDED, amount=deposit, tell=tell)
    return refreshed(request)


def _agreed(request: ReturnRequest) -> tuple[Decimal, int]:
    """The deposit and the days of the policy. Raises Conflict where this is not the time, or nothing is offered."""
    if request.in_advance is not None:
        raise Conflict("advance_given", _("The customer has the replacement already."))
    if request.stage not in {Stage.APPROVED, Stage.IN_TRANSIT} or request.is_instant:
        raise Conflict(
            "step_not_allowed", _("A replacement in advance needs an approved return whose goods are still to come."),
            stage=request.stage,
        )  # fmt: skip
    terms = terms_for(request)
    if terms is None or request.customer is None:
        raise Conflict("no_advance", _("The policy of this sale offers no replacement in advance."))
    if terms.currency and terms.currency != request.currency:
        raise Conflict("other_currency", _("The deposit of the policy is in another currency than the sale."))
    return deposit_for(request, terms), terms.days


def refuse_odd_method(method: str) -> None:
    """Raise DomainError unless money of a deposit can go this way."""
    if method not in {one.value for one in DEPOSIT_METHODS}:
        raise DomainError("unknown_method", _("Choose how the deposit changes hands."), field="method")


def add_entry(
    *, actor: Any, advance: Advance, kind: str, amount: Decimal, method: str = "", reference: str = "", reason: str = ""
) -> DepositEntry:
    """One line of the ledger, in the caller's transaction. Raises Conflict ``more_than_deposit``."""
    try:
        with transaction.atomic():
            return DepositEntry.objects.create(
                advance=advance, kind=kind, amount=amount, currency=advance.currency, method=method,
                reference=clean_text(reference, max_length=80), reason=clean_text(reason, max_length=300),
                by=actor if isinstance(actor, User) else None, at=now(),
            )  # fmt: skip
    except IntegrityError as error:
        if "returns_deposit_more_than_taken" in str(error):
            raise more_than_deposit() from error
        raise


def more_than_deposit() -> Conflict:
    """Not more than what is left of the deposit."""
    return Conflict("more_than_deposit", _("That is more than what is left of the deposit."), field="amount")


def tell_of(
    *, actor: Any, request: ReturnRequest, advance: Advance, what: Advanced, amount: Decimal = Decimal(0),
    tell: bool = True,
) -> None:  # fmt: skip
    """A line of the customer's timeline, and the event that others hear."""
    record_activity(
        customer=request.customer, verb="return.advanced", url=url_of(request), actor=actor,
        data={"number": request.number, "what": what.value, "amount": str(amount), "currency": advance.currency},
    )  # fmt: skip
    publish(
        ReturnAdvanced(
            request_id=request.pk, number=request.number, what=what.value, amount=amount, currency=advance.currency,
            replacement_unit_id=request.replacement_unit_id, customer_id=request.customer_id,
            branch_id=request.branch_id, tell=tell and not request.is_demo,
        )
    )  # fmt: skip


def old_piece_came(*, request: ReturnRequest) -> None:
    """The receipt of the old piece ends the wait; whoever has the return hears that the deposit goes back."""
    advance = request.in_advance
    if advance is None or advance.state != AdvanceState.WAITING:
        return
    advance.state, advance.over_at = AdvanceState.CAME, now()
    advance.save(update_fields=["state", "over_at"])
    if money_of(advance.entries.all()).left > 0:
        notify(
            user=request.owner, verb="return.deposit_due", item=request, data={"number": request.number},
            cause=f"return:{request.pk}:deposit",
        )  # fmt: skip
