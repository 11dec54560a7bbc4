"""Opening a ticket: one road for mail, web form, phone, counter and API."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import Impact, TicketKind, Urgency
from halkhata.desks.tickets.events import TicketOpened, TicketSafetyAlarm
from halkhata.desks.tickets.models import Category, Ticket
from halkhata.desks.tickets.services.priority import priority_of, safety_words_in
from halkhata.engines.work.choices import Channel, Priority, StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.shop_terms import same_terms
from halkhata.engines.work.services.checklists import attach_checklist, template_for
from halkhata.engines.work.services.items import new_item_values, open_item
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.fields.services.tags import hang_tags
from halkhata.foundation.fields.services.values import fill_in
from halkhata.records.customers.models import Customer


def open_ticket(
    *,
    actor: Actor | None,
    kind: str = TicketKind.COMPLAINT,
    subject: str,
    description: str = "",
    customer: Customer | None,
    channel: str,
    branch: Branch,
    team: Team | None = None,
    category: Category | None = None,
    impact: str = Impact.MEDIUM,
    urgency: str = Urgency.MEDIUM,
    serial: str = "",
    caller_name: str = "",
    taken_by: User | None = None,
    owner: User | None = None,
    follows: Ticket | None = None,
    may_belong_to: WorkItem | None = None,
    opened_at: datetime | None = None,
    is_demo: bool = False,
    acknowledge: bool = True,
    cause: str = "",
    custom: dict[str, Any] | None = None,
    tags: Iterable[str] | None = None,
) -> Ticket:
    """Open a ticket with number, owner and promise clocks, in one transaction.

    ``customer`` may be None: a caller who gives no name is helped as well (US-07). ``acknowledge`` asks for the
    automatic acknowledgement. ``cause`` names what brought it about, once (a form sent twice). ``custom`` fills in
    fields of the shop's own by code, and, even empty, has the shop's rules asked; ``tags`` are hung on. Raises
    DomainError for an empty subject and text and for a kind or channel outside the lists, NotFound for a customer out
    of sight.
    """
    policies.require(actor, "ticket.create")
    policies.require_customer(actor, customer)
    text = clean_text(description, multiline=True)
    title = clean_text(subject, max_length=200) or clean_text(text.splitlines()[0] if text else "", max_length=120)
    if not title:
        raise DomainError("empty", _("Write what the customer says, at least in a few words."), field="subject")
    if kind not in TicketKind.values:
        raise DomainError("unknown_kind", _("This kind of ticket does not exist."), field="kind")
    if channel not in Channel.values:
        raise DomainError("unknown_channel", _("This channel does not exist."), field="channel")
    try:
        priority = priority_of(impact, urgency)
    except ValueError as error:
        raise DomainError("unknown_priority", _("Choose impact and urgency from the list."), field="impact") from error
    words = safety_words_in(title, text)
    if words:
        priority = Priority.URGENT
    with transaction.atomic(), same_terms():
        values = new_item_values(
            actor=actor,
            kind=kind,
            subject=title,
            customer=customer,
            branch=branch,
            team=team or (category.team if category else None),
            owner=owner,
            channel=channel,
            priority=priority,
            state="new",
            state_flag=StateFlag.OPEN,
            opened_at=opened_at,
            cause=cause,
            is_demo=is_demo,
            category=category.code if category else "",
        )
        ticket = Ticket.objects.create(
            **values,
            ticket_kind=kind,
            category=category,
            impact=impact,
            urgency=urgency,
            description=text,
            serial=clean_text(serial, max_length=60).upper(),
            caller_name=clean_text(caller_name, max_length=120),
            taken_by=taken_by,
            safety_words=words,
            follows=follows,
            may_belong_to=may_belong_to,
        )
        open_item(actor=actor, item=ticket)
        if custom is not None:
            fill_in(actor=actor, target="ticket", record=ticket, values=custom, tell=False)
        if tags is not None:
            hang_tags(actor=actor, target="ticket", record=ticket, names=tags, tell=False)
        template = template_for(kind=kind, category=category.code if category else "")
        attach_checklist(item=ticket, template=template, is_new=True)
        publish(
            TicketOpened(
                ticket_id=ticket.pk,
                number=ticket.number,
                kind=kind,
                channel=channel,
                customer_id=customer.pk if customer else None,
                owner_id=ticket.owner_id,
                team_id=ticket.team_id,
                branch_id=ticket.branch_id,
                acknowledge=acknowledge and not is_demo,
            )
        )
        if words:
            publish(
                TicketSafetyAlarm(
                    ticket_id=ticket.pk, number=ticket.number, words=tuple(words), branch_id=ticket.branch_id
                )
            )
    return ticket
