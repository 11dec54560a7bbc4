"""The page of one ticket, on screen and on paper."""

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from halkhata.desks.tickets.selectors.detail import (
    checklist_of,
    customer_card,
    resolutions_of,
    standing_resolution,
    ticket_for,
)
from halkhata.desks.tickets.views.page import ticket_page
from halkhata.engines.messaging.selectors.thread import thread_page
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest


@needs("ticket.view")
@require_safe
def detail(request: StaffRequest, number: str) -> HttpResponse:
    """The heart of the product: what was said, what we promised, what to do next."""
    ticket = ticket_for(request.user, number, with_hints=True)
    if ticket.number != number:
        return redirect("tickets:detail", ticket.number)
    return ticket_page(request, ticket)


@needs("ticket.view")
@require_safe
def older(request: StaffRequest, number: str) -> HttpResponse:
    """Older messages, for the page to put above the newer ones."""
    ticket = ticket_for(request.user, number)
    thread = thread_page(ticket, before=request.GET.get("before"), viewer=request.user)
    return render(request, "tickets/_older.html", {"ticket": ticket, "thread": thread})


@needs("ticket.view")
@require_safe
def printout(request: StaffRequest, number: str) -> HttpResponse:
    """The ticket on paper, with the resolution form and lines to sign (US-11)."""
    ticket = ticket_for(request.user, number)
    resolutions = list(resolutions_of(ticket))
    return render(
        request,
        "tickets/print.html",
        {
            "ticket": ticket,
            "card": customer_card(ticket),
            "resolution": standing_resolution(resolutions),
            "checklist": checklist_of(ticket),
        },
    )
