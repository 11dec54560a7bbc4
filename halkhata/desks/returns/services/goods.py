"""What becomes of the goods themselves: each step a movement of the ledger (A58.6, A58.7, A58.10)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns import policies
from halkhata.desks.returns.choices import Outcome
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.services.locking import audit, lock_return, url_of
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.records.catalog.choices import OwnedHow, UnitState
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.catalog.services.life import write_life
from halkhata.records.catalog.services.owners import give_unit
from halkhata.records.catalog.services.units import change_unit_state
from halkhata.records.stock import policies as stock_policies
from halkhata.records.stock.choices import GRADED, Condition, MoveReason, PlaceKind
from halkhata.records.stock.models import Movement, Place, UnitPosition
from halkhata.records.stock.selectors.positions import movements_for
from halkhata.records.stock.services.moving import move
from halkhata.records.stock.services.places import place_of
from halkhata.records.stock.services.selling import ready_on_shelf, refuse_unsellable
from halkhata.records.warranty.services.covers import end_covers, move_covers

# What may become of returned goods: to which place, and which right it takes.
DISPOSITIONS: dict[str, tuple[str, str]] = {
    MoveReason.RELEASE: (PlaceKind.SHOP, stock_policies.RELEASE),
    MoveReason.USE_AS_IS: (PlaceKind.SHOP, stock_policies.RELEASE),
    MoveReason.REWORK: (PlaceKind.WORKSHOP, stock_policies.MOVE),
    MoveReason.REPAIR: (PlaceKind.WORKSHOP, stock_policies.MOVE),
    MoveReason.VENDOR: (PlaceKind.MANUFACTURER, stock_policies.MOVE),
    MoveReason.EXCHANGE: (PlaceKind.MANUFACTURER, stock_policies.MOVE),
    MoveReason.BACK: (PlaceKind.RETURNS, stock_policies.MOVE),
    MoveReason.SALVAGE: (PlaceKind.SCRAP, stock_policies.RELEASE),
    MoveReason.SOLD_ON: (PlaceKind.OUTLET, stock_policies.RELEASE),
    MoveReason.DONATE: (PlaceKind.OUTLET, stock_policies.RELEASE),
    MoveReason.SCRAP: (PlaceKind.SCRAP, stock_policies.RELEASE),
}
_STATE_AFTER = {
    MoveReason.RELEASE: UnitState.IN_STOCK, MoveReason.USE_AS_IS: UnitState.IN_STOCK,
    MoveReason.SALVAGE: UnitState.SCRAPPED, MoveReason.SCRAP: UnitState.SCRAPPED,
    MoveReason.SOLD_ON: UnitState.SCRAPPED, MoveReason.DONATE: UnitState.SCRAPPED,
}  # fmt: skip
# Results with which the goods are the shop's.
OURS = {Outcome.REFUND, Outcome.STORE_CREDIT, Outcome.REPLACEMENT}


def standing(request: ReturnRequest) -> tuple[Place, str] | None:
    """Where the goods of a return are and in what condition, by its last movement; None before they came."""
    if request.unit_id is not None:
        position = UnitPosition.objects.select_related("place__branch").filter(unit_id=request.unit_id).first()
        return (position.place, position.condition) if position else None
    last = movements_for(request.number).order_by("-id").exclude(reason=MoveReason.REPLACEMENT).first()
    return (last.to_place, last.to_condition) if last else None


def dispose(*, actor: Any, request: ReturnRequest, disposition: str, grade: str = "", note: str = "") -> Movement:
    """Say what becomes of goods that are the shop's now: back to the shelf, to the company, scrapped …

    ``grade``: the condition with which goods come back from workshop or company. Raises PermissionRefused, NotFound,
    DomainError ``unknown_disposition``, ``grade_missing``, Conflict ``not_ours`` (not decided, or the customer's),
    ``not_waiting`` (not among the returned goods any more), and what the ledger refuses.
    """
    if disposition not in DISPOSITIONS:
        raise DomainError("unknown_disposition", _("Choose what becomes of it."), field="disposition")
    kind, right = DISPOSITIONS[disposition]
    policies.require(actor, policies.VIEW, request)
    stock_policies.require(actor, right)
    with transaction.atomic():
        held = lock_return(request.pk)
        if held.result not in OURS or held.settled_at is None or held.received_at is None:
            raise Conflict("not_ours", _("First it is decided and done; until then the goods are the customer's."))
        where = standing(held)
        coming_back = disposition == MoveReason.BACK
        allowed = (
            {PlaceKind.WORKSHOP, PlaceKind.MANUFACTURER} if coming_back else {PlaceKind.RETURNS, PlaceKind.WORKSHOP}
        )
        if where is None or where[0].kind not in allowed:
            raise Conflict("not_waiting", _("The goods are not there any more: look at their last movement."))
        condition = grade or where[1]
        if condition not in GRADED:
            raise DomainError("grade_missing", _("Write in what condition it is now."), field="grade")
        movement = move(
            actor=actor, unit=held.unit, product=held.product, quantity=held.quantity, from_place=where[0],
            to_place=place_of(held.branch, kind), from_condition=where[1], condition=condition, reason=disposition,
            ref=held.number, note=note, is_demo=held.is_demo,
        )  # fmt: skip
        if held.unit is not None:
            if disposition in _STATE_AFTER:
                change_unit_state(
                    actor=actor, unit=held.unit, state=_STATE_AFTER[MoveReason(disposition)],
                    data={"return": held.number},
                )  # fmt: skip
                if _STATE_AFTER[MoveReason(disposition)] == UnitState.SCRAPPED:
                    end_covers(actor=actor, unit=held.unit, reason=str(MoveReason(disposition).label))
            write_life(
                actor=actor, unit=held.unit, verb="return.disposed", url=url_of(held),
                data={"number": held.number, "disposition": disposition},
            )  # fmt: skip
        audit(actor, held, "dispose", {"disposition": disposition, "condition": condition}, note)
    return movement


def give_replacement(*, actor: Any, request: ReturnRequest, unit: Unit | None) -> dict[str, Any]:
    """Hand another unit over: it leaves the shelf, the old one is replaced, its warranty goes along by its terms."""
    line = request.purchase_line
    customers = place_of(request.branch, PlaceKind.CUSTOMER)
    if request.unit is None:
        place, condition = ready_on_shelf(
            actor=actor, branch=request.branch, product=request.product, unit=None, quantity=request.quantity,
            ref=request.number, is_demo=request.is_demo,
        )  # fmt: skip
        move(
            actor=actor, product=request.product, quantity=request.quantity, from_place=place, to_place=customers,
            from_condition=condition, condition=Condition.USED, reason=MoveReason.REPLACEMENT, ref=request.number,
            is_demo=request.is_demo,
        )  # fmt: skip
        return {}
    new = _checked(request, unit)
    refuse_unsellable(actor, line.purchase, line, new)
    assert request.customer is not None
    place, condition = ready_on_shelf(
        actor=actor, branch=request.branch, product=new.product, unit=new, quantity=1, ref=request.number,
        is_demo=request.is_demo,
    )  # fmt: skip
    move(
        actor=actor, unit=new, from_place=place, to_place=customers, from_condition=condition,
        condition=Condition.USED, reason=MoveReason.REPLACEMENT, ref=request.number, is_demo=request.is_demo,
    )  # fmt: skip
    change_unit_state(
        actor=actor, unit=request.unit, state=UnitState.REPLACED, data={"return": request.number, "by": new.number}
    )
    give_unit(actor=actor, unit=new, to=request.customer, on=today(), how=OwnedHow.REPLACEMENT, purchase=line.purchase)
    move_covers(actor=actor, from_unit=request.unit, to_unit=new, how=None, on=today())
    for one, verb, other in ((request.unit, "return.replaced", new), (new, "return.replaces", request.unit)):
        data = {"number": request.number, "other": other.number}
        write_life(actor=actor, unit=one, verb=verb, data=data, url=url_of(request))
    return {"replacement_unit": new}


def _checked(request: ReturnRequest, unit: Unit | None) -> Unit:
    if unit is None:
        raise DomainError("unit_missing", _("Choose the unit that is given in replacement."), field="replacement")
    if unit.pk == request.unit_id:
        raise DomainError("same_unit", _("A unit cannot replace itself."), field="replacement")
    if unit.product_id != request.product_id:
        raise DomainError(
            "other_product", _("A replacement is of the same product. For another one, give money or credit."),
            field="replacement",
        )  # fmt: skip
    if unit.state != UnitState.IN_STOCK:
        raise Conflict(
            "not_in_stock", _("The unit %(unit)s is not in stock: %(state)s.")
            % {"unit": shown_ref(unit.number), "state": unit.state_label}, field="replacement",
        )  # fmt: skip
    return unit


def goods_to_workshop(*, actor: Any, request: ReturnRequest) -> None:
    """The customer's goods go to the workshop."""
    _move_on(actor, request, PlaceKind.WORKSHOP, MoveReason.REPAIR)


def goods_back_to_customer(*, actor: Any, request: ReturnRequest) -> None:
    """The customer has them again, and owns the unit as before."""
    _move_on(actor, request, PlaceKind.CUSTOMER, MoveReason.SENT_BACK, Condition.USED)
    if request.unit is not None:
        change_unit_state(actor=actor, unit=request.unit, state=UnitState.SOLD, data={"return": request.number})


def _move_on(actor: Any, request: ReturnRequest, kind: str, reason: str, condition: str = "") -> None:
    where = standing(request)
    if where is None:
        raise Conflict("not_waiting", _("The goods are not there any more: look at their last movement."))
    move(
        actor=actor, unit=request.unit, product=request.product, quantity=request.quantity, from_place=where[0],
        to_place=place_of(request.branch, kind), from_condition=where[1], condition=condition or where[1],
        reason=reason, ref=request.number, is_demo=request.is_demo,
    )  # fmt: skip
