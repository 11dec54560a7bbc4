"""Taking back what an import brought in: sales and units that nobody has used since leave no trace."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import ManyToOneRel, OneToOneRel, ProtectedError

from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.errors import DomainError
from halkhata.records.catalog.models import Ownership, Purchase, PurchaseLine, Reading, Unit, UnitLife
from halkhata.records.catalog.registry import forget_units
from halkhata.records.catalog.services.reversing import lock_purchase, take_unit_back, undo_steps, unit_of_line
from halkhata.records.customers.models import Activity

logger = logging.getLogger(__name__)


def forget_purchases(*, actor: Any, made: Mapping[int, Sequence[int]]) -> dict[int, str]:
    """Remove sales, the newest first, with the units they ``made`` (purchase id -> unit ids).

    For imports that are taken back. Returns why a sale was left in place: "used" or "changed_since". Call in a
    transaction.
    """
    left: dict[int, str] = {}
    with suspended("catalog_unitlife"):
        for pk in sorted(made, reverse=True):
            if not Purchase.objects.filter(pk=pk).exists():
                continue
            try:
                with transaction.atomic():
                    why = _forget(actor, pk, list(made[pk]))
            except (DomainError, ProtectedError, IntegrityError) as error:
                logger.info("sale %s of an import stays: %s", pk, error)
                why = "used"
            if why:
                left[pk] = why
    return left


def _forget(actor: Any, pk: int, made: list[int]) -> str:
    purchase = lock_purchase(pk)
    if purchase.is_reversed or purchase.version != 1:
        return "changed_since"
    if _used(made):
        return "used"
    lines = list(purchase.lines.select_related("product__kind").order_by("pk"))
    units = [unit_of_line(purchase, line) for line in lines]
    undo_steps(actor, purchase, lines, units)
    for step in forget_units:
        step(made)
    for unit in units:
        if unit is not None and unit.pk not in made:
            take_unit_back(actor, purchase, unit)
    record(actor=actor, action="purchase.forget", record=purchase, before={"lines": len(lines)})
    Activity.objects.filter(customer=purchase.customer, verb="purchase.recorded", data__number=purchase.number).delete()
    Ownership.objects.filter(purchase=purchase).delete()
    UnitLife.objects.filter(unit__in=made).delete()
    PurchaseLine.objects.filter(purchase=purchase).delete()
    purchase.delete()
    Unit.objects.filter(pk__in=made).delete()
    return ""


def _used(made: list[int]) -> bool:
    """Whether anybody did something with these units since they came in."""
    if not made:
        return False
    if Unit.objects.filter(pk__in=made, version__gt=2).exists() or Reading.objects.filter(unit__in=made).exists():
        return True
    if Ownership.objects.filter(unit__in=made).count() > len(made):
        return True
    for relation in Unit._meta.get_fields(include_hidden=True):
        if not isinstance(relation, ManyToOneRel | OneToOneRel) or not isinstance(relation.related_model, type):
            continue
        model = relation.related_model
        # What a sale itself writes in these is undone by its steps; anything of a desk is somebody's work.
        if model._meta.app_label in {"catalog", "warranty", "stock"}:
            continue
        if model._default_manager.filter(**{f"{relation.field.attname}__in": made}).exists():
            return True
    return False
