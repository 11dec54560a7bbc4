"""Units: written down with their numbers, moved from state to state."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.sequences import next_number
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog import policies
from halkhata.records.catalog.choices import OWNERLESS, UnitState
from halkhata.records.catalog.days import day_of
from halkhata.records.catalog.events import UnitStateChanged
from halkhata.records.catalog.identifiers import IMEI_SPACE, ReadIdentifier, clean_batch, read_identifiers
from halkhata.records.catalog.models import (
    Ownership,
    Product,
    ProductKind,
    Purchase,
    PurchaseLine,
    Unit,
    UnitIdentifier,
)
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.catalog.services.life import write_life

PREFIX = "U"
EXTRA_LENGTH = 120


def lock_unit(pk: int) -> Unit:
    """The unit, locked until the transaction ends. Raises NotFound."""
    unit = (
        Unit.objects.select_for_update(of=("self",)).select_related("product__kind", "branch", "owner").filter(pk=pk)
    ).first()
    if unit is None:
        raise NotFound("not_found", policies.NOTHING_HERE)
    return unit


def create_unit(
    *,
    actor: Any,
    product: Product,
    identifiers: Mapping[str, str],
    branch: Branch,
    is_demo: bool = False,
    extra: Mapping[str, str] | None = None,
    batch: str | None = None,
) -> Unit:
    """Write a unit down; it stands in stock. The kind of the product decides which numbers it has.

    Raises PermissionRefused; DomainError ``identifier_taken`` (with ``unit_id``, ``unit_number`` and ``url`` when the
    actor may see that unit), ``identifier_missing``, ``identifier_same``, ``no_units``.
    """
    policies.require(actor, policies.EDIT, policies.SELL)
    if not product.kind.makes_units:
        raise DomainError("no_units", _("Products of this kind are counted, not told apart."), field="product")
    read = read_identifiers(product.kind, identifiers)
    with transaction.atomic():
        _refuse_taken(actor, product, read)
        unit = Unit.objects.create(
            number=next_number(PREFIX),
            product=product,
            branch=branch,
            extra=clean_extra(product.kind, extra),
            batch=clean_batch(batch),
            created_by=actor if isinstance(actor, User) else None,
            created_at=now(),
            updated_at=now(),
            is_demo=is_demo,
        )
        store_identifiers(actor, unit, product, read)
        record(
            actor=actor,
            action="unit.create",
            record=unit,
            after={
                "product": product,
                "branch": branch,
                **({"batch": unit.batch} if unit.batch else {}),
                **{one.kind: one.value for one in read},
            },
        )
        write_life(actor=actor, unit=unit, verb="unit.created")
    return unit


def name_batch(*, actor: Any, unit: Unit, batch: str) -> None:
    """Write down the batch of a unit that has none yet, in the caller's transaction; one that is known stays."""
    wanted = clean_batch(batch)
    if wanted and unit.batch is None and Unit.objects.filter(pk=unit.pk, batch__isnull=True).update(batch=wanted):
        unit.batch = wanted
        record(actor=actor, action="unit.batch", record=unit, before={"batch": ""}, after={"batch": wanted})


def store_identifiers(actor: Any, unit: Unit, product: Product, read: list[ReadIdentifier]) -> None:
    """Write the unit's numbers. Of two tills with one number the database lets one through: the other is refused."""
    rows = [
        UnitIdentifier(unit=unit, product=product, kind=one.kind, space=one.space, value=one.value, folded=one.folded)
        for one in read
    ]
    try:
        with transaction.atomic():
            UnitIdentifier.objects.bulk_create(rows)
    except IntegrityError:
        _refuse_taken(actor, product, read, but=unit)
        raise


def find_taken(product: Product, read: list[ReadIdentifier], but: Unit | None = None) -> UnitIdentifier | None:
    """The first identifier of a unit (other than ``but``) that is one of these."""
    held = Q()
    for one in read:
        held |= Q(product=product, space=one.space, folded=one.folded)
        if one.space == IMEI_SPACE:
            held |= Q(space=IMEI_SPACE, folded=one.folded)
    if not held:
        return None
    rows = UnitIdentifier.objects.filter(held).select_related("unit").order_by("pk")
    return (rows.exclude(unit=but) if but is not None else rows).first()


