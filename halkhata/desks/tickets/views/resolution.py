"""The resolution form, and who told the customer."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from halkhata.desks.tickets.forms import ResolutionForm, ToldLaterForm
from halkhata.desks.tickets.selectors.detail import ticket_for
from halkhata.desks.tickets.services.resolving import record_told, resolve_ticket
from halkhata.desks.tickets.views.page import refused, ticket_page
from halkhata.desks.tickets.views.who import staff
from halkhata.engines.work.policies import assignable
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.core.errors import DomainError


@needs("ticket.view", "ticket.resolve")
@require_POST
def resolution(request: HttpRequest, number: str) -> HttpResponse:
    """Resolve the ticket: category, cause, what was done, how it was made good."""
    ticket = ticket_for(staff(request), number)
    form = ResolutionForm(request.POST, people=list(assignable(staff(request))), actor=staff(request))
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, resolution_form=form)
    try:
        resolve_ticket(actor=staff(request), ticket=ticket, **form.cleaned_data)
    except DomainError as error:
        return refused(request, ticket, error, resolution_form=form)
    messages.success(request, _("Resolved. Two follow-up calls are planned, and the customer is asked how it was."))
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.resolve")
@require_POST
def told(request: HttpRequest, number: str) -> HttpResponse:
    """Write down, after resolving, who told the customer."""
    ticket = ticket_for(staff(request), number)
    form = ToldLaterForm(request.POST, people=list(assignable(staff(request))), actor=staff(request))
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, told_form=form)
    try:
        record_told(actor=staff(request), ticket=ticket, **form.cleaned_data)
    except DomainError as error:
        return refused(request, ticket, error, told_form=form)
    messages.success(request, _("Written down."))
    return redirect("tickets:detail", ticket.number)
