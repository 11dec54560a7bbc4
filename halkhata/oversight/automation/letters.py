"""What every automatic letter about a ticket asks first: is it wanted, is there an address, is the ticket open?"""

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.models import Delivery, Template
from halkhata.engines.messaging.selectors.addresses import customer_address
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.work.choices import Channel, StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Team


def is_wanted(code: TemplateCode, team: Team | None) -> bool:
    """Whether the department sends messages on this occasion (B.1).

    A department with a text of its own decides by that: all of its own switched off means no message, although the text
    for every department is on. Without one, or with its own set aside, it goes by the text for every department.
    """
    texts = Template.objects.filter(code=code, channel=Channel.EMAIL)
    own = (
        list(texts.filter(team=team, is_set_aside=False).values_list("is_active", flat=True))
        if team is not None
        else []
    )
    return any(own) if own else texts.filter(team__isnull=True, is_active=True).exists()


def has_address(item: WorkItem) -> bool:
    """Whether there is anywhere to write: the address the customer wrote from, or one on the customer's card."""
    return bool(conversation_of(item).customer_address or customer_address(item.customer))


def unfinished_ticket(item_id: int) -> Ticket | None:
    """The ticket with what a letter needs, or None for other kinds of work and for what has ended meanwhile."""
    return (
        Ticket.objects.select_related("customer", "branch", "team", "owner")
        .filter(pk=item_id)
        .exclude(state_flag=StateFlag.RESOLVED)
        .first()
    )


def language_of(item: WorkItem) -> str:
    """The customer's language."""
    return item.customer.language if item.customer else "bn"


def letters_about(item: WorkItem, *occasions: TemplateCode) -> list[Delivery]:
    """The automatic letters of these occasions about an item so far, newest first."""
    sent = Delivery.objects.filter(message__conversation__item_id=item.pk, is_automatic=True).order_by("-queued_at")
    wanted = tuple(f"ticket:{item.pk}:{occasion}" for occasion in occasions)
    return [delivery for delivery in sent if delivery.cause.startswith(wanted)]
