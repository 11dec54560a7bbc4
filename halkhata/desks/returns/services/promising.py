"""The day by which money is back, as a promise the customer was given (A58.8)."""

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from halkhata.desks.returns.models import ReturnRequest
from halkhata.engines.deliveries.models import DeliveryPromise
from halkhata.engines.deliveries.services.promising import keep_promise, promise_delivery
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now

# So long before the day is over we are warned.
BUFFER = timedelta(days=1)


def promise_money(*, request: ReturnRequest) -> None:
    """Promise the settling of this return for the end of the day on which it is due. Once per return."""
    if request.refund_due_on is None or request.delivery_promises.exists():
        return
    due = datetime.combine(request.refund_due_on, time(20), ZoneInfo(request.branch.time_zone))
    if due <= now():
        return
    # The rule promises, not the person who happens to press the button.
    promise_delivery(
        actor=SYSTEM,
        item=request,
        customer=request.customer,
        branch=request.branch,
        promised_for=due,
        buffer=BUFFER,
        cause=f"return:{request.pk}:money",
        is_demo=request.is_demo,
    )


def keep_money_promise(*, request: ReturnRequest) -> None:
    """What was promised has been done."""
    for promise in DeliveryPromise.objects.standing().filter(item_id=request.pk):
        keep_promise(actor=SYSTEM, promise=promise)
