"""Ticket resolved -> the customer is asked how it was, by a link in a mail of its own."""

from halkhata.desks.tickets.events import TicketResolved
from halkhata.desks.tickets.selectors.standing import resolution_stands
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.letters import has_address, is_wanted, language_of
from halkhata.oversight.automation.survey_link import ask


@on(TicketResolved)
def ask_customer_after_resolution(event: TicketResolved) -> None:
    """One invitation per resolving; none when it has been undone meanwhile.

    Where the department tells "resolved", that letter carries the question: two letters in one minute are one too many.
    """
    item = WorkItem.objects.select_related("customer", "branch", "team", "owner").get(pk=event.ticket_id)
    if item.customer is None or not resolution_stands(event.resolution_id):
        return
    if is_wanted(TemplateCode.RESOLVED, item.team) or not is_wanted(TemplateCode.FEEDBACK, item.team):
        return
    if not has_address(item):
        return  # there is no way to ask
    invitation, link = ask(event, item)
    if invitation is None:
        return
    send_automatic(
        item=item,
        code=TemplateCode.FEEDBACK,
        cause=f"survey:{invitation.pk}",
        context={"link": link},
        language=language_of(item),
    )
