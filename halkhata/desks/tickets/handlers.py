"""What the complaint desk does a moment after its own events."""

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.tickets.events import TicketOpened, TicketSafetyAlarm
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.telling import tell_customer
from halkhata.engines.work.selectors.ladder import manager_of
from halkhata.engines.work.selectors.promise_text import promise_sentence
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import on


@on(TicketOpened)
def acknowledge_ticket(event: TicketOpened) -> None:
    """Tell the customer at once: number, what happens next and by when (A52.16). Once per ticket."""
    if not event.acknowledge:
        return
    ticket = Ticket.objects.select_related("customer", "branch", "team", "owner").get(pk=event.ticket_id)
    language = ticket.customer.language if ticket.customer else "bn"
    with translation.override(language):
        promise = promise_sentence(ticket, language=language) or _("as soon as we can")
    tell_customer(
        item=ticket,
        code=TemplateCode.RECEIVED,
        cause=f"ticket:{ticket.pk}:received",
        context={"promise": promise},
        language=language,
    )


@on(TicketSafetyAlarm)
def tell_manager_of_danger(event: TicketSafetyAlarm) -> None:
    """Words of danger go to the branch's manager at once, whoever owns the ticket (A52.9)."""
    ticket = Ticket.objects.select_related("branch").get(pk=event.ticket_id)
    manager = manager_of(ticket.branch, now()) or ticket.owner
    notify(
        user=manager,
        verb="ticket.safety_alarm",
        item=ticket,
        data={"number": event.number, "words": list(event.words)},
        cause=f"ticket:{ticket.pk}:safety",
    )
