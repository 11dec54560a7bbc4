"""Returns: list and show them, take a request down, move it on."""

from collections.abc import Callable
from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Status

from halkhata.desks.returns.models import ReturnQuerySet, ReturnRequest
from halkhata.desks.returns.selectors.advances import money_of
from halkhata.desks.returns.selectors.finding import line_of_unit
from halkhata.desks.returns.services.advancing import replace_in_advance
from halkhata.desks.returns.services.approving import approve_return, reject_return, withdraw_return
from halkhata.desks.returns.services.deciding import decide_return
from halkhata.desks.returns.services.deposits import give_deposit_back, give_more_days, keep_deposit
from halkhata.desks.returns.services.receiving import receive_return, send_on_its_way
from halkhata.desks.returns.services.requesting import request_return
from halkhata.desks.returns.services.settling import close_return, settle_return
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, page_of
from halkhata.doors.api.lookups import nameable_customers
from halkhata.doors.api.resources.return_shapes import (
    AdvanceIn,
    ApproveIn,
    DecideIn,
    DepositBackIn,
    DepositKeptIn,
    MoreDaysIn,
    ReceiveIn,
    RejectIn,
    ReturnFilters,
    ReturnIn,
    ReturnNoteIn,
    ReturnOut,
    ReturnPage,
    SettleIn,
    TransitIn,
)
from halkhata.doors.api.resources.units import unit_of
from halkhata.doors.api.shapes import Number, listed, listing, read, write
from halkhata.doors.api.versions import check_match, note_version
from halkhata.engines.work.services.items import lock_item
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import parse_ref
from halkhata.records.catalog.models import PurchaseLine, unit_scope

router = Router(tags=["returns"])
ORDERS = {
    "-opened_at": Order(column="opened_at", descending=True),
    "opened_at": Order(column="opened_at"),
    "-id": Order(column="pk", descending=True),
    "id": Order(column="pk"),
}


