"""Which unit and product a ticket is about: those whose serial number it names."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.work.registry import Made
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import UnitIdentifier


class Named(NamedTuple):
    """What a serial number stands for; no unit where several of one product bear it."""

    made: Made
    unit: int | None


def products_of_tickets(items: Sequence[Any]) -> dict[int, Made]:
    """By the id of the ticket, where exactly one product has units of that number: at most two statements.

    The serial numbers are asked for unless the tickets themselves are at hand; without any, nothing is asked.
    """
    serials = {item.pk: item.serial for item in items if isinstance(item, Ticket)}
    others = [item.pk for item in items if item.pk not in serials]
    if others:
        rows = Ticket.objects.filter(pk__in=others).exclude(serial="").order_by()
        serials |= dict(rows.values_list("pk", "serial"))
    return {pk: named.made for pk, named in named_by(serials).items()}


def named_by(serials: Mapping[int, str]) -> dict[int, Named]:
    """What each of these serial numbers stands for, by the same keys: one statement, none without a number."""
    folded = {pk: key for pk, serial in serials.items() if (key := fold_identifier(serial))}
    if not folded:
        return {}
    found: dict[str, dict[Made, set[int]]] = {}
    rows = UnitIdentifier.objects.filter(folded__in=set(folded.values())).order_by()
    columns = ("folded", "unit_id", "product_id", "product__brand_id", "product__kind_id")
    for key, unit, *product in rows.values_list(*columns):
        found.setdefault(key, {}).setdefault(Made(*product), set()).add(unit)
    named = {key: Named(*_only(made)) for key, made in found.items() if len(made) == 1}
    return {pk: named[key] for pk, key in folded.items() if key in named}


def _only(made: Mapping[Made, set[int]]) -> tuple[Made, int | None]:
    ((product, units),) = made.items()
    return product, next(iter(units)) if len(units) == 1 else None
