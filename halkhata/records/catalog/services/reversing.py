"""Taking a sale back as one: memo, units, owners, and what every step did (US-05 AC 5)."""

from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog import policies
from halkhata.records.catalog.choices import SaleChannel, UnitState
from halkhata.records.catalog.events import PurchaseReversed
from halkhata.records.catalog.models import Ownership, Purchase, PurchaseLine, Unit
from halkhata.records.catalog.registry import SaleStep, sale_steps
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.catalog.services.life import write_life
from halkhata.records.catalog.services.units import end_ownership, lock_unit, save_unit
from halkhata.records.customers.services.activities import record_activity


def reverse_purchase(*, actor: Any, purchase: Purchase, reason: str) -> Purchase:
    """Take a whole memo back: its units stand in stock again, nobody owns them, and each step undoes its part.

    Raises PermissionRefused, NotFound, DomainError ``no_reason``, Conflict ``reversed_already``, ``not_with_buyer``
    (given back, replaced), ``owner_changed``, and whatever a step raises that stands against it (an open job, a
    return). Nothing changes then.
    """
    policies.require(actor, policies.REVERSE)
    policies.require_purchase(actor, purchase)
    why = clean_text(reason, max_length=300)
    if not why:
        raise DomainError("no_reason", _("Write why the sale is taken back."), field="reason")
    with transaction.atomic():
        held = lock_purchase(purchase.pk)
        if held.is_reversed:
            raise Conflict("reversed_already", _("This sale was taken back before."))
        lines = list(held.lines.select_related("product__kind").order_by("pk"))
        units = [unit_of_line(held, line) for line in lines]
        undo_steps(actor, held, lines, units)
        at = now()
        for line, unit in zip(lines, units, strict=True):
            if unit is not None:
                take_unit_back(actor, held, unit)
            PurchaseLine.objects.filter(pk=line.pk).update(stands=False)
        held.reversed_at, held.reverse_reason = at, why
        held.reversed_by = actor if isinstance(actor, User) else None
        held.version += 1
        held.save()
        record(actor=actor, action="purchase.reverse", record=held, after={"reason": why})
        record_activity(
            customer=held.customer,
            verb="purchase.reversed",
            data={"number": held.number},
            url=f"/units/sales/{held.number}/",
            actor=actor,
        )
        publish(
            PurchaseReversed(
                purchase_id=held.pk,
                number=held.number,
                customer_id=held.customer_id,
                branch_id=held.branch_id,
                unit_ids=tuple(unit.pk for unit in units if unit is not None),
            )
        )
    return held


def lock_purchase(pk: int) -> Purchase:
    """The purchase, locked until the transaction ends. Raises NotFound."""
    found = Purchase.objects.select_for_update(of=("self",)).select_related("customer", "branch").filter(pk=pk).first()
    if found is None:
        raise NotFound("not_found", policies.NOTHING_HERE)
    return found


def steps_for(purchase: Purchase, *, reverse: bool = False) -> list[SaleStep]:
    """The steps of this sale, in order. What was sold elsewhere and only brought in skips some."""
    steps = [one for one in sale_steps if one.imported or purchase.channel != SaleChannel.IMPORT]
    return sorted(steps, key=lambda one: one.order, reverse=reverse)


def undo_steps(actor: Any, purchase: Purchase, lines: list[PurchaseLine], units: list[Unit | None]) -> None:
    """Have every step undo its part, in the reverse of the order in which they were done."""
    for line, unit in reversed(list(zip(lines, units, strict=True))):
        for step in steps_for(purchase, reverse=True):
            step.reversed(actor, purchase, line, unit)


def unit_of_line(purchase: Purchase, line: PurchaseLine) -> Unit | None:
    """The line's unit, locked; None for pieces. Raises Conflict ``not_with_buyer``, ``owner_changed``."""
    if line.unit_id is None:
        return None
    unit = lock_unit(line.unit_id)
    if unit.state != UnitState.SOLD or not line.stands:
        raise Conflict(
            "not_with_buyer",
            _("The unit %(unit)s is no longer with the buyer (%(state)s): this sale cannot be taken back.")
            % {"unit": shown_ref(unit.number), "state": unit.state_label},
            unit_number=unit.number,
        )
    owned = Ownership.objects.filter(unit=unit, to_on__isnull=True).first()
    if owned is None or owned.purchase_id != purchase.pk:
        raise Conflict(
            "owner_changed",
            _("The unit %(unit)s has another owner by now: this sale cannot be taken back.")
            % {"unit": shown_ref(unit.number)},
            unit_number=unit.number,
        )
    return unit


def take_unit_back(actor: Any, purchase: Purchase, unit: Unit) -> None:
    """Put a unit of a sale that is undone back in stock."""
    unit = lock_unit(unit.pk)  # a step may have written to it
    end_ownership(unit, now(), undone=True)
    unit.state, unit.sold_on = UnitState.IN_STOCK, None
    save_unit(unit)
    write_life(
        actor=actor,
        unit=unit,
        verb="unit.sale_reversed",
        data={"purchase": purchase.number},
        url=f"/units/sales/{purchase.number}/",
    )
