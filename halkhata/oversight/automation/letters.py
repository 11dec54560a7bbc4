"""What every automatic letter about a ticket asks first: is it wanted, is there an address, is the ticket open?"""

from datetime import datetime

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.models import Delivery, TextMessage
from halkhata.engines.messaging.selectors.addresses import customer_address
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.messaging.services.telling import is_wanted, is_wanted_by_text
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Team

__all__ = [
    "has_address", "is_wanted", "is_wanted_at_all", "language_of", "last_told", "letters_about", "unfinished_ticket",
]  # fmt: skip


def is_wanted_at_all(code: TemplateCode, team: Team | None) -> bool:
    """Whether the department sends anything on this occasion, by mail or by SMS."""
    return is_wanted(code, team) or is_wanted_by_text(code, team)


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


def last_told(item: WorkItem, *occasions: TemplateCode) -> datetime | None:
    """When the customer was last told something on these occasions, by mail or by SMS."""
    letters = [delivery.queued_at for delivery in letters_about(item, *occasions)]
    texts = TextMessage.objects.filter(item=item, message__is_automatic=True)
    wanted = tuple(f"ticket:{item.pk}:{occasion}" for occasion in occasions)
    sent = [at for cause, at in texts.values_list("cause", "prepared_at") if cause.startswith(wanted)]
    return max([*letters, *sent], default=None)


def letters_about(item: WorkItem, *occasions: TemplateCode) -> list[Delivery]:
    """The automatic letters of these occasions about an item so far, newest first."""
    sent = Delivery.objects.filter(message__conversation__item_id=item.pk, is_automatic=True).order_by("-queued_at")
    wanted = tuple(f"ticket:{item.pk}:{occasion}" for occasion in occasions)
    return [delivery for delivery in sent if delivery.cause.startswith(wanted)]
