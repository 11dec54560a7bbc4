"""The resolution form: cause, action, remedy, who told the customer and when (A52.8, A52.15, US-11)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.tickets import policies
from halkhata.desks.tickets.choices import FLAG_OF_STATE, TRANSITIONS, Remedy, TicketState
from halkhata.desks.tickets.events import TicketResolved
from halkhata.desks.tickets.models import Category, Resolution, Ticket
from halkhata.desks.tickets.selectors.root_causes import is_offered
from halkhata.desks.tickets.services.locking import lock_ticket
from halkhata.desks.tickets.services.states import refreshed
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.services.delays import settle_delays
from halkhata.engines.work.services.items import change_state, record_event
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.services.activities import record_activity


def resolve_ticket(
    *,
    actor: User,
    ticket: Ticket,
    root_cause: str,
    action: str,
    remedy: str,
    told_at: datetime | None = None,
    told_how: str = "",
    told_by: User | None = None,
    category: Category | None = None,
    version: int | None = None,
    at: datetime | None = None,
    delay_reason: str = "",
    delay_note: str = "",
) -> Resolution:
    """Resolve a ticket. Category, root cause and what was done are required; nothing changes when one is missing.

    A ticket that broke a promise nobody has explained needs ``delay_reason``, too (A51.9); where none was broken it is
    of no account. Raises DomainError at the field that is missing, Conflict when the state does not allow it or the
    ticket changed.
    """
    policies.require(actor, "ticket.resolve", ticket)
    text = clean_text(action, multiline=True)
    if not is_offered(root_cause, category or ticket.category):
        raise DomainError("root_cause_missing", _("Choose why it happened."), field="root_cause")
    if not text:
        raise DomainError("action_missing", _("Write what was done."), field="action")
    if remedy not in Remedy.values:
        raise DomainError("remedy_missing", _("Choose how it was made good."), field="remedy")
    moment = at or now()
    _check_told(ticket, told_at, told_by, moment)
    with transaction.atomic():
        locked = lock_ticket(ticket.pk, version=version)
        if TicketState.RESOLVED not in TRANSITIONS[TicketState(locked.state)]:
            raise Conflict("step_not_allowed", _("This ticket has ended already."))
        chosen = category or locked.category
        if chosen is None:
            raise DomainError("category_missing", _("Choose what the ticket was about."), field="category")
        if locked.category_id != chosen.pk:
            Ticket.objects.filter(pk=locked.pk).update(category=chosen)
            locked.category = chosen
        resolution = Resolution.objects.create(
            ticket=locked,
            root_cause=root_cause,
            action=text,
            remedy=remedy,
            told_by=told_by or actor,
            told_at=told_at,
            told_how=clean_text(told_how, max_length=60),
            resolved_by=actor,
            resolved_at=moment,
        )
        if told_at is not None:
            _count_as_answer(actor, locked, resolution)
        if delay_reason:
            settle_delays(actor=actor, item=locked, reason=delay_reason, note=delay_note, at=moment)
        change_state(
            actor=actor,
            item=locked,
            state=TicketState.RESOLVED,
            state_flag=FLAG_OF_STATE[TicketState.RESOLVED],
            at=moment,
            data={"root_cause": root_cause, "remedy": remedy},
        )
        record_activity(
            customer=locked.customer,
            verb="ticket.resolved",
            data={"number": locked.number, "subject": locked.subject, "remedy": remedy},
            url=f"/tickets/{locked.number}/",
            actor=actor,
            at=moment,
        )
        record(
            actor=actor,
            action="ticket.resolve",
            record=locked,
            after={"root_cause": root_cause, "remedy": remedy, "category": chosen.code},
        )
        publish(
            TicketResolved(
                ticket_id=locked.pk,
                number=locked.number,
                subject=locked.subject,
                resolution_id=resolution.pk,
                customer_id=locked.customer_id,
                owner_id=locked.owner_id,
                resolved_by_id=actor.pk,
                team_id=locked.team_id,
                branch_id=locked.branch_id,
                resolved_at=moment,
            )
        )
    refreshed(ticket)
    return resolution


def record_told(
    *, actor: User, ticket: Ticket, told_at: datetime, told_how: str, told_by: User | None = None
) -> Resolution:
    """Write down, after resolving, who told the customer how it ended, when and how (US-11).

    Raises DomainError for a time to come, Conflict when no resolution stands or the ticket is closed.
    """
    policies.require(actor, "ticket.resolve", ticket)
    _check_told(ticket, told_at, told_by, now())
    with transaction.atomic():
        locked = lock_ticket(ticket.pk)
        resolution = locked.resolutions.filter(undone_at__isnull=True).first()
        if resolution is None or locked.state != TicketState.RESOLVED:
            raise Conflict("not_resolved", _("Resolve the ticket first."))
        before = resolution.told_at
        resolution.told_at = told_at
        resolution.told_by = told_by or actor
        resolution.told_how = clean_text(told_how, max_length=60)
        resolution.save(update_fields=["told_at", "told_by", "told_how"])
        _count_as_answer(actor, locked, resolution)
        record(
            actor=actor,
            action="ticket.told",
            record=locked,
            before={"told_at": before},
            after={"told_at": told_at, "told_how": resolution.told_how, "told_by": resolution.told_by},
        )
    refreshed(ticket)
    return resolution


def _count_as_answer(actor: User, ticket: Ticket, resolution: Resolution) -> None:
    """Telling the customer how it ended is an answer: the promise of one is kept at that moment (A51.6)."""
    record_event(
        actor=actor,
        item=ticket,
        kind=WorkEventKind.HUMAN_REPLY,
        at=resolution.told_at,
        data={"told": resolution.told_how, "by": resolution.told_by.audit_label},
        is_update=True,
    )


def _check_told(ticket: Ticket, told_at: datetime | None, told_by: User | None, moment: datetime) -> None:
    if told_at is not None and told_at > moment:
        raise DomainError("told_in_future", _("The customer cannot have been told in the future."), field="told_at")
    # Forms know minutes only.
    if told_at is not None and told_at < ticket.opened_at.replace(second=0, microsecond=0):
        raise DomainError("told_too_early", _("The ticket was opened later than that."), field="told_at")
    if told_by is not None and not told_by.is_active:
        raise DomainError("told_by_gone", _("Choose a member of staff."), field="told_by")
