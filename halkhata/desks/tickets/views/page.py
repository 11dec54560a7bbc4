"""Putting the page of one ticket together; used by the page itself and by every action that has to show it again."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from halkhata.desks.tickets.call_forms import FullCallForm
from halkhata.desks.tickets.call_models import CallState
from halkhata.desks.tickets.choices import ENDED, TicketState
from halkhata.desks.tickets.forms import (
    AssignForm,
    MessageForm,
    NoteForm,
    PriorityForm,
    PublicNoteForm,
    ReplyForm,
    ResolutionForm,
    ToldLaterForm,
    local_now,
)
from halkhata.desks.tickets.minutes_forms import MinutesForm
from halkhata.desks.tickets.models import Call, Ticket
from halkhata.desks.tickets.selectors.calls import calls_around
from halkhata.desks.tickets.selectors.canned import filled_for
from halkhata.desks.tickets.selectors.changes import changes_since, newest_change_id
from halkhata.desks.tickets.selectors.detail import (
    checklist_of,
    checklist_progress,
    customer_card,
    is_late_unexplained,
    promise_clocks,
    resolutions_of,
    standing_resolution,
    written_minutes,
)
from halkhata.desks.tickets.selectors.merging import kin_of
from halkhata.desks.tickets.selectors.related import around, tasks_of
from halkhata.desks.tickets.selectors.repeat_caller import repeat_caller
from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.desks.tickets.selectors.unseen import newest_message_id
from halkhata.desks.tickets.services.states import allowed_states
from halkhata.desks.tickets.views.text_way import answer_numbers, chosen_number
from halkhata.engines.messaging.selectors.thread import thread_page
from halkhata.engines.work.policies import assignable_people, is_for
from halkhata.engines.work.services.confirming import open_confirmations
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.bengali_order import by_name
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.templatetags.halkhata import localdt

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
        form.take_error(error)
    ticket.refresh_from_db()
    seen = request.POST.get("seen_change", "")
    if error.code == "changed_meanwhile" and seen.isascii() and seen.isdigit() and len(seen) < 19:
        # The fresh page has the fresh version: whoever has read what changed can press again.
        bound["changes"] = changes_since(ticket, int(seen))
    forms = [form for name, form in bound.items() if name != "changes"]
    return ticket_page(request, ticket, status=status_of(error), error=None if forms else error, **bound)


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
    people = by_name(assignable_people(user))
    states = allowed_states(ticket)
    resolutions = list(resolutions_of(ticket))
    lines = checklist_of(ticket)
    card = customer_card(ticket)
    thread = thread_page(ticket, before=request.GET.get("before"), viewer=user)
    is_over = ticket.state in ENDED
    numbers = answer_numbers(card, thread)
    calls = calls_around(ticket)
    others = around(user, ticket)
    still_open = sorted([ticket, *others.still_open], key=lambda one: one.opened_at, reverse=True)[:5]
    may_reply = user.may("ticket.reply") and "call_form" not in bound
    context: dict[str, Any] = {
        "ticket": ticket,
        "card": card,
        "clocks": promise_clocks(ticket),
        "states": states,
        "is_over": is_over,
        "is_closed": ticket.state in {TicketState.CLOSED, TicketState.MERGED},
        "is_merged": ticket.state == TicketState.MERGED,
        "minutes_sum": written_minutes(ticket) * 60,
        "minutes_form": MinutesForm(auto_id="id_work_%s")
        if user.may("ticket.note") and ticket.state != TicketState.MERGED
        else None,
        "kin": kin_of(user, ticket),
        "seen_change": newest_change_id(ticket),
        "canned_ids": request.POST.getlist("canned")[:20] if "reply_form" in bound else [],
        "children_chosen": request.POST.getlist("children") if "resolution_form" in bound else None,
        "resolution": standing_resolution(resolutions),
        "undone_resolutions": [resolution for resolution in resolutions if resolution.undone_at],
        "checklist": lines,
        "progress": checklist_progress(lines),
        "tasks": tasks_of(user, ticket),
        "around": others,
        "closes_at": ticket.resolved_at + desk_rules().reopen_window if is_over and ticket.resolved_at else None,
        "thread": thread,
        "recipient": recipient_of(ticket, thread.customer_address or (numbers[0][1] if numbers else "")),
        "mail_address": thread.customer_address,
        "text_numbers": numbers,
        "by_text": chosen_number(numbers, thread, request.POST.get("by_text")),
        "may": {
            **{name: user.may(f"ticket.{name}") for name in ("reply", "note", "edit", "resolve", "assign", "create")},
            "escalate": user.may("work.escalate"),
        },
        "look_again": look_again,
        # What stands on this page was seen by whoever answers from it. Older stretches end before the newest message.
        "seen": newest_message_id(ticket) if request.GET.get("before") else max((e.pk for e in thread), default=0),
        "unseen": [e for e in thread if (e.side != "note" or e.is_public) and not e.is_automatic and e.pk > seen_before]
        if look_again is not None and seen_before is not None
        else [],
        "reply_form": _reply_form(request, ticket, states),
        "note_form": NoteForm(),
        "public_form": PublicNoteForm(),
        "public_url": reverse("tickets:public_note", args=[ticket.number])
        if user.may("ticket.reply")
        and ticket.customer_id
        and ticket.state not in {TicketState.CLOSED, TicketState.MERGED}
        else "",
        "call_form": FullCallForm(calls=calls.joinable, shown=call_line) if may_reply else None,
        "calls": calls.joined,
        "may_hear": user.may("customer.see_private"),
        "repeat": None if is_over else repeat_caller(user, ticket.customer, open_tickets=still_open),
        "assign_form": AssignForm(people=people, owner=ticket.owner, initial={"owner": str(ticket.owner_id)}),
        "priority_form": PriorityForm(initial={"priority": ticket.priority}),
    }
    waiting = open_confirmations(ticket) if ticket.escalation_level and not is_over else []
    context["waiting_confirmations"] = waiting
    context["may_confirm"] = any(is_for(user, firing) for firing in waiting)
    told_initial = {"told_at": local_now()}
    if context["may"]["resolve"] and not is_over:
        context["resolution_form"] = ResolutionForm(
            people=people,
            actor=user,
            initial={"category": ticket.category_id, **told_initial},
            is_late=is_late_unexplained(ticket, context["clocks"]),
            about=ticket.category,
        )
    elif context["may"]["resolve"] and context["resolution"] and context["resolution"].told_at is None:
        context["told_form"] = ToldLaterForm(people=people, actor=user, initial=told_initial)
    context |= bound
    context["reply_form"].offer_states(states)
    modes = {"note_form": "note", "public_form": "public"}
    context["compose_mode"] = next((mode for name, mode in modes.items() if name in bound), "reply")
    # Without the request: its context processors would run a second time.
    context["reply_extra"] = render_to_string("tickets/_reply_extra.html", context)
    context["note_extra"] = render_to_string("tickets/_attach.html", {"form": context["note_form"]})
    context["public_extra"] = render_to_string("tickets/_public_extra.html", context)
    for name in ("reply_form", "note_form", "public_form"):
        context[name] = ComposerForm(context[name])
    return context


def _reply_form(request: StaffRequest, ticket: Ticket, states: list[TicketState]) -> ReplyForm:
    """An empty answer, or a ready-made one to go on from (?canned=7: the way without a script)."""
    wanted = request.GET.get("canned", "")
    if not (wanted.isascii() and wanted.isdigit() and len(wanted) < 10):
        return ReplyForm(states=states)
    chosen = filled_for(request.user, ticket, int(wanted))
    if chosen is None:
        return ReplyForm(states=states)
    return ReplyForm(states=states, initial={"body": chosen.text, "next_state": chosen.reply.sets_state})


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


def call_line(call: Call) -> str:
    """A call of the telephone system as a choice: when, who, how it stands."""
    at = localdt(call.started_at, "short")
    if call.state != CallState.ENDED:
        return _("%(at)s, still going on") % {"at": at}
    return (_("%(at)s, answered") if call.answered else _("%(at)s, nobody answered")) % {"at": at}
