"""Who keeps coming back: shown wherever staff meet the customer, so that nobody opens a second ticket (US-60)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet, Subquery

from halkhata.desks.tickets.call_models import PhoneRules
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.related import open_tickets_of
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.records.customers.models import Customer

# More is shown as "50 times or more": the count costs the same for everybody. No threshold is higher.
COUNTED = 50
SNIPPET = 200


@dataclass(frozen=True, slots=True)
class RepeatCaller:
    """A customer who was in touch often of late. ``one_owner``: who could take all open tickets of several owners."""

    contacts: int
    days: int
    open_tickets: list[Ticket]
    last_answer: Message | None
    one_owner: User | None

    @property
    def has_more(self) -> bool:
        """There were more contacts than are counted."""
        return self.contacts >= COUNTED


def repeat_caller(
    user: User, customer: Customer | None, *, at: datetime | None = None, open_tickets: list[Ticket] | None = None
) -> RepeatCaller | None:
    """The banner for this customer, or None. One query for most customers, three for a repeated caller.

    ``open_tickets`` are the customer's, newest first, when the caller has them at hand: one query less.
    """
    if customer is None:
        return None
    found: list[Any] = kept_objects("spoken of late", _spoken, {SOME_ID: customer.pk})
    if not found:
        return None
    usual = PhoneRules()
    least, days = found[0].least or usual.repeat_contacts, found[0].days or usual.repeat_days
    since = (at or now()) - timedelta(days=days)
    contacts = sum(message.at >= since for message in found)
    if contacts < least:
        return None
    if open_tickets is None:
        open_tickets = open_tickets_of(user, customer)
    answered = Q(direction=Direction.OUTBOUND) & (Q(call_answered__isnull=True) | Q(call_answered=True))
    last = (
        Message.objects.filter(answered, customer_id=customer.pk, is_automatic=False)
        .filter(conversation__item__in=Ticket.objects.visible_to(user))
        .select_related("author", "conversation__item")
        .defer("full_text", "raw_html", "references")
        .order_by("-at", "-pk")
        .first()
    )
    return RepeatCaller(
        contacts=contacts,
        days=days,
        open_tickets=open_tickets,
        last_answer=last,
        one_owner=_one_owner(open_tickets),
    )


def _one_owner(tickets: list[Ticket]) -> User | None:
    """Whoever has most of them, of equals who has had one longest; None when they lie in one hand already."""
    owners = [ticket.owner for ticket in tickets if ticket.owner.is_active]
    if len({ticket.owner_id for ticket in tickets}) < 2 or not owners:
        return None
    oldest_first = list(reversed(owners))
    return max(oldest_first, key=lambda owner: (sum(one.pk == owner.pk for one in owners), -oldest_first.index(owner)))


def _spoken() -> QuerySet[Message]:
    rules = PhoneRules.objects.filter(pk=1)
    return (
        Message.objects.filter(customer_id=SOME_ID, direction=Direction.INBOUND, is_automatic=False)
        # The rules come with the messages: one look for both.
        .annotate(least=Subquery(rules.values("repeat_contacts")), days=Subquery(rules.values("repeat_days")))
        .order_by("-at")
        .only("at")[:COUNTED]
    )
