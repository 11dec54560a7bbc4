"""The resolution form, and who told the customer."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from halkhata.desks.tickets.forms import ResolutionForm, ToldLaterForm
from halkhata.desks.tickets.models import Resolution
from halkhata.desks.tickets.selectors.detail import ticket_for
from halkhata.desks.tickets.selectors.rules import desk_rules
from halkhata.desks.tickets.services.batch_problems import MOST_CHILDREN, resolve_with_children
from halkhata.desks.tickets.services.resolving import record_told, resolve_ticket
from halkhata.desks.tickets.views.page import refused, ticket_page
from halkhata.engines.work.policies import assignable
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.bengali_order import by_name
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.templatetags.halkhata import num


@needs("ticket.view", "ticket.resolve")
@require_POST
def resolution(request: StaffRequest, number: str) -> HttpResponse:
    """Resolve the ticket: category, cause, what was done, how it was made good."""
    ticket = ticket_for(request.user, number)
    form = ResolutionForm(request.POST, people=by_name(assignable(request.user)), actor=request.user)
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, resolution_form=form)
    children = request.POST.getlist("children")[:MOST_CHILDREN]
    resolved: list[Resolution] = []
    try:
        if children:
            _own, resolved = resolve_with_children(
                actor=request.user, ticket=ticket, children=children, **form.cleaned_data
            )
        else:
            resolve_ticket(actor=request.user, ticket=ticket, **form.cleaned_data)
    except DomainError as error:
        return refused(request, ticket, error, resolution_form=form)
    calls = len(desk_rules().follow_up_days)
    planned = ngettext("%(calls)s follow-up call is planned.", "%(calls)s follow-up calls are planned.", calls)
    said = [_("Resolved."), planned % {"calls": num(calls)}] if calls else [_("Resolved.")]
    if resolved:
        others = ngettext(
            "%(count)s ticket of the same problem with it.",
            "%(count)s tickets of the same problem with it.",
            len(resolved),
        )
        said.insert(1, others % {"count": num(len(resolved))})
    messages.success(request, " ".join(map(str, said)))
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.resolve")
@require_POST
def told(request: StaffRequest, number: str) -> HttpResponse:
    """Write down, after resolving, who told the customer."""
    ticket = ticket_for(request.user, number)
    form = ToldLaterForm(request.POST, people=by_name(assignable(request.user)), actor=request.user)
    if not form.is_valid():
        return ticket_page(request, ticket, status=422, told_form=form)
    try:
        record_told(actor=request.user, ticket=ticket, **form.cleaned_data)
    except DomainError as error:
        return refused(request, ticket, error, told_form=form)
    messages.success(request, _("Written down."))
    return redirect("tickets:detail", ticket.number)
