"""A ticket gets an owner -> the customer is told who looks after it (B.1 "assigned")."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from halkhata.desks.tickets.events import TicketOpened
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.events import ItemAssigned
from halkhata.engines.work.selectors.promise_text import promise_sentence
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.letters import has_address, is_wanted, language_of, letters_about, unfinished_ticket


@on(TicketOpened)
def tell_customer_of_first_owner(event: TicketOpened) -> None:
    """Only where the department sends no "received": that message names the owner already, and one letter is enough."""
    if not event.acknowledge:
        return
    ticket = unfinished_ticket(event.ticket_id)
    if ticket is None or is_wanted(TemplateCode.RECEIVED, ticket.team):
        return
    _tell(ticket)


@on(ItemAssigned)
def tell_customer_of_new_owner(event: ItemAssigned) -> None:
    """Each person is announced once for a ticket, and never by the message of an assignment that is overtaken."""
    ticket = unfinished_ticket(event.item_id)
    if ticket is None or event.from_owner_id == event.owner_id or ticket.owner_id != event.owner_id:
        return
    given = ticket.history.filter(kind=WorkEventKind.ASSIGNED).order_by("-at", "-pk").values_list("at", flat=True)
    named = letters_about(ticket, TemplateCode.RECEIVED, TemplateCode.DELAYED)
    if given and named and named[0].queued_at >= given[0]:
        return  # another letter has told the name since
    _tell(ticket)


def _tell(ticket: Ticket) -> None:
    if not is_wanted(TemplateCode.ASSIGNED, ticket.team) or not has_address(ticket):
        return
    language = language_of(ticket)
    with override(language):
        promise = promise_sentence(ticket, language=language) or _("as soon as we can")
    send_automatic(
        item=ticket,
        code=TemplateCode.ASSIGNED,
        cause=f"ticket:{ticket.pk}:{TemplateCode.ASSIGNED}:{ticket.owner_id}",
        context={"promise": promise},
        language=language,
    )
