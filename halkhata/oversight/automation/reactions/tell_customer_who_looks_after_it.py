"""A ticket gets an owner -> the customer is told who looks after it (B.1 "assigned")."""

from django.utils.translation import gettext as _
from django.utils.translation import override

from halkhata.desks.tickets.events import TicketOpened
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.telling import is_wanted, tell_customer, ways_to
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.events import ItemAssigned
from halkhata.engines.work.selectors.promise_text import promise_sentence
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.letters import is_wanted_at_all, language_of, last_told, unfinished_ticket


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
    named = last_told(ticket, TemplateCode.RECEIVED, TemplateCode.DELAYED)
    if given and named is not None and named >= given[0]:
        return  # another letter has told the name since
    _tell(ticket)


def _tell(ticket: Ticket) -> None:
    ways = ways_to(ticket)
    if not is_wanted_at_all(TemplateCode.ASSIGNED, ticket.team) or not ways:
        return
    language = language_of(ticket)
    with override(language):
        promise = promise_sentence(ticket, language=language) or _("as soon as we can")
    tell_customer(
        item=ticket,
        code=TemplateCode.ASSIGNED,
        cause=f"ticket:{ticket.pk}:{TemplateCode.ASSIGNED}:{ticket.owner_id}",
        context={"promise": promise},
        language=language,
        ways=ways,
    )
