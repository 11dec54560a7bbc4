"""Claims to companies: list and show them, write one down, send it, write down the answer and the money."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from ninja import Query, Router, Status

from halkhata.desks.claims.models import Claim
from halkhata.desks.claims.selectors.verify import as_data, verify
from halkhata.desks.claims.services.answering import decide_claim, record_credit
from halkhata.desks.claims.services.filing import submit_claim, withdraw_claim
from halkhata.desks.claims.services.opening import NewLine, open_claim
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, page_of
from halkhata.doors.api.resources.claim_shapes import (
    ClaimDecisionIn,
    ClaimFilters,
    ClaimIn,
    ClaimOut,
    ClaimPage,
    CreditIn,
    SubmitIn,
    VerificationOut,
    WithdrawIn,
)
from halkhata.doors.api.resources.units import unit_of
from halkhata.doors.api.shapes import Number, listed, listing, read, write
from halkhata.doors.api.versions import check_match, note_version
from halkhata.engines.work.services.items import lock_item
from halkhata.foundation.core.formatting import parse_ref

router = Router(tags=["claims"])
ORDERS = {
    "-opened_at": Order(column="opened_at", descending=True),
    "opened_at": Order(column="opened_at"),
    "-id": Order(column="pk", descending=True),
    "id": Order(column="pk"),
}
_COLUMNS = (
    "id", "number", "company_number", "stage", "sort", "brand_id", "branch_id", "month_on", "failed_on", "repaired_on",
    "deadline_on", "reading", "defect_code", "cause_code", "description", "faulty_serial", "replacement_serial",
    "claimed_amount", "approved_amount", "credited_amount", "shortfall", "short_reason", "currency", "answer",
    "opened_at", "submitted_at", "decided_at", "version",
)  # fmt: skip
_LINE = (
    "id", "kind", "code", "fault_code", "text", "quantity", "cost", "is_recoverable", "claimed_amount",
    "approved_amount", "answer",
)  # fmt: skip
_CREDIT = ("id", "number", "amount", "on", "note", "recorded_at")


@router.get("", response=listing(ClaimPage), summary="List claims to companies")
def list_claims(request: KeyRequest, filters: Query[ClaimFilters]) -> dict[str, Any]:
    """The claims inside the key's reach."""
    require_scope(request, "claim.view")
    rows = Claim.objects.visible_to(request.user).select_related("unit", "about")
    rows = rows.prefetch_related("lines", "credits")
    for name in ("stage", "sort", "brand_id", "branch_id"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.opened_since:
        rows = rows.filter(opened_at__gte=filters.opened_since)
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), claim_out)


@router.post("", response=write(ClaimOut, 201), summary="Write a claim down")
def add_claim(request: KeyRequest, body: ClaimIn) -> Status:
    """Begins a draft for a unit; the last day to send it comes from the rules of the company."""
    require_scope(request, "claim.edit")
    values = body.dict(exclude={"unit_number", "lines", "key"})
    made = open_claim(
        actor=request.user, unit=unit_of(request, body.unit_number),
        lines=[NewLine(**line.dict()) for line in body.lines],
        cause=f"claim-api:{request.user.pk}:{body.key}" if body.key else "", **values,
    )  # fmt: skip
    return Status(201, _shown(request, made))


@router.get("/{number}", response=read(ClaimOut), summary="Show a claim")
def show_claim(request: KeyRequest, number: Number) -> dict[str, Any]:
    """One claim by its number, in Latin or Bengali, with its lines and credit notes."""
    require_scope(request, "claim.view")
    return _shown(request, _found(request, number))


@router.get("/{number}/verification", response=read(VerificationOut), summary="See what a claim lacks")
def claim_verification(request: KeyRequest, number: Number) -> dict[str, Any]:
    """What is missing by the rules of the company before the claim can be sent."""
    require_scope(request, "claim.view")
    found = verify(_found(request, number))
    return {"is_complete": found.is_complete, "missing": as_data(found), "warnings": list(found.warnings)}


@router.post("/{number}/submit", response=write(ClaimOut), summary="Send a claim")
def claim_submit(request: KeyRequest, number: Number, body: SubmitIn) -> dict[str, Any]:
    """Sends a draft that lacks nothing; otherwise a 422 `incomplete`."""
    return _step(request, number, "claim.edit", submit_claim, **body.dict())


@router.post("/{number}/decide", response=write(ClaimOut), summary="Write down what the company grants")
def claim_decide(request: KeyRequest, number: Number, body: ClaimDecisionIn) -> dict[str, Any]:
    """All, a part or nothing, line by line; the stage follows from the sum."""
    lines = body.lines
    return _step(
        request, number, "claim.decide", decide_claim, answer=body.answer,
        granted=None if lines is None else {line.line_id: line.amount for line in lines},
        answers={line.line_id: line.answer for line in lines or ()},
    )  # fmt: skip


@router.post("/{number}/credits", response=write(ClaimOut), summary="Write down a credit note")
def claim_credit(request: KeyRequest, number: Number, body: CreditIn) -> dict[str, Any]:
    """Each number once for a claim, and never more than was approved."""
    return _step(request, number, "claim.decide", record_credit, **body.dict())


@router.post("/{number}/withdraw", response=write(ClaimOut), summary="Take a claim back")
def claim_withdraw(request: KeyRequest, number: Number, body: WithdrawIn) -> dict[str, Any]:
    """What it claimed can be claimed again."""
    return _step(request, number, "claim.edit", withdraw_claim, **body.dict())


def _found(request: KeyRequest, number: str) -> Claim:
    canonical = parse_ref(number) if "\x00" not in number else None
    rows = Claim.objects.visible_to(request.user).select_related(
        "unit__product__brand", "unit__product__kind", "about", "brand", "branch"
    )
    found = rows.filter(number=canonical).first() if canonical else None
    if found is None:
        raise Http404
    return found


def _step(
    request: KeyRequest, number: str, scope: str, service: Callable[..., Any], /, **values: Any
) -> dict[str, Any]:
    require_scope(request, scope)
    found = _found(request, number)
    if "If-Match" in request.headers:
        check_match(request, lock_item(found.pk).version)
    service(actor=request.user, claim=found, **values)
    return _shown(request, found)


def _shown(request: KeyRequest, found: Claim) -> dict[str, Any]:
    rows = Claim.objects.select_related("unit", "about").prefetch_related("lines", "credits")
    fresh = rows.get(pk=found.pk)
    note_version(request, fresh.version)
    return claim_out(fresh)


def claim_out(row: Claim) -> dict[str, Any]:
    """The claim as it is answered: a closed list of fields."""
    return {
        **{name: getattr(row, name) for name in _COLUMNS},
        "unit_number": row.unit.number if row.unit else None,
        "about_number": row.about.number if row.about else None,
        "lines": [{name: getattr(line, name) for name in _LINE} for line in row.lines.all()],
        "credits": [{name: getattr(note, name) for name in _CREDIT} for note in row.credits.all()],
    }
