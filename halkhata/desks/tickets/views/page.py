"""Putting the page of one ticket together; used by the page itself and by every action that has to show it again."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.forms import (
    AssignForm,
    CallForm,
    MessageForm,
    NoteForm,
    PriorityForm,
    ReplyForm,
    ResolutionForm,
    ToldLaterForm,
    local_now,
)
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.detail import (
    checklist_of,
    checklist_progress,
    customer_card,
    promise_clocks,
    resolutions_of,
    standing_resolution,
)
from halkhata.desks.tickets.selectors.related import around, tasks_of
from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.desks.tickets.selectors.unseen import newest_message_id
from halkhata.desks.tickets.services.states import allowed_states
from halkhata.engines.messaging.selectors.thread import thread_page
from halkhata.engines.work.policies import assignable
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of

# Which form an action belongs to, and so which part of the page stays open after an error.
OPEN_PART = {"resolution_form": "resolution", "told_form": "resolution", "call_form": "call"}


def ticket_page(
    request: StaffRequest,
    ticket: Ticket,
    *,
    status: int = 200,
    error: DomainError | None = None,
    look_again: DomainError | None = None,
    seen_before: int | None = None,
    **bound: Any,
) -> HttpResponse:
    """The page of ``ticket``. ``bound`` are forms that were sent and could not be used: they keep what was typed.

    ``look_again`` is why an answer was held back until the writer has looked, ``seen_before`` the newest message the
    writer knew.
    """
    context = ticket_context(request, ticket, look_again=look_again, seen_before=seen_before, **bound)
    context["error"] = error
    context["open_part"] = next((part for name, part in OPEN_PART.items() if name in bound), "")
    return render(request, "tickets/detail.html", context, status=status)


def refused(request: StaffRequest, ticket: Ticket, error: DomainError, **bound: Any) -> HttpResponse:
    """The page again, with fresh values, the error at its field and everything that was typed."""
    for form in bound.values():
        form.show(error)
    ticket.refresh_from_db()
    return ticket_page(request, ticket, status=status_of(error), error=None if bound else error, **bound)


def ticket_context(
    request: StaffRequest,
    ticket: Ticket,
    *,
    look_again: DomainError | None = None,
    seen_before: int | None = None,
    **bound: Any,
) -> dict[str, Any]:
    """Everything the page shows, in a fixed number of queries."""
    user = request.user
    people = list(assignable(user))
    states = allowed_states(ticket)
    resolutions = list(resolutions_of(ticket))
    lines = checklist_of(ticket)
    thread = thread_page(ticket, before=request.GET.get("before"), viewer=user)
    is_over = ticket.state in {TicketState.RESOLVED, TicketState.CLOSED}
    context: dict[str, Any] = {
        "ticket": ticket,
        "card": customer_card(ticket),
        "clocks": promise_clocks(ticket),
        "states": states,
        "is_over": is_over,
        "is_closed": ticket.state == TicketState.CLOSED,
        "resolution": standing_resolution(resolutions),
        "undone_resolutions": [resolution for resolution in resolutions if resolution.undone_at],
        "checklist": lines,
        "progress": checklist_progress(lines),
        "tasks": tasks_of(user, ticket),
        "around": around(user, ticket),
        "closes_at": ticket.resolved_at + desk_rules().reopen_window if is_over and ticket.resolved_at else None,
        "thread": thread,
        "recipient": recipient_of(ticket, thread.customer_address),
        "may": {
            **{name: user.may(f"ticket.{name}") for name in ("reply", "note", "edit", "resolve", "assign", "create")},
            "escalate": user.may("work.escalate"),
        },
        "look_again": look_again,
        # What stands on this page was seen by whoever answers from it. Older stretches end before the newest message.
        "seen": newest_message_id(ticket) if request.GET.get("before") else max((e.pk for e in thread), default=0),
        "unseen": [e for e in thread if e.side != "note" and not e.is_automatic and e.pk > seen_before]
        if look_again is not None and seen_before is not None
        else [],
        "reply_form": ReplyForm(states=states),
        "note_form": NoteForm(),
        "call_form": CallForm(),
        "assign_form": AssignForm(people=people, owner=ticket.owner, initial={"owner": str(ticket.owner_id)}),
        "priority_form": PriorityForm(initial={"priority": ticket.priority}),
    }
    told_initial = {"told_at": local_now()}
    if context["may"]["resolve"] and not is_over:
        context["resolution_form"] = ResolutionForm(
            people=people, actor=user, initial={"category": ticket.category_id, **told_initial}
        )
    elif context["may"]["resolve"] and context["resolution"] and context["resolution"].told_at is None:
        context["told_form"] = ToldLaterForm(people=people, actor=user, initial=told_initial)
    context |= bound
    context["reply_form"].offer_states(states)
    context["compose_mode"] = "note" if "note_form" in bound else "reply"
    # Without the request: its context processors would run a second time.
    context["reply_extra"] = render_to_string("tickets/_reply_extra.html", context)
    context["note_extra"] = render_to_string("tickets/_attach.html", {"form": context["note_form"]})
    for name in ("reply_form", "note_form"):
        context[name] = ComposerForm(context[name])
    return context


class ComposerForm:
    """A form as the composer reads it: what is wrong with the files stands at the files, not twice."""

    def __init__(self, form: MessageForm) -> None:
        self.body = form["body"]
        self.errors = {name: errors for name, errors in form.errors.items() if name != "attachments"}


def recipient_of(ticket: Ticket, address: str) -> str:
    """Who gets the public answer, by name and address; "" when there is no address to write to."""
    if not address:
        return ""
    return _("%(name)s, %(address)s") % {"name": ticket.customer, "address": address} if ticket.customer else address
