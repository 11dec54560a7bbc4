"""A ticket ends -> letters that speak of an open one, and still wait to leave, stay here (B.1)."""

from halkhata.desks.tickets.events import TicketClosed, TicketResolved
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.texts import withdraw_texts
from halkhata.engines.messaging.services.withdrawing import withdraw_waiting
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.events import on


@on(TicketResolved)
def withdraw_letters_after_resolution(event: TicketResolved) -> None:
    """Mail can wait for hours when the mail server is away: nobody is to read "we are late" after "it is done"."""
    _withdraw(event.ticket_id)


@on(TicketClosed)
def withdraw_letters_after_closing(event: TicketClosed) -> None:
    """The same for tickets that are closed."""
    _withdraw(event.ticket_id)


def _withdraw(ticket_id: int) -> None:
    item = WorkItem.objects.get(pk=ticket_id)
    if item.state_flag != StateFlag.RESOLVED:
        return  # open again by the time this is heard
    occasions = (TemplateCode.ASSIGNED, TemplateCode.DELAYED)
    beginnings = tuple(f"ticket:{item.pk}:{occasion}:" for occasion in occasions)
    withdraw_waiting(item=item, causes=beginnings)
    told = item.texts.filter(message__is_automatic=True).values_list("cause", flat=True)
    withdraw_texts([cause for cause in told if cause.startswith(beginnings)])
