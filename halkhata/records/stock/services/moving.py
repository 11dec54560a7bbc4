"""Moving goods: one line of the ledger, by which the database itself keeps balances and positions (R1–R3)."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.models import Product, Unit
from halkhata.records.stock.choices import Condition, MoveReason
from halkhata.records.stock.events import GoodsMoved
from halkhata.records.stock.models import Movement, Place, UnitPosition

# What the database says when it refuses a movement, and what people are told.
_REFUSALS: dict[str, Promise] = {
    "stock_unit_is_elsewhere": _("This serial number is somewhere else: look at its last movement."),
    "stock_sale_not_from_shop": _("Only goods on the shelf can be sold or given in replacement."),
    "stock_not_released": _("Returned goods come back to the shelf only after they are inspected and released."),
    "stock_overdrawn": _("There is not that much at this place."),
    "stock_product_of_unit": _("This serial number is of another product."),
    "stock_received_once": _("This return has been received already."),
}


def move(
    *,
    actor: Any,
    unit: Unit | None = None,
    product: Product | None = None,
    quantity: int = 1,
    from_place: Place,
    to_place: Place,
    condition: str,
    reason: str,
    ref: str = "",
    from_condition: str | None = None,
    note: str = "",
    at: datetime | None = None,
    is_demo: bool = False,
) -> Movement:
    """Move a unit, or so many pieces of a product; ``condition`` is the one they are in afterwards.

    ``from_condition`` None: the unit's last known, else ``condition``. For services that have asked for their own
    rights. Raises DomainError ``nothing_moves``, ``bad_quantity``, ``unknown_reason``, ``unknown_condition`` and, when
    the ledger refuses, Conflict with the ledger's own code (``stock_overdrawn``, ``stock_unit_is_elsewhere`` …).
    """
    what = unit.product if unit is not None else product
    if what is None:
        raise DomainError("nothing_moves", _("Say what is moved."), field="unit")
    if quantity < 1 or (unit is not None and quantity != 1):
        raise DomainError(
            "bad_quantity", _("Write a number from 1 up; a serial number is one piece."), field="quantity"
        )
    if reason not in MoveReason.values:
        raise DomainError("unknown_reason", _("Choose a reason from the list."), field="reason")
    if condition not in Condition.values:
        raise DomainError("unknown_condition", _("Choose a condition from the list."), field="condition")
    with transaction.atomic():
        before = from_condition or _condition_now(unit) or condition
        try:
            with transaction.atomic():
                movement = Movement.objects.create(
                    at=at or now(), product=what, unit=unit, quantity=quantity, from_place=from_place,
                    to_place=to_place, from_condition=before, to_condition=condition, reason=reason, ref=ref,
                    note=clean_text(note, max_length=300), moved_by=actor if isinstance(actor, User) else None,
                    is_demo=is_demo,
                )  # fmt: skip
        except IntegrityError as error:
            raise refusal(error) from error
        record(
            actor=actor, action="stock.move", record=movement,
            after={"product": what.pk, "unit": unit.number if unit else None, "quantity": quantity,
                   "from": from_place.pk, "to": to_place.pk, "condition": condition, "reason": reason, "ref": ref},
        )  # fmt: skip
        publish(
            GoodsMoved(
                movement_id=movement.pk, product_id=what.pk, unit_id=unit.pk if unit else None, quantity=quantity,
                from_place_id=from_place.pk, to_place_id=to_place.pk, reason=reason, ref=ref,
            )
        )  # fmt: skip
    return movement


def refusal(error: IntegrityError) -> Conflict:
    """What the ledger refused, in words. Raises the error again when it was something else."""
    text = str(error)
    if "stock_movement.ref" in text:  # SQLite names the column, PostgreSQL the constraint
        text = "stock_received_once"
    for code, words in _REFUSALS.items():
        if code in text:
            return Conflict(code, words)
    raise error


def _condition_now(unit: Unit | None) -> str:
    if unit is None:
        return ""
    return UnitPosition.objects.filter(unit=unit).values_list("condition", flat=True).first() or ""
