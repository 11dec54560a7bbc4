"""Ticket resolved -> the customer is asked how it was, by a link in a mail."""

from django.conf import settings
from django.urls import reverse

from halkhata.desks.feedback.services.asking import invite_customer
from halkhata.desks.tickets.events import TicketResolved
from halkhata.desks.tickets.selectors.standing import resolution_stands
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.conversations import conversation_of, customer_address
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.events import on


@on(TicketResolved)
def ask_customer_after_resolution(event: TicketResolved) -> None:
    """One invitation per resolving, for the agent who owned the ticket then; none when it has been undone meanwhile."""
    item = WorkItem.objects.select_related("customer", "branch", "team", "owner").get(pk=event.ticket_id)
    if item.customer is None or not resolution_stands(event.resolution_id):
        return
    if not (conversation_of(item).customer_address or customer_address(item.customer)):
        return  # there is no way to ask
    agent = item.owner if item.owner_id == event.owner_id else type(item.owner).objects.get(pk=event.owner_id)
    invited = invite_customer(
        item=item,
        customer=item.customer,
        agent=agent,
        cause=f"resolution:{event.resolution_id}",
        language=item.customer.language,
    )
    if invited is None:
        return
    invitation, token = invited
    send_automatic(
        item=item,
        code=TemplateCode.FEEDBACK,
        cause=f"survey:{invitation.pk}",
        context={"link": f"{settings.BASE_URL}{reverse('portal:survey', args=[token])}"},
        language=item.customer.language,
    )
