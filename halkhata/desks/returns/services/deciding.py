"""What a return comes to: who may say it, and up to how much (A58.5, A58.8, US-31 AC 3)."""

from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns import policies
from halkhata.desks.returns.choices import Outcome, PayMethod, Stage
from halkhata.desks.returns.events import ReturnDecided
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.services.advance_guards import refuse_other_result
from halkhata.desks.returns.services.approving import refreshed
from halkhata.desks.returns.services.locking import audit, lock_return, to_stage
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, PermissionRefused
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text

CENT = Decimal("0.01")
DECIDED = (Outcome.REFUND, Outcome.STORE_CREDIT, Outcome.REPLACEMENT, Outcome.REPAIR, Outcome.SENT_BACK)


def amounts_for(request: ReturnRequest, result: str, fee: Decimal, amount: Decimal | None = None) -> dict[str, Any]:
    """The amounts of a result: all that was paid less the fee, unless less is agreed."""
    nothing = {
        "refund_amount": Decimal(0), "credit_amount": Decimal(0), "replacement_amount": Decimal(0),
        "fee_amount": Decimal(0),
    }  # fmt: skip
    whole = request.line_price - fee if amount is None else amount
    if result == Outcome.REFUND:
        return {**nothing, "refund_amount": whole, "fee_amount": fee}
    if result == Outcome.STORE_CREDIT:
        return {**nothing, "credit_amount": whole, "fee_amount": fee}
    if result == Outcome.REPLACEMENT:
        return {**nothing, "replacement_amount": request.line_price}
    return nothing


def decide_return(
    *,
    actor: Any,
    request: ReturnRequest,
    result: str,
    fee: Decimal | None = None,
    amount: Decimal | None = None,
    note: str = "",
    paid_method: str = "",
    version: int | None = None,
    tell: bool = True,
) -> ReturnRequest:
    """Decide what a graded return comes to. ``amount``: less than the whole price, as agreed.

    Raises PermissionRefused (``forbidden``, ``over_limit``, ``four_eyes``), NotFound, Conflict ``not_graded``,
    ``not_more_than_price``, ``advance_given``, DomainError ``unknown_result``, ``bad_amount``, ``no_reason``
    (less than everything, or nothing, needs a reason), ``method_missing``.
    """
    policies.require(actor, policies.DECIDE, request)
    if result not in {one.value for one in DECIDED}:
        raise DomainError("unknown_result", _("Choose what it comes to."), field="result")
    words = clean_text(note, multiline=True, max_length=2000)
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        _refuse_wrong_time(held)
        refuse_other_result(held, result)
        if held.needs_four_eyes and isinstance(actor, User) and held.inspected_by_id == actor.pk:
            raise PermissionRefused(
                "four_eyes", _("Above the limit of the shop, whoever inspected may not decide: ask a colleague.")
            )
        kept = held.fee_amount if fee is None else fee
        for value, field in ((kept, "fee"), (amount, "amount")):
            if value is not None and (not value.is_finite() or value < 0 or value != value.quantize(CENT)):
                raise DomainError("bad_amount", _("Write an amount of money, like 1500."), field=field)
        amounts = amounts_for(held, result, kept, amount)
        given = amounts["refund_amount"] + amounts["credit_amount"]
        if amounts["fee_amount"] + given > held.line_price:
            raise Conflict("not_more_than_price", _("That is more than was paid for it."), field="amount")
        if result in {Outcome.REFUND, Outcome.STORE_CREDIT} and given <= 0:
            raise DomainError("bad_amount", _("Nothing is given back this way: choose another result."), field="amount")
        policies.require_within_limit(actor, max(given, amounts["replacement_amount"]))
        if not words and (result == Outcome.SENT_BACK or (given < held.line_price - held.fee_amount and given > 0)):
            raise DomainError("no_reason", _("Write the reason: the customer reads it."), field="note")
        method = paid_method or held.paid_method
        if result == Outcome.REFUND and method not in PayMethod.values:
            raise DomainError(
                "method_missing", _("Choose how it was paid: money goes back the same way."), field="paid_method"
            )
        to_stage(
            actor=actor, request=held, stage=Stage.DECIDED, tell=tell, result=result, decided_at=now(),
            decided_by=actor if isinstance(actor, User) else None, decision_note=words, paid_method=method, **amounts,
        )  # fmt: skip
        audit(actor, held, "decide", {"result": result, **{name: str(value) for name, value in amounts.items()}}, words)
        publish(
            ReturnDecided(
                request_id=held.pk, number=held.number, result=result, unit_id=held.unit_id,
                customer_id=held.customer_id, branch_id=held.branch_id,
            )
        )  # fmt: skip
    return refreshed(request)


def _refuse_wrong_time(request: ReturnRequest) -> None:
    if request.stage == Stage.APPROVED and request.is_instant:
        return
    if request.stage != Stage.INSPECTING or not request.grade:
        raise Conflict(
            "not_graded", _("First the goods are received, inspected and graded; then it is decided."),
            stage=request.stage,
        )  # fmt: skip
