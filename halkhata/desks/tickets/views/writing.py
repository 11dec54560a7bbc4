"""Answer, note and call: three addresses, so that one can never be sent as another."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from halkhata.desks.tickets.forms import CallForm, MessageForm, ReplyForm
from halkhata.desks.tickets.selectors.detail import ticket_for
from halkhata.desks.tickets.services.answering import add_internal_note, answer_ticket, log_ticket_call
from halkhata.desks.tickets.services.states import allowed_states
from halkhata.desks.tickets.views.page import refused, ticket_page
from halkhata.desks.tickets.views.who import staff
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.core.errors import DomainError


@needs("ticket.view", "ticket.reply")
@require_POST
def reply(request: HttpRequest, number: str) -> HttpResponse:
    """Send a public answer."""
    ticket = ticket_for(staff(request), number)
    form = ReplyForm(request.POST, states=allowed_states(ticket))
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, reply_form=form)
    data = form.cleaned_data
    try:
        answer_ticket(
            actor=staff(request),
            ticket=ticket,
            text=data["body"],
            next_state=data["next_state"] or None,
            version=data["version"],
        )
    except DomainError as error:
        return refused(request, ticket, error, reply_form=form)
    messages.success(request, _("Your answer is on its way to the customer."))
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.note")
@require_POST
def note(request: HttpRequest, number: str) -> HttpResponse:
    """Write an internal note."""
    ticket = ticket_for(staff(request), number)
    form = MessageForm(request.POST)
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, note_form=form)
    try:
        add_internal_note(actor=staff(request), ticket=ticket, text=form.cleaned_data["body"])
    except DomainError as error:
        return refused(request, ticket, error, note_form=form)
    messages.success(request, _("The note is saved. Only staff see it."))
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.reply")
@require_POST
def call(request: HttpRequest, number: str) -> HttpResponse:
    """Write down a phone call."""
    ticket = ticket_for(staff(request), number)
    form = CallForm(request.POST)
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, call_form=form)
    outcome = form.cleaned_data["outcome"]
    try:
        log_ticket_call(
            actor=staff(request),
            ticket=ticket,
            outbound=outcome.startswith("out"),
            answered=outcome.endswith("answered"),
            text=form.cleaned_data["body"],
        )
    except DomainError as error:
        return refused(request, ticket, error, call_form=form)
    messages.success(request, _("The call is written down."))
    return redirect("tickets:detail", ticket.number)
