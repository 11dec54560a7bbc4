"""The customer does not accept that a return was refused -> a dispute about it, in the customer's words (A60.1)."""

from halkhata.desks.disputes.choices import Ground, RemedyKind
from halkhata.desks.disputes.services.opening import open_dispute
from halkhata.desks.returns.choices import Outcome, Stage
from halkhata.desks.returns.events import ReturnAppealed
from halkhata.desks.returns.models import ReturnRequest
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.events import on
from halkhata.records.privacy.selectors.erased import is_erased

# What was wished for at the returns desk, in the words of the dispute desk.
WISHES = {
    Outcome.REFUND.value: RemedyKind.REFUND,
    Outcome.STORE_CREDIT.value: RemedyKind.REFUND,
    Outcome.REPLACEMENT.value: RemedyKind.REPLACE,
    Outcome.REPAIR.value: RemedyKind.REPAIR,
}


@on(ReturnAppealed)
def open_dispute_when_refusal_is_appealed(event: ReturnAppealed) -> None:
    """One at a time about a return; none when the appeal was granted meanwhile."""
    request = (
        ReturnRequest.objects.select_related("customer", "branch", "team", "unit").filter(pk=event.request_id).first()
    )
    if request is None or request.customer is None or is_erased(request.customer_id):
        return
    if request.stage != Stage.REJECTED and request.result != Outcome.REFUSED:
        return
    try:
        open_dispute(
            actor=SYSTEM, customer=request.customer, branch=request.branch, about=request, unit=request.unit,
            ground=Ground.RETURN_REFUSED.value, statement=request.appeal_text,
            wish=WISHES.get(request.wish, RemedyKind.OTHER).value, channel=request.channel,
            cause_on=day_at(request.branch, request.resolved_at),
            is_demo=request.is_demo,
        )  # fmt: skip
    except Conflict:
        return
