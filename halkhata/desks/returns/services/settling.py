"""Doing what was decided: money, credit, another unit, repair, the goods back; closing for good (A58.8, A58.10)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns import policies
from halkhata.desks.returns.choices import Outcome, PayMethod, Stage
from halkhata.desks.returns.events import ReturnSettled
from halkhata.desks.returns.models import CreditNote, ReturnRequest
from halkhata.desks.returns.services.advance_guards import refuse_open_deposit
from halkhata.desks.returns.services.approving import refreshed
from halkhata.desks.returns.services.goods import give_replacement, goods_back_to_customer, goods_to_workshop
from halkhata.desks.returns.services.locking import audit, lock_return, to_stage
from halkhata.desks.returns.services.promising import keep_money_promise
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.sequences import next_number
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.models import Unit
from halkhata.records.warranty.services.covers import end_covers

CREDIT_PREFIX = "CN"


def settle_return(
    *,
    actor: Any,
    request: ReturnRequest,
    method: str = "",
    method_reason: str = "",
    reference: str = "",
    replacement_unit: Unit | None = None,
    version: int | None = None,
    tell: bool = True,
) -> ReturnRequest:
    """Do what was decided, once: give money or credit, hand over another unit, take it in for repair, send back.

    Money goes back by the ``method`` it was paid, or ``method_reason`` says why not. Raises PermissionRefused,
    NotFound, Conflict ``not_decided``, DomainError ``unknown_method``, ``method_differs``, ``unit_missing``,
    ``other_product``, and what the ledger and the units refuse.
    """
    policies.require(actor, policies.DECIDE, request)
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        if held.stage != Stage.DECIDED:
            raise Conflict("not_decided", _("It is not decided yet, or was done already."), stage=held.stage)
        columns: dict[str, Any] = {
            "settled_at": now(), "settled_by": actor if isinstance(actor, User) else None,
            "settle_reference": clean_text(reference, max_length=80),
        }  # fmt: skip
        if held.result == Outcome.REFUND:
            columns |= _money(held, method, clean_text(method_reason, max_length=300))
        elif held.result == Outcome.REPLACEMENT and held.in_advance is None:
            columns |= give_replacement(actor=actor, request=held, unit=replacement_unit)
        elif held.result == Outcome.REPAIR and held.received_at is not None:
            goods_to_workshop(actor=actor, request=held)
        elif held.result == Outcome.SENT_BACK and held.received_at is not None:
            goods_back_to_customer(actor=actor, request=held)
        to_stage(actor=actor, request=held, stage=Stage(held.result), tell=tell, **columns)
        if held.result == Outcome.STORE_CREDIT:
            _credit(held)
        if held.result in {Outcome.REFUND, Outcome.STORE_CREDIT} and held.unit is not None:
            end_covers(actor=actor, unit=held.unit, reason=str(_("Given back: %(number)s")) % {"number": held.number})
        audit(actor, held, "settle", {"result": held.result, "method": columns.get("settle_method", "")})
        keep_money_promise(request=held)
        publish(settled_event(held))
    return refreshed(request)


def _money(request: ReturnRequest, method: str, reason: str) -> dict[str, str]:
    chosen = method or request.paid_method
    if chosen not in PayMethod.values:
        raise DomainError("unknown_method", _("Choose how the money goes back."), field="method")
    if chosen != request.paid_method and not reason:
        raise DomainError(
            "method_differs",
            _("It was paid in another way (%(paid)s). Give it back the same way, or write why not.")
            % {"paid": PayMethod(request.paid_method).label},
            field="method_reason",
        )
    return {"settle_method": chosen, "method_reason": reason if chosen != request.paid_method else ""}


def _credit(request: ReturnRequest) -> CreditNote:
    if request.customer is None:
        raise DomainError("no_customer", _("Store credit needs a customer."), field="result")
    return CreditNote.objects.create(
        number=next_number(CREDIT_PREFIX), request=request, customer=request.customer, amount=request.credit_amount,
        currency=request.currency, issued_at=now(),
    )  # fmt: skip


def settled_event(request: ReturnRequest) -> ReturnSettled:
    """What others hear once it is done."""
    return ReturnSettled(
        request_id=request.pk, number=request.number, result=request.result,
        purchase_id=request.purchase_line.purchase_id, purchase_line_id=request.purchase_line_id,
        product_id=request.product_id, unit_id=request.unit_id, replacement_unit_id=request.replacement_unit_id,
        quantity=request.quantity, refund=request.refund_amount, credit=request.credit_amount,
        replacement=request.replacement_amount, fee=request.fee_amount, currency=request.currency,
        customer_id=request.customer_id, branch_id=request.branch_id,
    )  # fmt: skip


def close_return(*, actor: Any, request: ReturnRequest, version: int | None = None, tell: bool = True) -> ReturnRequest:
    """Close for good what was settled, or a refusal nobody appealed against.

    With a repair the goods go back to the customer now. What is with the customer again can be given back once more.
    Raises PermissionRefused, Conflict ``not_settled``, ``appeal_open``, ``deposit_open``.
    """
    policies.require(actor, policies.RECEIVE, request)
    with transaction.atomic():
        held = lock_return(request.pk, version=version)
        columns: dict[str, Any] = {}
        if held.stage == Stage.REJECTED:
            if held.appealed_at is not None:
                raise Conflict("appeal_open", _("Answer the appeal first."))
            columns["result"] = Outcome.REFUSED
        elif held.settled_at is None:
            raise Conflict("not_settled", _("Do first what was decided."), stage=held.stage)
        refuse_open_deposit(held)
        if held.stage == Stage.REPAIR and held.received_at is not None:
            goods_back_to_customer(actor=actor, request=held)
        if held.stage in {Stage.REPAIR, Stage.SENT_BACK, Stage.REPLACEMENT} and not held.refund_amount:
            columns["held_quantity"] = 0
        to_stage(actor=actor, request=held, stage=Stage.CLOSED, tell=tell, **columns)
        audit(actor, held, "close", {"result": held.result})
    return refreshed(request)


def spend_credit(*, actor: Any, note: CreditNote, memo: str) -> CreditNote:
    """Use a credit note for a purchase, once. Raises Conflict ``credit_spent``, DomainError ``no_memo``."""
    policies.require(actor, policies.DECIDE, note.request)
    words = clean_text(memo, max_length=40)
    if not words:
        raise DomainError("no_memo", _("Write the memo on which it was spent."), field="memo")
    with transaction.atomic():
        free = CreditNote.objects.filter(pk=note.pk, spent_at__isnull=True)
        by = actor if isinstance(actor, User) else None
        if not free.update(spent_at=now(), spent_by=by, spent_on=words):
            raise Conflict("credit_spent", _("This credit note was spent before."))
        audit(actor, note.request, "credit_spent", {"number": note.number, "memo": words})
    note.refresh_from_db()
    return note
