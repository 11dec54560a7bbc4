"""The day by which money is back, as a promise the customer was given (A58.8)."""

from datetime import datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from halkhata.desks.returns.models import ReturnRequest
from halkhata.engines.deliveries.models import DeliveryPromise
from halkhata.engines.deliveries.services.promising import keep_promise, promise_delivery


def promise_money(*, actor: Any, request: ReturnRequest) -> None:
    """Promise the settling of this return for the end of the day on which it is due. Once per return."""
    if request.refund_due_on is None or request.delivery_promises.exists():
        return
    due = datetime.combine(request.refund_due_on, time(20), ZoneInfo(request.branch.time_zone))
    promise_delivery(
        actor=actor, item=request, customer=request.customer, branch=request.branch, promised_for=due,
    )  # fmt: skip


def keep_money_promise(*, actor: Any, request: ReturnRequest) -> None:
    """What was promised has been done."""
    for promise in DeliveryPromise.objects.standing().filter(item_id=request.pk):
        keep_promise(actor=actor, promise=promise)
