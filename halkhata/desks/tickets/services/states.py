"""Moving a ticket from state to state (A52.7, A52.8)."""

from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import FLAG_OF_STATE, TRANSITIONS, ReopensTo, TicketState
from halkhata.desks.tickets.events import TicketClosed, TicketReopened
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.models import WorkEvent
from halkhata.engines.work.selectors.delays import owes_reason
from halkhata.engines.work.selectors.kept_open import is_kept_open
from halkhata.engines.work.services.checklists import is_complete
from halkhata.engines.work.services.item_history import DelayUnexplained
from halkhata.engines.work.services.items import change_state
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.records.customers.services.activities import record_activity

# The reopen window a shop starts with (A52.7). What holds is what it has set: selectors/rules.py.
REOPEN_WINDOW = timedelta(days=7)


def allowed_states(ticket: Ticket) -> list[TicketState]:
    """Working states the ticket may be put into by hand (resolving, closing and reopening have their own forms)."""
    special = {TicketState.RESOLVED, TicketState.CLOSED, TicketState.MERGED}
    if ticket.state in special:
        return []
    return [state for state in TicketState if state in TRANSITIONS[TicketState(ticket.state)] - special]


def change_ticket_state(
    *, actor: Actor | None, ticket: Ticket, state: str, version: int | None = None, at: datetime | None = None
) -> Ticket:
    """Put the ticket into another working state. Raises Conflict for a step the state machine does not have."""
    policies.require(actor, "ticket.edit", ticket)
    with transaction.atomic():
        locked = lock_ticket(ticket.pk, version=version)
        if state not in TicketState.values or TicketState(state) not in allowed_states(locked):
            raise Conflict(
                "step_not_allowed",
                _("A ticket that is “%(from)s” cannot become “%(to)s” this way.")
                % {
                    "from": locked.state_label,
                    "to": TicketState(state).label if state in TicketState.values else state,
                },
                field="state",
            )
        change_state(actor=actor, item=locked, state=state, state_flag=FLAG_OF_STATE[TicketState(state)], at=at)
    return refreshed(ticket)


def reopen_ticket(
    *,
    actor: Actor | None,
    ticket: Ticket,
    by_customer: bool = False,
    at: datetime | None = None,
    version: int | None = None,
) -> Ticket:
    """Open a resolved ticket again; its clock goes on, it does not start anew. Closed is final: raises Conflict.

    ``by_customer``: it goes on in the state that the shop has chosen for this (selectors/rules.py); what staff open
    again is open.
    """
    policies.require(actor, "ticket.edit", ticket)
    with transaction.atomic():
        locked = lock_ticket(ticket.pk, version=version)
        if locked.state != TicketState.RESOLVED:
            raise Conflict("not_resolved", _("Only a resolved ticket can be reopened."))
        locked.resolutions.filter(undone_at__isnull=True).update(undone_at=at or now())
        state = _state_after_answer(locked) if by_customer else TicketState.OPEN
        change_state(
            actor=actor,
            item=locked,
            state=state,
            state_flag=FLAG_OF_STATE[state],
            at=at,
            data={"reopened": True, "by_customer": by_customer},
        )
        _write_timeline(actor, locked, "ticket.reopened", at)
        publish(
            TicketReopened(ticket_id=locked.pk, number=locked.number, owner_id=locked.owner_id, by_customer=by_customer)
        )
    return refreshed(ticket)


def _state_after_answer(ticket: Ticket) -> TicketState:
    """Where a solved ticket goes on when the customer answers: open, or where it stood before it was solved.

    A ticket that was new or waited for the customer is open either way: somebody worked on it, and here is the answer.
    """
    if desk_rules().reopens_to != ReopensTo.BEFORE:
        return TicketState.OPEN
    solved = WorkEvent.objects.filter(item=ticket.pk, kind=WorkEventKind.RESOLVED).order_by("-at", "-pk").first()
    before = str(solved.data.get("from", "")) if solved is not None else ""
    goes_on = {TicketState.WAITING_MANUFACTURER, TicketState.WAITING_INTERNAL}
    return TicketState(before) if before in goes_on else TicketState.OPEN


def close_ticket(
    *, actor: Actor | None, ticket: Ticket, at: datetime | None = None, version: int | None = None
) -> Ticket:
    """Close a resolved ticket for good.

    Its checklist must be complete, the customer must have been told (A52.15, US-11), and a promise that broke after
    resolving needs its reason (A51.9). Raises Conflict, DomainError.
    """
    policies.require(actor, "ticket.resolve", ticket)
    with transaction.atomic():
        locked = lock_ticket(ticket.pk, version=version)
        if locked.state != TicketState.RESOLVED:
            raise Conflict("not_resolved", _("Resolve the ticket first; then it can be closed."))
        if not is_complete(locked):
            raise DomainError("checklist_open", _("The follow-up checklist still has open lines."), field="checklist")
        if not locked.resolutions.filter(undone_at__isnull=True, told_at__isnull=False).exists():
            raise DomainError(
                "not_told", _("Write down first who told the customer how it ended, and when."), field="told_at"
            )
        if owes_reason(locked):
            raise DelayUnexplained(1)
        if not isinstance(actor, User) and is_kept_open(locked.pk):
            raise Conflict("disputed", _("There is a dispute about this ticket: it stays open until that is over."))
        change_state(
            actor=actor,
            item=locked,
            state=TicketState.CLOSED,
            state_flag=FLAG_OF_STATE[TicketState.CLOSED],
            at=at,
            data={"closed": True},
        )
        _write_timeline(actor, locked, "ticket.closed", at)
        publish(TicketClosed(ticket_id=locked.pk, number=locked.number, owner_id=locked.owner_id))
    return refreshed(ticket)


def _write_timeline(actor: Actor | None, ticket: Ticket, verb: str, at: datetime | None) -> None:
    record_activity(
        customer=ticket.customer,
        verb=verb,
        data={"number": ticket.number, "subject": ticket.subject},
        url=f"/tickets/{ticket.number}/",
        actor=actor,
        at=at,
    )


def may_reopen(ticket: Ticket, at: datetime) -> bool:
    """Whether a customer's message at ``at`` reopens the ticket instead of opening a linked one."""
    return (
        ticket.state == TicketState.RESOLVED
        and ticket.resolved_at is not None
        and at <= ticket.resolved_at + desk_rules().reopen_window
    )


def refreshed(ticket: Ticket) -> Ticket:
    """The caller's instance with the values now in the database."""
    ticket.refresh_from_db()
    return ticket
