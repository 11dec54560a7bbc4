"""What to do with a ticket whose mail quoted another one."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from halkhata.desks.tickets.selectors.detail import ticket_for
from halkhata.desks.tickets.services.joining import dismiss_quoted, join_quoted
from halkhata.desks.tickets.views.page import refused
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.reader import current_reader


@needs("ticket.view", "ticket.edit")
@require_POST
def join(request: StaffRequest, number: str) -> HttpResponse:
    """Take it into the quoted ticket."""
    ticket = ticket_for(request.user, number)
    try:
        target = join_quoted(actor=request.user, ticket=ticket)
    except DomainError as error:
        return refused(request, ticket, error)
    reader = current_reader()
    shown = format_ref(target.number, language=reader.language, digits=reader.digits)
    messages.success(
        request, _("The mail stands on %(number)s now, and its sender takes part there.") % {"number": shown}
    )
    return redirect("tickets:detail", target.number)


@needs("ticket.view", "ticket.edit")
@require_POST
def dismiss(request: StaffRequest, number: str) -> HttpResponse:
    """It has nothing to do with the quoted ticket."""
    ticket = ticket_for(request.user, number)
    try:
        dismiss_quoted(actor=request.user, ticket=ticket)
    except DomainError as error:
        return refused(request, ticket, error)
    messages.success(request, _("Left as a ticket of its own."))
    return redirect("tickets:detail", ticket.number)
