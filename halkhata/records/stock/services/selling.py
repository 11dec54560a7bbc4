"""What a sale does to the ledger, in the sale's own transaction; goods that are not on the shelf refuse it."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.core.errors import Conflict
from halkhata.records.catalog.models import Product, Purchase, PurchaseLine, Unit
from halkhata.records.catalog.registry import SaleStep, sale_steps
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.stock.choices import WAITING_KINDS, Condition, MoveReason, PlaceKind
from halkhata.records.stock.models import Balance, Place, UnitPosition
from halkhata.records.stock.services.moving import move
from halkhata.records.stock.services.places import place_of


def refuse_unsellable(actor: Any, purchase: Purchase, line: PurchaseLine, unit: Unit | None) -> None:
    """Raise Conflict for a unit that lies anywhere but on a shelf: nothing among the returned goods is sold."""
    if unit is None:
        return
    position = UnitPosition.objects.select_related("place").filter(unit=unit).first()
    if position is None or position.place.kind == PlaceKind.SHOP:
        return
    if position.place.kind in WAITING_KINDS:
        raise Conflict(
            "in_returns",
            _(
                "The unit %(unit)s lies among the returned goods (%(place)s). It can be sold after it was inspected "
                "and released."
            )
            % {"unit": shown_ref(unit.number), "place": position.place.name},
            field="unit",
            unit_number=unit.number,
        )
    raise Conflict(
        "not_on_shelf",
        _("The unit %(unit)s is not in the shop: %(place)s.")
        % {"unit": shown_ref(unit.number), "place": position.place.name},
        field="unit",
        unit_number=unit.number,
    )


def book_sale(actor: Any, purchase: Purchase, line: PurchaseLine, unit: Unit | None) -> None:
    """From the shelf to the customer. What was never booked in comes from the supplier first."""
    shelf = ready_on_shelf(
        actor=actor, branch=purchase.branch, product=line.product, unit=unit, quantity=line.quantity,
        ref=purchase.number, is_demo=purchase.is_demo,
    )  # fmt: skip
    place, condition = shelf
    move(
        actor=actor, unit=unit, product=line.product, quantity=line.quantity, from_place=place,
        to_place=place_of(purchase.branch, PlaceKind.CUSTOMER), from_condition=condition, condition=Condition.USED,
        reason=MoveReason.SALE, ref=purchase.number, is_demo=purchase.is_demo,
    )  # fmt: skip


def ready_on_shelf(
    *, actor: Any, branch: Branch, product: Product, unit: Unit | None, quantity: int, ref: str, is_demo: bool = False
) -> tuple[Place, str]:
    """Where the goods lie on the shelf and in what condition; what the ledger does not know yet is booked in first."""
    shop = place_of(branch, PlaceKind.SHOP)
    if unit is not None:
        position = UnitPosition.objects.select_related("place").filter(unit=unit).first()
        if position is not None:
            return position.place, position.condition
        missing = 1
    else:
        there = Balance.objects.filter(product=product, place=shop, condition=Condition.NEW).first()
        missing = max(0, quantity - (there.quantity if there else 0))
    if missing:
        move(
            actor=actor, unit=unit, product=product, quantity=missing, from_place=place_of(branch, PlaceKind.SUPPLIER),
            to_place=shop, from_condition=Condition.NEW, condition=Condition.NEW, reason=MoveReason.OPENING, ref=ref,
            is_demo=is_demo,
        )  # fmt: skip
    return shop, Condition.NEW


def with_customer(*, actor: Any, branch: Branch, product: Product, unit: Unit | None, quantity: int, ref: str) -> Place:
    """The place "with customers" from which goods come back; what was sold before the ledger began is booked there.

    Raises Conflict ``not_with_customer`` for a unit that is somewhere else.
    """
    customers = place_of(branch, PlaceKind.CUSTOMER)
    if unit is not None:
        position = UnitPosition.objects.select_related("place").filter(unit=unit).first()
        if position is not None:
            if position.place.kind != PlaceKind.CUSTOMER:
                raise Conflict(
                    "not_with_customer",
                    _("The unit %(unit)s is not with a customer: %(place)s.")
                    % {"unit": shown_ref(unit.number), "place": position.place.name},
                )
            return position.place
        missing = 1
    else:
        there = Balance.objects.filter(product=product, place=customers, condition=Condition.USED).first()
        missing = max(0, quantity - (there.quantity if there else 0))
    if missing:
        move(
            actor=actor, unit=unit, product=product, quantity=missing, from_place=place_of(branch, PlaceKind.SUPPLIER),
            to_place=customers, from_condition=Condition.NEW, condition=Condition.USED, reason=MoveReason.OPENING,
            ref=ref,
        )  # fmt: skip
    return customers


def unbook_sale(actor: Any, purchase: Purchase, line: PurchaseLine, unit: Unit | None) -> None:
    """Back on the shelf when a sale is reversed. What has come back already as a return stands against it."""
    back = place_of(purchase.branch, PlaceKind.SHOP)
    place = with_customer(
        actor=actor, branch=purchase.branch, product=line.product, unit=unit, quantity=line.quantity,
        ref=purchase.number,
    )  # fmt: skip
    move(
        actor=actor, unit=unit, product=line.product, quantity=line.quantity, from_place=place, to_place=back,
        from_condition=Condition.USED, condition=Condition.NEW, reason=MoveReason.SALE_REVERSED, ref=purchase.number,
        is_demo=purchase.is_demo,
    )  # fmt: skip


def register() -> None:
    """Hang the ledger on every sale: refused first of all, booked at the end."""
    sale_steps.register("stock.shelf", SaleStep(order=0, sold=refuse_unsellable, reversed=_nothing))
    # What an import brings in was sold long ago, by another system's books: the ledger hears of it when it comes back.
    sale_steps.register("stock.ledger", SaleStep(order=90, sold=book_sale, reversed=unbook_sale, imported=False))


def _nothing(actor: Any, purchase: Purchase, line: PurchaseLine, unit: Unit | None) -> None:
    """The look at the shelf leaves nothing to undo."""
