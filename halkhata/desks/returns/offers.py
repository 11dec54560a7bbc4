"""What can be done with a return now, and by this person: the page offers nothing that would be refused."""

from typing import Any

from halkhata.desks.returns.choices import SETTLING, AdvanceState, Outcome, Stage
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.policies import limit_of, may_decide
from halkhata.desks.returns.selectors.advances import (
    deposit_for,
    may_be_advanced,
    shown_advance,
    terms_for,
)
from halkhata.desks.returns.services.approving import instant_allowed, may_appeal
from halkhata.desks.returns.services.goods import OURS, standing
from halkhata.foundation.accounts.models import User
from halkhata.records.stock.choices import PlaceKind


def steps_open(user: User, request: ReturnRequest) -> list[str]:
    """The steps that this person may take with this return now, in the order of the page."""
    stage = request.stage
    where = standing(request)
    goods_ours = request.result in OURS and request.settled_at is not None and request.received_at is not None
    waiting = where is not None and where[0].kind in {
        PlaceKind.RETURNS, PlaceKind.WORKSHOP, PlaceKind.MANUFACTURER,
    }  # fmt: skip
    here = {
        "approve": stage == Stage.REQUESTED and user.may("return.approve"),
        "reject": stage == Stage.REQUESTED and user.may("return.approve"),
        "transit": stage == Stage.APPROVED and not request.is_instant and user.may("return.create"),
        "receive": stage in {Stage.APPROVED, Stage.IN_TRANSIT} and not request.is_instant
        and user.may("return.receive"),
        "begin": stage == Stage.RECEIVED and user.may("return.receive"),
        "inspect": stage == Stage.INSPECTING and not request.grade and user.may("return.receive"),
        "decide": (
            (stage == Stage.INSPECTING and bool(request.grade)) or (stage == Stage.APPROVED and request.is_instant)
        )
        and may_decide(user, request),
        "settle": stage == Stage.DECIDED and user.may("return.decide"),
        "close": (stage in SETTLING or (stage == Stage.REJECTED and request.appealed_at is None))
        and user.may("return.receive"),
        "appeal": may_appeal(request) and user.may("return.create"),
        "answer": stage == Stage.REJECTED and request.appealed_at is not None and user.may("return.approve")
        and request.rejected_by_id != user.pk,
        "dispose": goods_ours and waiting and (user.may("stock.move") or user.may("stock.release")),
        "withdraw": stage in {Stage.REQUESTED, Stage.APPROVED, Stage.IN_TRANSIT} and user.may("return.create")
        and request.in_advance is None,
    }  # fmt: skip
    here |= _about_advance(user, request)
    return [name for name, is_open in here.items() if is_open]


def _about_advance(user: User, request: ReturnRequest) -> dict[str, bool]:
    """The steps of a replacement in advance."""
    if not user.may("return.decide"):
        return {}
    shown = shown_advance(request)
    if shown is None:
        limit = limit_of(user)
        return {"advance": may_be_advanced(request) and (limit is None or request.line_price <= limit)}
    left, waiting = shown.money.left, shown.is_waiting
    return {
        "deposit_back": left > 0 and not waiting,
        "deposit_kept": (left > 0 and shown.row.state == AdvanceState.CAME) or shown.is_late,
        "more_days": waiting,
    }


def facts_of(request: ReturnRequest) -> dict[str, Any]:
    """Values of the page that are more than columns."""
    terms = terms_for(request) if may_be_advanced(request) else None
    return {
        "advance": shown_advance(request),
        "advance_terms": terms,
        "advance_deposit": deposit_for(request, terms) if terms is not None else None,
        "instant_allowed": request.stage == Stage.REQUESTED and instant_allowed(request),
        "result_label": Outcome(request.result).label if request.result else "",
        "where": standing(request),
        "credit": getattr(request, "credit_note", None),
    }
