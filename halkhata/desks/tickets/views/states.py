"""Moving a ticket on: working states, closing, opening again."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from halkhata.desks.tickets.forms import StateForm, VersionForm
from halkhata.desks.tickets.selectors.detail import ticket_for
from halkhata.desks.tickets.services.states import change_ticket_state, close_ticket, reopen_ticket
from halkhata.desks.tickets.views.page import refused, ticket_page
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError


@needs("ticket.view", "ticket.edit")
@require_POST
def state(request: StaffRequest, number: str) -> HttpResponse:
    """Put the ticket into another working state."""
    ticket = ticket_for(request.user, number)
    form = StateForm(request.POST)
    if not form.is_valid():
        return ticket_page(request, ticket, status=422)
    try:
        change_ticket_state(
            actor=request.user, ticket=ticket, state=form.cleaned_data["state"], version=form.cleaned_data["version"]
        )
    except DomainError as error:
        return refused(request, ticket, error)
    messages.success(request, _("The ticket is now: %(state)s.") % {"state": ticket.state_label})
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.resolve")
@require_POST
def close(request: StaffRequest, number: str) -> HttpResponse:
    """Close a resolved ticket for good."""
    ticket = ticket_for(request.user, number)
    try:
        close_ticket(actor=request.user, ticket=ticket, version=_version(request))
    except DomainError as error:
        return refused(request, ticket, error)
    messages.success(request, _("The ticket is closed."))
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.edit")
@require_POST
def reopen(request: StaffRequest, number: str) -> HttpResponse:
    """Open a resolved ticket again."""
    ticket = ticket_for(request.user, number)
    try:
        reopen_ticket(actor=request.user, ticket=ticket, version=_version(request))
    except DomainError as error:
        return refused(request, ticket, error)
    messages.success(request, _("The ticket is open again. Its clock goes on."))
    return redirect("tickets:detail", ticket.number)


def _version(request: StaffRequest) -> int | None:
    form = VersionForm(request.POST)
    return form.cleaned_data["version"] if form.is_valid() else None