@router.get("", response=listing(ReturnPage), summary="List returns")
def list_returns(request: KeyRequest, filters: Query[ReturnFilters]) -> dict[str, Any]:
    """The returns inside the key's reach."""
    require_scope(request, "return.view")
    rows = _with_all(ReturnRequest.objects.visible_to(request.user))
    for name in ("stage", "result", "product_id", "branch_id", "customer_id"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.opened_since:
        rows = rows.filter(opened_at__gte=filters.opened_since)
    found = page_of(request, rows, page=filters, orders=ORDERS, order=filters.order)
    seen = nameable_customers(request, [row.customer_id for row in found[0]])
    return listed(found, lambda one: return_out(one, seen))


@router.post("", response=write(ReturnOut, 201), summary="Take a return down")
def take_down(request: KeyRequest, body: ReturnIn) -> Status:
    """Looks at the sale, the policy and earlier returns; a rule that stands against it is a 422 `not_by_policy`."""
    require_scope(request, "return.create")
    unit = unit_of(request, body.unit_number) if body.unit_number else None
    line = _line(request, body, unit)
    made = request_return(
        actor=request.user, purchase_line=line, unit=unit, reason_code=body.reason_code, note=body.note,
        wish=body.wish, channel="api", quantity=body.quantity, paid_method=body.paid_method,
        has_accessories=body.has_accessories, against_rules=body.against_rules,
        cause=f"api:{request.user.pk}:{body.key}" if body.key else "",
    )  # fmt: skip
    return Status(201, _shown(request, made))


@router.get("/{number}", response=read(ReturnOut), summary="Show a return")
def show_return(request: KeyRequest, number: Number) -> dict[str, Any]:
    """One return by its number, in Latin or Bengali."""
    require_scope(request, "return.view")
    return _shown(request, _found(request, number))


@router.post("/{number}/approve", response=write(ReturnOut), summary="Approve a return")
def return_approve(request: KeyRequest, number: Number, body: ApproveIn) -> dict[str, Any]:
    """Says yes; against the rules only as goodwill within the limit of the key's user."""
    return _step(request, number, "return.approve", approve_return, **body.dict())


@router.post("/{number}/reject", response=write(ReturnOut), summary="Refuse a return")
def return_reject(request: KeyRequest, number: Number, body: RejectIn) -> dict[str, Any]:
    """Says no; the customer reads the reason and the way to appeal."""
    return _step(request, number, "return.approve", reject_return, **body.dict())


@router.post("/{number}/in-transit", response=write(ReturnOut), summary="Say that a return travels")
def return_in_transit(request: KeyRequest, number: Number, body: TransitIn) -> dict[str, Any]:
    """The customer has handed it to a carrier."""
    return _step(request, number, "return.create", send_on_its_way, **body.dict())


@router.post("/{number}/receive", response=write(ReturnOut), summary="Receive the goods of a return")
def return_receive(request: KeyRequest, number: Number, body: ReceiveIn) -> dict[str, Any]:
    """Goods come in against an approved return, once, and with the right serial number."""
    return _step(request, number, "return.receive", receive_return, **body.dict())


@router.post("/{number}/decide", response=write(ReturnOut), summary="Decide a return")
def return_decide(request: KeyRequest, number: Number, body: DecideIn) -> dict[str, Any]:
    """Decides what a graded return comes to, within the limit of the role."""
    return _step(request, number, "return.decide", decide_return, **body.dict())


@router.post("/{number}/settle", response=write(ReturnOut), summary="Do what was decided")
def return_settle(request: KeyRequest, number: Number, body: SettleIn) -> dict[str, Any]:
    """Writes down that the money went back, or hands another unit over."""
    values = body.dict()
    wanted = values.pop("replacement_unit_number")
    unit = unit_of(request, wanted) if wanted else None
    return _step(request, number, "return.decide", settle_return, replacement_unit=unit, **values)


@router.post("/{number}/advance", response=write(ReturnOut), summary="Hand the replacement over in advance")
def return_advance(request: KeyRequest, number: Number, body: AdvanceIn) -> dict[str, Any]:
    """Takes the deposit of the policy and hands another unit over before the old piece is back."""
    values = body.dict()
    wanted = values.pop("replacement_unit_number")
    unit = unit_of(request, wanted) if wanted else None
    return _step(request, number, "return.decide", replace_in_advance, replacement_unit=unit, **values)


@router.post("/{number}/deposit-back", response=write(ReturnOut), summary="Give a deposit back")
def return_deposit_back(request: KeyRequest, number: Number, body: DepositBackIn) -> dict[str, Any]:
    """Writes down that the deposit went back, within the limit of the role, once the old piece is here."""
    return _step(request, number, "return.decide", give_deposit_back, **body.dict())


@router.post("/{number}/deposit-kept", response=write(ReturnOut), summary="Keep a deposit")
def return_deposit_kept(request: KeyRequest, number: Number, body: DepositKeptIn) -> dict[str, Any]:
    """Keeps the deposit with a reason the customer reads; an old piece that did not come in time is given up."""
    return _step(request, number, "return.decide", keep_deposit, **body.dict())


@router.post("/{number}/more-days", response=write(ReturnOut), summary="Give more days for the old piece")
def return_more_days(request: KeyRequest, number: Number, body: MoreDaysIn) -> dict[str, Any]:
    """Moves the last day for the old piece."""
    return _step(request, number, "return.decide", give_more_days, **body.dict())


@router.post("/{number}/close", response=write(ReturnOut), summary="Close a return")
def return_close(request: KeyRequest, number: Number, body: ReturnNoteIn) -> dict[str, Any]:
    """Closes for good what was settled."""
    return _step(request, number, "return.receive", close_return)


@router.post("/{number}/withdraw", response=write(ReturnOut), summary="Withdraw a return")
def return_withdraw(request: KeyRequest, number: Number, body: ReturnNoteIn) -> dict[str, Any]:
    """The customer keeps it after all."""
    return _step(request, number, "return.create", withdraw_return, note=body.note)


def _with_all(rows: ReturnQuerySet) -> ReturnQuerySet:
    """With what is answered. Two queries."""
    return rows.select_related("unit", "replacement_unit", "advance").prefetch_related("advance__entries")


def _line(request: KeyRequest, body: ReturnIn, unit: Any) -> PurchaseLine:
    if unit is not None and body.purchase_line_id is None:
        line = line_of_unit(request.user, unit)
        if line is None:
            raise DomainError("not_sold_here", _("This unit was not sold here."), field="unit_number")
        return line
    rows = PurchaseLine.objects.filter(unit_scope(request.user, "purchase__"))
    line = rows.select_related("purchase__branch", "purchase__customer", "product__kind").filter(
        pk=body.purchase_line_id or 0
    ).first()  # fmt: skip
    if line is None:
        raise DomainError(
            "line_missing", _("Name the unit, or the line of the sale that is given back."), field="purchase_line_id"
        )
    return line


def _found(request: KeyRequest, number: str) -> ReturnRequest:
    canonical = parse_ref(number) if "\x00" not in number else None
    rows = _with_all(ReturnRequest.objects.visible_to(request.user))
    found = rows.filter(number=canonical).first() if canonical else None
    if found is None:
        raise Http404
    return found


def _step(request: KeyRequest, number: str, scope: str, service: Callable[..., Any], **values: Any) -> dict[str, Any]:
    require_scope(request, scope)
    found = _found(request, number)
    if "If-Match" in request.headers:
        check_match(request, lock_item(found.pk).version)
    service(actor=request.user, request=found, **values)
    return _shown(request, found)


def _shown(request: KeyRequest, found: ReturnRequest) -> dict[str, Any]:
    fresh = _with_all(ReturnRequest.objects.all()).get(pk=found.pk)
    note_version(request, fresh.version)
    return return_out(fresh, nameable_customers(request, [fresh.customer_id]))


def return_out(row: ReturnRequest, seen: set[int]) -> dict[str, Any]:
    """The return as it is answered: a closed list of fields."""
    names = (
        "id", "number", "stage", "result", "product_id", "purchase_line_id", "quantity", "branch_id", "reason_code",
        "wish", "is_eligible", "line_price", "refund_amount", "credit_amount", "replacement_amount", "fee_amount",
        "currency", "grade", "opened_at", "received_at", "settled_at", "closed_at", "refund_due_on", "version",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "unit_number": row.unit.number if row.unit else None,
        "replacement_unit_number": row.replacement_unit.number if row.replacement_unit else None,
        "customer_id": row.customer_id if row.customer_id in seen else None,
        "advance": _advance_out(row),
        "rules": [{"code": rule["code"], "ok": rule["ok"]} for rule in row.rules],
    }


def _advance_out(row: ReturnRequest) -> dict[str, Any] | None:
    advance = row.in_advance
    if advance is None:
        return None
    money = money_of(advance.entries.all())
    return {
        **{name: getattr(advance, name) for name in ("state", "due_on", "handed_at", "deposit", "currency")},
        **{name: getattr(money, name) for name in ("taken", "returned", "kept", "left")},
    }
