"""Owner, priority, checklist, and the customer's wish for a manager."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from halkhata.desks.tickets.forms import AssignForm, PriorityForm
from halkhata.desks.tickets.selectors.detail import checklist_of, checklist_progress, ticket_for
from halkhata.desks.tickets.services import work
from halkhata.desks.tickets.views.page import refused, ticket_page
from halkhata.engines.work.policies import assignable
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.bengali_order import by_name
from halkhata.foundation.core.errors import DomainError


@needs("ticket.view", "ticket.edit")
@require_POST
def assignment(request: StaffRequest, number: str) -> HttpResponse:
    """Give the ticket to somebody."""
    ticket = ticket_for(request.user, number)
    form = AssignForm(request.POST, people=by_name(assignable(request.user)), owner=request.user)
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, assign_form=form)
    owner = get_object_or_404(User.objects.select_related("role", "branch"), pk=form.cleaned_data["owner"])
    try:
        work.assign_ticket(
            actor=request.user,
            ticket=ticket,
            owner=owner,
            reason=form.cleaned_data["reason"],
            version=form.cleaned_data["version"],
        )
    except DomainError as error:
        return refused(request, ticket, error, assign_form=form)
    messages.success(request, _("%(name)s owns the ticket now.") % {"name": owner.name})
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.edit")
@require_POST
def priority(request: StaffRequest, number: str) -> HttpResponse:
    """Set the priority; running promises follow it."""
    ticket = ticket_for(request.user, number)
    form = PriorityForm(request.POST)
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, priority_form=form)
    try:
        work.set_ticket_priority(actor=request.user, ticket=ticket, **form.cleaned_data)
    except DomainError as error:
        return refused(request, ticket, error, priority_form=form)
    messages.success(request, _("The priority is changed; the promised times follow it."))
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "work.escalate")
@require_POST
def manager(request: StaffRequest, number: str) -> HttpResponse:
    """The customer asks for the manager."""
    ticket = ticket_for(request.user, number)
    try:
        work.demand_manager(actor=request.user, ticket=ticket)
    except DomainError as error:
        return refused(request, ticket, error)
    messages.success(request, _("The manager has been told."))
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.edit")
@require_POST
def checklist_line(request: StaffRequest, number: str, line: int) -> HttpResponse:
    """Tick a line off or take the tick back; answers with the list for htmx, with the page without a script."""
    ticket = ticket_for(request.user, number)
    work.tick_line(actor=request.user, ticket=ticket, line_id=line, done=request.POST.get("done") == "1")
    if not request.htmx:
        return redirect(f"{reverse('tickets:detail', args=[ticket.number])}#checklist")
    lines = checklist_of(ticket)
    context = {"ticket": ticket, "checklist": lines, "progress": checklist_progress(lines), "may": {"edit": True}}
    return render(request, "tickets/_checklist.html", context)
