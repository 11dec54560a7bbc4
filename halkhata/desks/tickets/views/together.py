"""What the page of a ticket asks while it is open: who else is there, whom to mention, which answers are ready."""

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.canned import offered
from halkhata.desks.tickets.selectors.detail import ticket_for
from halkhata.desks.tickets.selectors.people import mentionable
from halkhata.desks.tickets.services.presence import leave, note_presence
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.formatting import parse_ref


@needs("ticket.view")
@require_POST
@never_cache
def presence(request: StaffRequest, number: str) -> HttpResponse:
    """A sign of life from an open page; answers with who else is there. ``gone=1`` when the page is left."""
    ticket_id = (
        Ticket.objects.visible_to(request.user)
        .filter(number=parse_ref(number) or number)
        .values_list("pk", flat=True)
        .first()
    )
    if ticket_id is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if request.POST.get("gone") == "1":
        leave(user=request.user, ticket_id=ticket_id)
        return HttpResponse(status=204)
    others = note_presence(user=request.user, ticket_id=ticket_id, is_writing=request.POST.get("writing") == "1")
    return render(request, "tickets/_present.html", {"others": others})


@needs("ticket.view", "ticket.note")
@require_safe
@never_cache
def people(request: StaffRequest, number: str) -> HttpResponse:
    """Whom a note can mention, by the letters after the @."""
    ticket = ticket_for(request.user, number)
    found = mentionable(request.user, ticket, request.GET.get("q", "")[:40])
    return render(request, "tickets/_people_options.html", {"people": found})


@needs("ticket.view", "ticket.reply")
@require_safe
@never_cache
def canned(request: StaffRequest, number: str) -> HttpResponse:
    """Ready-made answers for this ticket, filled in: for the composer, or as a page where scripts are off."""
    ticket = ticket_for(request.user, number)
    found = offered(request.user, ticket, request.GET.get("q", "")[:80])
    template = "tickets/_canned_options.html" if request.GET.get("part") == "1" else "tickets/canned_choice.html"
    return render(request, template, {"ticket": ticket, "found": found, "typed": request.GET.get("q", "")[:80]})
