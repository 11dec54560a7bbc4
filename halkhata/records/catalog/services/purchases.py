"""Sales: one memo, one transaction, with all that hangs on it (US-05)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.outbox import publish_all
from halkhata.foundation.core.sequences import next_number
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog import policies
from halkhata.records.catalog.choices import OwnedHow, SaleChannel, UnitState
from halkhata.records.catalog.days import moment_of, refuse_odd_day
from halkhata.records.catalog.events import PurchaseRecorded, UnitSold
from halkhata.records.catalog.identifiers import read_identifiers
from halkhata.records.catalog.models import Product, Purchase, PurchaseLine, Unit
from halkhata.records.catalog.selectors.prices import shop_currency
from halkhata.records.catalog.services.life import write_life
from halkhata.records.catalog.services.owners import give_unit
from halkhata.records.catalog.services.reversing import reverse_purchase, steps_for
from halkhata.records.catalog.services.units import create_unit, find_taken, name_batch
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.locking import lock_values

__all__ = ["NewLine", "record_purchase", "reverse_purchase"]

PREFIX = "S"
CENT = Decimal("0.01")
MOST_LINES, MOST_PIECES, MOST_MONEY = 100, 100_000, Decimal(10) ** 11


@dataclass(frozen=True, kw_only=True)
class NewLine:
    """One product of a memo: with ``identifiers`` or a ``unit`` of its own, or so many pieces."""

    product: Product
    identifiers: Mapping[str, str] | None = None
    unit: Unit | None = None
    quantity: int = 1
    unit_price: Decimal
    # For the whole line, not for each piece.
    discount: Decimal = Decimal(0)
    # Values of the kind's further fields: colour, registration number.
    extra: Mapping[str, str] | None = None
    # The maker's batch; a unit in stock that has one keeps it.
    batch: str = ""


def record_purchase(
    *,
    actor: Any,
    customer: Customer,
    branch: Branch,
    lines: Sequence[NewLine],
    bought_on: date,
    memo: str = "",
    channel: str = SaleChannel.COUNTER,
    key: str = "",
    currency: str | None = None,
    is_demo: bool = False,
) -> Purchase:
    """Record a sale as one: memo, lines, units with owner and life, and every step that hangs on a sale.

    The same ``key`` twice returns the first purchase. A number that stands in stock sells that unit. Raises
    PermissionRefused, NotFound for a customer out of sight, and DomainError: ``no_lines``, ``in_future``,
    ``bad_price``, ``bad_discount``, ``bad_quantity``, ``unit_missing``, Conflict ``not_in_stock``, and what
    ``create_unit`` and the steps raise. Nothing is written then.
    """
    policies.require(actor, policies.SELL)
    policies.require_customer(actor, customer)
    key = clean_text(key, max_length=120)
    with transaction.atomic():
        if key:
            # Two requests with one key: the second waits here, and then finds the first's purchase.
            lock_values([f"sale:{key}"])
            known = Purchase.objects.filter(key=key).first()
            if known is not None:
                return known
        _check(lines, bought_on, channel)
        purchase = Purchase.objects.create(
            number=next_number(PREFIX),
            customer=customer,
            branch=branch,
            bought_on=bought_on,
            memo=clean_text(memo, max_length=40),
            channel=channel,
            key=key,
            currency=currency or shop_currency(),
            total=sum((_amount(line) for line in lines), Decimal(0)),
            created_by=actor if isinstance(actor, User) else None,
            created_at=now(),
            is_demo=is_demo,
        )
        events: list[Any] = [
            PurchaseRecorded(
                purchase_id=purchase.pk, number=purchase.number, customer_id=customer.pk, branch_id=branch.pk,
                bought_on=bought_on, channel=channel,
            )
        ]  # fmt: skip
        for line in lines:
            unit = _write_line(actor, purchase, line)
            if unit is not None:
                events.append(
                    UnitSold(
                        unit_id=unit.pk, number=unit.number, product_id=unit.product_id, purchase_id=purchase.pk,
                        customer_id=customer.pk, branch_id=branch.pk, bought_on=bought_on, channel=channel,
                    )
                )  # fmt: skip
        record(
            actor=actor,
            action="purchase.record",
            record=purchase,
            after={"customer": customer.pk, "total": purchase.total, "memo": purchase.memo, "lines": len(lines)},
        )
        record_activity(
            customer=customer,
            verb="purchase.recorded",
            data={"number": purchase.number, "what": [[one.product.name_bn, one.product.name_en] for one in lines]},
            url=f"/units/sales/{purchase.number}/",
            actor=actor,
            at=moment_of(bought_on),
        )
        publish_all(events)
    return purchase


def _check(lines: Sequence[NewLine], bought_on: date, channel: str) -> None:
    if channel not in SaleChannel.values:
        raise DomainError("unknown_channel", _("This channel does not exist."), field="channel")
    if not lines:
        raise DomainError("no_lines", _("Choose what was sold."), field="product")
    if len(lines) > MOST_LINES:
        raise DomainError("too_many_lines", _("A memo has at most %(count)s lines.") % {"count": MOST_LINES})
    refuse_odd_day(bought_on, "bought_on")
    for line in lines:
        _check_line(line)


def _check_line(line: NewLine) -> None:
    if not line.unit_price.is_finite() or not 0 <= line.unit_price < MOST_MONEY:
        raise DomainError("bad_price", _("Write the price as an amount of money."), field="unit_price")
    if not 1 <= line.quantity <= MOST_PIECES or (line.product.kind.makes_units and line.quantity != 1):
        raise DomainError("bad_quantity", _("Write each unit on a line of its own."), field="quantity")
    if not line.discount.is_finite() or not 0 <= line.discount <= line.unit_price * line.quantity:
        raise DomainError("bad_discount", _("The discount is at most the price."), field="discount")
    if line.unit_price != line.unit_price.quantize(CENT) or line.discount != line.discount.quantize(CENT):
        raise DomainError("bad_price", _("An amount has at most two places behind the point."), field="unit_price")
    if line.unit is not None and line.unit.product_id != line.product.pk:
        raise DomainError("other_product", _("This unit is of another product."), field="unit")


def _amount(line: NewLine) -> Decimal:
    return line.unit_price * line.quantity - line.discount


def _write_line(actor: Any, purchase: Purchase, new: NewLine) -> Unit | None:
    unit = _unit_of(actor, purchase, new)
    if unit is not None:
        name_batch(actor=actor, unit=unit, batch=new.batch)
        if unit.branch_id != purchase.branch_id:
            Unit.objects.filter(pk=unit.pk).update(branch=purchase.branch)
        give_unit(
            actor=actor, unit=unit, to=purchase.customer, on=purchase.bought_on, how=OwnedHow.SALE, purchase=purchase
        )
        unit = Unit.objects.select_related("product__kind", "branch", "owner").get(pk=unit.pk)
    line = PurchaseLine.objects.create(
        purchase=purchase, product=new.product, unit=unit, quantity=new.quantity, unit_price=new.unit_price,
        discount=new.discount, amount=_amount(new),
    )  # fmt: skip
    if unit is not None:
        write_life(
            actor=actor,
            unit=unit,
            verb="unit.sold",
            at=moment_of(purchase.bought_on),
            data={"purchase": purchase.number},
            url=f"/units/sales/{purchase.number}/",
        )
    for step in steps_for(purchase):
        step.sold(actor, purchase, line, unit)
    return unit


def _unit_of(actor: Any, purchase: Purchase, new: NewLine) -> Unit | None:
    if new.unit is not None:
        policies.require_unit(actor, new.unit)
        return new.unit
    if not new.product.kind.makes_units:
        return None
    if not new.identifiers:
        raise DomainError("unit_missing", _("Write at least one number of the unit."), field="identifiers")
    in_stock = _stock_unit(actor, new)
    return in_stock or create_unit(
        actor=actor,
        product=new.product,
        identifiers=new.identifiers,
        branch=purchase.branch,
        is_demo=purchase.is_demo,
        extra=new.extra,
        batch=new.batch,
    )


def _stock_unit(actor: Any, new: NewLine) -> Unit | None:
    """The unit in stock that all these numbers are of, if the actor may see it."""
    read = read_identifiers(new.product.kind, new.identifiers or {})
    taken = find_taken(new.product, read)
    if taken is None or taken.unit.state != UnitState.IN_STOCK or taken.unit.product_id != new.product.pk:
        return None
    if isinstance(actor, User) and not Unit.objects.visible_to(actor).filter(pk=taken.unit_id).exists():
        return None
    held = set(taken.unit.identifiers.values_list("kind", "folded"))
    return taken.unit if {(one.kind, one.folded) for one in read} <= held else None
