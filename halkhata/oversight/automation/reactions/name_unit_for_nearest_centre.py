"""Which unit a ticket or a job card is about -> the nearest centre that serves its brand (A53.13).

No events: the card on the item's page asks through these entries of a registry.
"""

from halkhata.desks.aftercare.registry import item_units
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.tickets.models import Ticket
from halkhata.records.catalog.identifiers import fold_identifier
from halkhata.records.catalog.models import Unit, UnitIdentifier


def unit_of_job(item_id: int) -> Unit | None:
    """The unit on the card. One query."""
    job = ServiceJob.objects.select_related("unit__product").filter(pk=item_id).first()
    return job.unit if job is not None else None


def unit_of_ticket(item_id: int) -> Unit | None:
    """The unit whose number the ticket names, where only one has it. Two queries."""
    serial = fold_identifier(Ticket.objects.filter(pk=item_id).values_list("serial", flat=True).first())
    if not serial:
        return None
    found = list(UnitIdentifier.objects.select_related("unit__product").filter(folded=serial)[:2])
    return found[0].unit if len(found) == 1 else None


item_units.register("service", unit_of_job)
item_units.register("tickets", unit_of_ticket)
