"""Answer, note, public note and call: an address each, so that one can never be sent as another."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from halkhata.desks.tickets.call_forms import FullCallForm
from halkhata.desks.tickets.forms import NoteForm, PublicNoteForm, ReplyForm
from halkhata.desks.tickets.selectors.calls import calls_around
from halkhata.desks.tickets.selectors.detail import ticket_for
from halkhata.desks.tickets.services.answering import add_internal_note, add_public_note, answer_ticket
from halkhata.desks.tickets.services.calling import log_call
from halkhata.desks.tickets.services.canned import note_use
from halkhata.desks.tickets.views.attached import take_files
from halkhata.desks.tickets.views.page import call_line, refused, ticket_page
from halkhata.engines.messaging.selectors.people import chosen_people
from halkhata.engines.messaging.selectors.texts import waits_for_hand
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import Conflict, DomainError

# What stops an answer only until the writer has looked: the page says what it is and offers to send all the same.
LOOK_AGAIN = frozenset({"newer_message", "state_changed"})


@needs("ticket.view", "ticket.reply")
@require_POST
def reply(request: StaffRequest, number: str) -> HttpResponse:
    """Send a public answer."""
    ticket = ticket_for(request.user, number)
    form = ReplyForm(request.POST, request.FILES)
    files = take_files(request, form)
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, reply_form=form)
    data = form.cleaned_data
    try:
        message = answer_ticket(
            actor=request.user,
            ticket=ticket,
            text=data["body"],
            next_state=data["next_state"] or None,
            seen=data["seen"],
            state_seen=data["state_seen"],
            by_text=data["by_text"],
            files=files,
            **({} if data["by_text"] else chosen_people(ticket, request.POST)),
        )
    except Conflict as error:
        if error.code not in LOOK_AGAIN:
            return refused(request, ticket, error, reply_form=form)
        ticket.refresh_from_db()
        return ticket_page(request, ticket, status=409, reply_form=form, look_again=error, seen_before=data["seen"])
    except DomainError as error:
        return refused(request, ticket, error, reply_form=form)
    used = [
        int(one) for one in request.POST.getlist("canned")[:20] if one.isascii() and one.isdigit() and len(one) < 10
    ]
    if used:
        note_use(actor=request.user, ticket=ticket, message=message, ids=used)
    if waits_for_hand(message):
        messages.warning(
            request,
            _("Prepared, not sent: no SMS gateway is connected. Send it by hand and say so under “To tell by phone”."),
        )
    else:
        messages.success(request, _("Your answer is on its way to the customer."))
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.note")
@require_POST
def note(request: StaffRequest, number: str) -> HttpResponse:
    """Write an internal note."""
    ticket = ticket_for(request.user, number)
    form = NoteForm(request.POST, request.FILES)
    files = take_files(request, form)
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, note_form=form)
    try:
        add_internal_note(actor=request.user, ticket=ticket, text=form.cleaned_data["body"], files=files)
    except DomainError as error:
        return refused(request, ticket, error, note_form=form)
    messages.success(request, _("The note is saved. Only staff see it."))
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.reply")
@require_POST
def public_note(request: StaffRequest, number: str) -> HttpResponse:
    """Write a note that the customer can read."""
    ticket = ticket_for(request.user, number)
    form = PublicNoteForm(request.POST, request.FILES)
    files = take_files(request, form)
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, public_form=form)
    data = form.cleaned_data
    try:
        add_public_note(actor=request.user, ticket=ticket, text=data["body"], seen=data["seen"], files=files)
    except Conflict as error:
        if error.code not in LOOK_AGAIN:
            return refused(request, ticket, error, public_form=form)
        ticket.refresh_from_db()
        return ticket_page(request, ticket, status=409, public_form=form, look_again=error, seen_before=data["seen"])
    except DomainError as error:
        return refused(request, ticket, error, public_form=form)
    messages.success(request, _("The note is saved. The customer can read it; nothing was sent."))
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.reply")
@require_POST
def call(request: StaffRequest, number: str) -> HttpResponse:
    """Write down a phone call."""
    ticket = ticket_for(request.user, number)
    form = FullCallForm(request.POST, calls=calls_around(ticket).joinable, shown=call_line)
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, call_form=form)
    outcome = form.cleaned_data["outcome"]
    try:
        log_call(
            actor=request.user,
            ticket=ticket,
            outbound=outcome.startswith("out"),
            answered=outcome.endswith("answered"),
            text=form.cleaned_data["body"],
            disposition=form.cleaned_data["disposition"],
            minutes=form.cleaned_data["minutes"] if request.POST.get("minutes", "").strip() else None,
            consent=form.cleaned_data["consent"],
            recording_url=form.cleaned_data["recording_url"],
            call=form.chosen_call,
        )
    except DomainError as error:
        return refused(request, ticket, error, call_form=form)
    messages.success(request, _("The call is written down."))
    return redirect("tickets:detail", ticket.number)
