"""The shop's own fields and the tags of one ticket."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from halkhata.desks.tickets.own_fields import TARGET
from halkhata.desks.tickets.selectors.detail import ticket_for
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.fields.views.record import record_page


@needs("ticket.view", "ticket.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def ticket_fields(request: StaffRequest, number: str) -> HttpResponse:
    """Fill in the shop's own fields of a ticket and hang tags on it."""
    ticket = ticket_for(request.user, number)
    if ticket.number != number:
        return redirect("tickets:fields", ticket.number)
    return record_page(request, TARGET, ticket)
