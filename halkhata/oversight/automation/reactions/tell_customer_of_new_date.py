"""Staff named a new time for what is late -> the customer hears "sorry", and that time (US-12, B.1 "delayed")."""

from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.services.telling import tell_customer, ways_to
from halkhata.engines.work.events import DelayExplained
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.customer_time import told_time
from halkhata.oversight.automation.kept_word import keep_word
from halkhata.oversight.automation.letters import is_wanted_at_all, language_of, unfinished_ticket


@on(DelayExplained)
def tell_customer_of_new_date(event: DelayExplained) -> None:
    """Once for each reason given. The new time is somebody's work from now on, whether or not a letter could go."""
    ticket = unfinished_ticket(event.item_id)
    if ticket is None or event.promised_at is None or event.promised_at <= now():
        return
    cause = f"ticket:{ticket.pk}:{TemplateCode.DELAYED}:note:{event.note_id}"
    ways = ways_to(ticket)
    if event.tell_customer and is_wanted_at_all(TemplateCode.DELAYED, ticket.team) and ways:
        language = language_of(ticket)
        tell_customer(
            item=ticket,
            code=TemplateCode.DELAYED,
            cause=cause,
            context={"promise": told_time(event.promised_at, item=ticket, language=language)},
            language=language,
            ways=ways,
        )
    keep_word(ticket, event.promised_at, cause)
