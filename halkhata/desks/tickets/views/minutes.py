"""Minutes of work on a ticket: the ledger, a new line, and taking one back."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.desks.tickets.minutes_forms import MinutesForm
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.detail import ticket_for
from halkhata.desks.tickets.services.minutes import take_ticket_minutes_back, write_ticket_minutes
from halkhata.engines.work.selectors.minutes import ledger
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.middleware import status_of


@require_http_methods(["GET", "HEAD", "POST"])
@needs("ticket.view")
def minutes(request: StaffRequest, number: str) -> HttpResponse:
    """Every line with its sum; whoever may write notes adds one."""
    # Before the ticket is looked up: a refusal says nothing about whether there is such a ticket.
    if request.method == "POST" and not request.user.may("ticket.note"):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission="ticket.note")
    ticket = ticket_for(request.user, number)
    if request.method != "POST":
        return _page(request, ticket, MinutesForm())
    form = MinutesForm(request.POST)
    if not form.is_valid():
        return _page(request, ticket, form, status=422)
    try:
        write_ticket_minutes(actor=request.user, ticket=ticket, **form.cleaned_data)
    except DomainError as error:
        form.take_error(error)
        return _page(request, ticket, form, status=status_of(error))
    messages.success(request, _("Written down."))
    return redirect("tickets:minutes", ticket.number)


@require_POST
@needs("ticket.view", "ticket.note")
def minutes_back(request: StaffRequest, number: str, pk: int) -> HttpResponse:
    """Take a line back; both stay in the ledger."""
    ticket = ticket_for(request.user, number)
    take_ticket_minutes_back(actor=request.user, ticket=ticket, line_id=pk)
    messages.success(request, _("Taken back. Both lines stay to be read."))
    return redirect("tickets:minutes", ticket.number)


def _page(request: StaffRequest, ticket: Ticket, form: MinutesForm, *, status: int = 200) -> HttpResponse:
    user = request.user
    lines = list(ledger(ticket.pk))
    is_merged = ticket.merged_into_id is not None
    may_write = user.may("ticket.note") and not is_merged
    context = {
        "ticket": ticket,
        "lines": [
            {
                "line": line,
                "seconds": line.minutes * 60,
                "may_take_back": may_write
                and line.item_id == ticket.pk
                and line.takes_back_id is None
                and getattr(line, "undone", None) is None
                and (line.actor_id_then == user.pk or user.may("ticket.assign")),
            }
            for line in lines
        ],
        "sum": sum(line.minutes for line in lines) * 60,
        "form": form if may_write else None,
    }
    return render(request, "tickets/minutes.html", context, status=status)
