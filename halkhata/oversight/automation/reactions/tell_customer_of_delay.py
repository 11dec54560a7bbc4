"""A promise is broken, or moved to a later time -> the customer hears "sorry", and until when (B.1 "delayed", C.3)."""

from datetime import timedelta

from halkhata.desks.tickets.events import TicketPromiseMoved
from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.choices import OutboundState, TemplateCode
from halkhata.engines.messaging.services.telling import tell_customer, ways_to
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.events import PromiseBroken
from halkhata.engines.work.models import SlaClock
from halkhata.engines.work.selectors.promise_text import answer_due
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.customer_time import told_time
from halkhata.oversight.automation.kept_word import keep_word
from halkhata.oversight.automation.letters import is_wanted_at_all, language_of, last_told, unfinished_ticket
from halkhata.oversight.automation.new_promise import fresh_promise, running_promise

# Two promises of one ticket often break on the same day; one apology is enough.
AT_MOST_EVERY = timedelta(hours=24)


@on(PromiseBroken)
def tell_customer_of_broken_promise(event: PromiseBroken) -> None:
    """Once per promise. Nothing when it was answered by the time this arrives: the answer has told more."""
    if event.answered:
        return
    unanswered = SlaClock.objects.filter(
        item_id=event.item_id, metric=event.metric, cycle=event.cycle, stopped_at__isnull=True
    )
    ticket = unfinished_ticket(event.item_id)
    if ticket is None or ticket.state_flag == StateFlag.PAUSED or not unanswered.exists():
        return
    _apologise(ticket, f"{event.metric}:{event.cycle}")


@on(TicketPromiseMoved)
def tell_customer_of_later_time(event: TicketPromiseMoved) -> None:
    """The customer was told a time that no longer holds. Only the last of several moves is told."""
    ticket = unfinished_ticket(event.ticket_id)
    if ticket is None or answer_due(ticket) != event.promised_at:
        return
    _apologise(ticket, f"moved:{event.promised_at:%Y%m%d%H%M}")


def _apologise(ticket: Ticket, reason: str) -> None:
    at = now()
    ways = ways_to(ticket)
    if not is_wanted_at_all(TemplateCode.DELAYED, ticket.team) or not ways:
        return
    earlier = last_told(ticket, TemplateCode.DELAYED)
    if earlier is not None and earlier > at - AT_MOST_EVERY:
        return
    promised = running_promise(ticket, at)
    until = promised or fresh_promise(ticket, at)
    language = language_of(ticket)
    cause = f"ticket:{ticket.pk}:{TemplateCode.DELAYED}:{reason}"
    mail, text = tell_customer(
        item=ticket,
        code=TemplateCode.DELAYED,
        cause=cause,
        context={"promise": told_time(until, item=ticket, language=language)},
        language=language,
        ways=ways,
    )
    if promised is None and (text is not None or (mail is not None and mail.state != OutboundState.BLOCKED)):
        # No clock runs towards the new time, so a task stands for it.
        keep_word(ticket, until, cause)
