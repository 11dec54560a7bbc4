"""The customer writes again while we are closed -> "we have it, and answer by then" (A51.11)."""

from datetime import datetime

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.events import MessageReceived
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.telling import tell_customer, ways_to
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.promise.calendar import CalendarError
from halkhata.engines.work.selectors.calendars import calendar_for_branch
from halkhata.engines.work.selectors.promise_text import answer_due
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.customer_time import told_time
from halkhata.oversight.automation.letters import is_wanted_at_all, language_of, unfinished_ticket

# Who calls or stands at the counter hears it from a person.
WRITTEN = frozenset({Channel.EMAIL, Channel.WEB_FORM, Channel.API, Channel.SMS})


@on(MessageReceived)
def tell_customer_when_we_answer(event: MessageReceived) -> None:
    """One letter for a ticket and a stretch of closed hours, however often the customer writes in it.

    Nothing when the ticket itself came in this stretch: its acknowledgement has named the time. The general limits on
    automatic mail hold as for every letter.
    """
    if event.channel not in WRITTEN:
        return
    ticket = unfinished_ticket(event.item_id)
    if ticket is None or not is_wanted_at_all(TemplateCode.RECEIVED, ticket.team):
        return
    ways = ways_to(ticket)
    if not ways:
        return
    written_at = Message.objects.filter(pk=event.message_id).values_list("at", flat=True).first()
    opens_at = _next_opening(ticket, written_at) if written_at is not None else None
    if opens_at is None or _next_opening(ticket, ticket.opened_at) == opens_at:
        return
    due_at = answer_due(ticket)
    if due_at is None:
        return  # answered meanwhile, or nothing is promised
    language = language_of(ticket)
    tell_customer(
        item=ticket,
        code=TemplateCode.RECEIVED,
        cause=f"ticket:{ticket.pk}:again:{opens_at:%Y%m%d%H%M}",
        context={"promise": told_time(due_at, item=ticket, language=language)},
        language=language,
        ways=ways,
    )


def _next_opening(ticket: Ticket, at: datetime) -> datetime | None:
    """When the branch opens next, for a moment at which it is closed; None while it is open."""
    calendar = calendar_for_branch(ticket.branch)
    if calendar.is_working(at):
        return None
    try:
        return calendar.next_opening(at)
    except CalendarError:
        return None
