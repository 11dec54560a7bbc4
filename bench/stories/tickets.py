"""One ticket from the first word to its closing."""

from datetime import datetime
from typing import Any

from bench.stories.teller import Teller
from bench.stories.words import ANSWERS, CHANNELS, NOTES, TROUBLES


def handle(teller: Teller, customer: Any, *, until: datetime | None) -> None:
    """One ticket from the first word to its closing, or to ``until``."""
    from halkhata.desks.tickets.services.answering import add_internal_note, answer_ticket, log_ticket_call
    from halkhata.desks.tickets.services.states import change_ticket_state, close_ticket, reopen_ticket

    dice, agent = teller.dice, teller.agent
    ticket = _open(teller, customer)
    agent = ticket.owner
    has_address = customer.contact_points.filter(kind="email").exists()
    if not teller.later(hours=dice.choice([0.1, 0.3, 0.6, 3]), until=until):
        return

    def answer() -> Any:
        if has_address:
            return answer_ticket(actor=agent, ticket=ticket, text=dice.choice(ANSWERS), next_state="open")
        call = log_ticket_call(
            actor=agent,
            ticket=ticket,
            outbound=True,
            answered=True,
            text="Called back and explained what happens next.",
        )
        ticket.refresh_from_db()
        if ticket.state == "new":
            change_ticket_state(actor=agent, ticket=ticket, state="open")
        return call

    teller.act(answer)
    if dice.random() < 0.3:
        if not teller.later(hours=0.3, until=until):
            return
        teller.act(lambda: add_internal_note(actor=agent, ticket=ticket, text=dice.choice(NOTES)))
    if dice.random() < 0.12:
        if not teller.later(hours=1, until=until):
            return
        waiting = dice.choice(["waiting_customer", "waiting_manufacturer", "waiting_internal"])
        teller.act(lambda: change_ticket_state(actor=agent, ticket=ticket, state=waiting))
        if not teller.later(hours=20, until=until):
            return
        teller.act(lambda: _write_again(teller, ticket, customer, has_address))
        ticket.refresh_from_db()
        if ticket.state != "open":
            teller.act(lambda: change_ticket_state(actor=agent, ticket=ticket, state="open"))
        if not teller.later(hours=3, until=until):
            return
        teller.act(answer)
    if not teller.later(hours=dice.choice([0.5, 2, 4, 24]), until=until):
        return
    _resolve(teller, ticket, agent)
    if dice.random() < 0.03:
        if not teller.later(hours=30, until=until):
            return
        teller.act(lambda: reopen_ticket(actor=agent, ticket=ticket, by_customer=True))
        if not teller.later(hours=4, until=until):
            return
        teller.act(answer)
        if not teller.later(hours=5, until=until):
            return
        _resolve(teller, ticket, agent)
    if not teller.later(hours=24, until=until):
        return
    _rate(teller, ticket)
    if not teller.later(hours=24 * 3, until=until):
        return
    teller.act(lambda: _tick_all(agent, ticket))
    ticket.refresh_from_db()
    teller.act(lambda: close_ticket(actor=agent, ticket=ticket))


def _open(teller: Teller, customer: Any) -> Any:
    from halkhata.desks.tickets.models import Category
    from halkhata.desks.tickets.services.opening import open_ticket
    from halkhata.engines.messaging.services.conversations import add_customer_message

    dice = teller.dice
    subject, text = dice.choice(TROUBLES)
    channel = dice.choice(CHANNELS)
    address = customer.contact_points.filter(kind="email").values_list("value", flat=True).first() or ""
    if not address and channel in {"email", "web_form"}:
        channel = "phone"
    categories = list(Category.objects.filter(is_active=True).order_by("pk"))

    def told() -> Any:
        ticket = open_ticket(
            actor=None if channel in {"email", "web_form"} else teller.agent,
            kind=dice.choices(["complaint", "question", "request"], [4, 4, 2])[0],
            subject=subject,
            description=text,
            customer=customer,
            channel=channel,
            branch=teller.shop.branches[teller.branch],
            team=teller.shop.teams[teller.branch],
            category=dice.choice(categories) if categories and dice.random() < 0.8 else None,
            impact=dice.choices(["low", "medium", "high"], [3, 5, 2])[0],
            urgency=dice.choices(["low", "medium", "high"], [3, 5, 2])[0],
            serial=f"PM{dice.randrange(10**8):08d}" if dice.random() < 0.3 else "",
        )
        if channel in {"email", "web_form"}:
            add_customer_message(
                actor=None,
                item=ticket,
                channel=channel,
                text=text,
                full_text=text,
                subject=subject,
                from_address=address,
                author_label=str(customer),
                customer=customer,
                is_first=True,
            )
        return ticket

    ticket = teller.act(told)
    ticket.refresh_from_db()
    return ticket


def _write_again(teller: Teller, ticket: Any, customer: Any, has_address: bool) -> None:
    from halkhata.engines.messaging.services.conversations import add_customer_message

    add_customer_message(
        actor=None,
        item=ticket,
        channel="email" if has_address else "phone",
        text="Is there any news? We wait since Sunday.",
        from_address=teller.address if has_address else "",
        author_label=str(customer),
        customer=customer,
    )


def _resolve(teller: Teller, ticket: Any, agent: Any) -> None:
    from halkhata.desks.tickets.choices import Remedy, RootCause
    from halkhata.desks.tickets.models import Category
    from halkhata.desks.tickets.services.resolving import resolve_ticket

    dice = teller.dice
    category = ticket.category or Category.objects.order_by("pk").first()
    cause, remedy = dice.choice(RootCause.values), dice.choice(Remedy.values)
    ticket.refresh_from_db()
    teller.act(
        lambda: resolve_ticket(
            actor=agent,
            ticket=ticket,
            root_cause=cause,
            action="Part changed, tried for an hour in front of the customer.",
            remedy=remedy,
            told_at=teller.at,
            told_how="phone",
            category=category,
            delay_reason="staff_short",
        )
    )


def _rate(teller: Teller, ticket: Any) -> None:
    """One customer in four answers the question how it was. The link's secret exists nowhere, so the row is written."""
    from halkhata.desks.feedback.models import SurveyInvitation, SurveyResponse

    if teller.dice.random() < 0.25:
        invitation = SurveyInvitation.objects.filter(item_id=ticket.pk, response__isnull=True).first()
        if invitation is not None:
            score = teller.dice.choice([3, 4, 4, 5, 5])
            SurveyResponse.objects.create(invitation=invitation, score=score, answered_at=teller.at)


def _tick_all(agent: Any, ticket: Any) -> None:
    from halkhata.engines.work.services.checklists import tick

    for line in ticket.checklist.filter(done_at__isnull=True):
        tick(actor=agent, line=line, done=True)
