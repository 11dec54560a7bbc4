"""Which product a ticket is about: that of the unit whose serial number it names."""

from collections.abc import Sequence
from typing import Any

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.work.registry import Made
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import UnitIdentifier


def products_of_tickets(items: Sequence[Any]) -> dict[int, Made]:
    """By the id of the ticket, where exactly one product has units of that number: at most two statements.

    The serial numbers are asked for unless the tickets themselves are at hand; without any, nothing is asked.
    """
    serials = {item.pk: item.serial for item in items if isinstance(item, Ticket)}
    others = [item.pk for item in items if item.pk not in serials]
    if others:
        rows = Ticket.objects.filter(pk__in=others).exclude(serial="").order_by()
        serials |= dict(rows.values_list("pk", "serial"))
    folded = {pk: key for pk, serial in serials.items() if (key := fold_identifier(serial))}
    if not folded:
        return {}
    made: dict[str, set[Made]] = {}
    rows = UnitIdentifier.objects.filter(folded__in=set(folded.values())).order_by()
    for key, *product in rows.values_list("folded", "product_id", "product__brand_id", "product__kind_id"):
        made.setdefault(key, set()).add(Made(*product))
    return {pk: next(iter(made[key])) for pk, key in folded.items() if len(made.get(key, ())) == 1}