def _refuse_taken(actor: Any, product: Product, read: list[ReadIdentifier], but: Unit | None = None) -> None:
    taken = find_taken(product, read, but)
    if taken is not None:
        raise taken_error(actor, taken, read)


def taken_error(actor: Any, taken: UnitIdentifier, read: list[ReadIdentifier]) -> Conflict:
    """The refusal of a number that another unit has; it leads there only whoever may see it."""
    ours = next(one for one in read if one.folded == taken.folded and one.space == taken.space)
    unit = taken.unit
    seen = not isinstance(actor, User) or (
        actor.may(policies.VIEW) and Unit.objects.visible_to(actor).filter(pk=unit.pk).exists()
    )
    if not seen:
        words = _("A unit with this number is written down already, where you cannot see it. Ask whoever can.")
        return Conflict("identifier_taken", words, field=f"identifier_{ours.kind}", unit_id=None)
    return Conflict(
        "identifier_taken",
        _("This number belongs to a unit that is written down already: %(unit)s.") % {"unit": shown_ref(unit.number)},
        field=f"identifier_{ours.kind}",
        unit_id=unit.pk,
        unit_number=unit.number,
        url=reverse("catalog:unit", args=[unit.number]),
    )


def clean_extra(kind: ProductKind, extra: Mapping[str, str] | None) -> dict[str, str]:
    """The values of the kind's further fields; what it has no field for is left out."""
    values = {}
    for entry in kind.extra:
        value = clean_text((extra or {}).get(str(entry["code"])), max_length=EXTRA_LENGTH)
        if value:
            values[str(entry["code"])] = value
    return values


def change_unit_state(
    *, actor: Any, unit: Unit, state: str, at: datetime | None = None, data: dict[str, Any] | None = None
) -> Unit:
    """Move a unit to another state, with a line of its life; for the desks, which ask for rights of their own.

    Whatever ends the buyer's possession (given back, replaced, scrapped, in stock) ends the ownership and the sale's
    standing line, too; "sold" gives the unit back to whoever had it last. Raises Conflict ``never_sold`` when nobody
    had it, DomainError ``unknown_state``.
    """
    if state not in UnitState.values:
        raise DomainError("unknown_state", _("There is no such state."), field="state")
    with transaction.atomic():
        unit = lock_unit(unit.pk)
        before = unit.state
        if before == state:
            return unit
        moment = at or now()
        if state in OWNERLESS:
            end_ownership(unit, moment)
            PurchaseLine.objects.filter(unit=unit, stands=True).update(stands=False)
        else:
            _give_back(unit)
        unit.state = state
        save_unit(unit)
        record(actor=actor, action="unit.state", record=unit, before={"state": before}, after={"state": state})
        write_life(
            actor=actor,
            unit=unit,
            verb="unit.state",
            at=moment,
            data={**(data or {}), "before": before, "state": state},
        )
        publish(UnitStateChanged(unit_id=unit.pk, number=unit.number, before=before, after=state))
    return unit


def end_ownership(unit: Unit, moment: datetime, *, undone: bool = False) -> Ownership | None:
    """End whoever owns the locked unit now; the unit itself is saved by the caller."""
    standing = Ownership.objects.filter(unit=unit, to_on__isnull=True).first()
    unit.owner = None
    if standing is None:
        return None
    standing.to_on = max(standing.from_on, day_of(moment))
    standing.is_undone = undone
    standing.save(update_fields=["to_on", "is_undone"])
    return standing


def _give_back(unit: Unit) -> None:
    last = Ownership.objects.filter(unit=unit, is_undone=False).select_related("customer").first()
    if last is None:
        raise Conflict("never_sold", _("Nobody has had this unit yet: record a sale."))
    last.to_on = None
    last.save(update_fields=["to_on"])
    unit.owner = last.customer
    sale = Purchase.objects.filter(lines__unit=unit, reversed_at__isnull=True).order_by("-pk").first()
    if sale is not None:
        PurchaseLine.objects.filter(unit=unit, purchase=sale).update(stands=True)


def save_unit(unit: Unit) -> None:
    """Save a locked unit as changed now."""
    unit.version += 1
    unit.updated_at = now()
    unit.save()
