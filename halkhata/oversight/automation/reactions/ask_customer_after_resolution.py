"""Ticket resolved -> the customer is asked how it was, by a link in a mail of its own, or for one digit by SMS."""

from halkhata.desks.tickets.events import TicketResolved
from halkhata.desks.tickets.selectors.standing import resolution_stands
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.telling import is_wanted, is_wanted_by_text, ways_to
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.letters import language_of
from halkhata.oversight.automation.survey_link import ask, ask_by_text


@on(TicketResolved)
def ask_customer_after_resolution(event: TicketResolved) -> None:
    """One invitation per resolving; none when it has been undone meanwhile.

    Where the department tells "resolved", that letter carries the question: two letters in one minute are one too many.
    """
    item = WorkItem.objects.select_related("customer", "branch", "team", "owner").get(pk=event.ticket_id)
    if item.customer is None or not resolution_stands(event.resolution_id):
        return
    ways = ways_to(item)
    by_text = bool(ways.number) and not ways.mail
    if by_text:
        told = is_wanted_by_text(TemplateCode.RESOLVED, item.team)
        if not told and is_wanted_by_text(TemplateCode.FEEDBACK, item.team):
            ask_by_text(event, item, number=ways.number, language=language_of(item))
        return
    if is_wanted(TemplateCode.RESOLVED, item.team) or not is_wanted(TemplateCode.FEEDBACK, item.team):
        return
    if not ways.mail:
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
