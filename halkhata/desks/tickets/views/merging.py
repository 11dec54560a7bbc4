"""Two tickets become one, and two again; messages become a ticket; tickets of one problem hang together (A52.14)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.desks.tickets.merging_forms import MergeForm, ParentForm, SplitForm
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.detail import ticket_for
from halkhata.desks.tickets.selectors.merging import merge_candidates, message_count, ticket_typed
from halkhata.desks.tickets.selectors.splitting import movable_messages
from halkhata.desks.tickets.services.batch_problems import set_parent
from halkhata.desks.tickets.services.merging import merge_tickets, unmerge_ticket
from halkhata.desks.tickets.services.splitting import split_ticket
from halkhata.desks.tickets.views.page import refused
from halkhata.engines.work.choices import PRIORITY_ORDER, Priority
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.templatetags.halkhata import localdt, ref


@needs("ticket.view", "ticket.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: StaffRequest, number: str) -> HttpResponse:
    """Choose the ticket it becomes part of, look at what comes of it, and do it."""
    ticket = ticket_for(request.user, number)
    typed = request.POST.get("into", "") or request.GET.get("into", "")
    into = ticket_typed(request.user, typed) if typed else None
    if request.method != "POST":
        form = None
        if into is not None:
            form = MergeForm(initial={"into": into.number, "version": ticket.version, "into_version": into.version})
        return _merge_page(request, ticket, into, typed, form)
    form = MergeForm(request.POST)
    if into is None or not form.is_valid():
        return _merge_page(request, ticket, into, typed, form if into is not None else None, status=422)
    data = {name: form.cleaned_data[name] for name in ("version", "into_version", "other_customer_is_right", "reason")}
    try:
        merge_tickets(actor=request.user, ticket=ticket, into=into, **data)
    except DomainError as error:
        form.take_error(error)
        return _merge_page(request, ticket, into, typed, form, status=status_of(error))
    messages.success(
        request,
        _("%(number)s is part of %(into)s now. This can be undone for 30 days.")
        % {"number": ref(ticket.number), "into": ref(into.number)},
    )
    return redirect("tickets:detail", into.number)


def _merge_page(
    request: StaffRequest, ticket: Ticket, into: Ticket | None, typed: str, form: MergeForm | None, *, status: int = 200
) -> HttpResponse:
    context: dict[str, Any] = {"ticket": ticket, "into": into, "typed": typed, "form": form}
    if into is None:
        context["candidates"] = merge_candidates(request.user, ticket)
        context["not_found"] = bool(typed)
    else:
        higher = max(ticket.priority, into.priority, key=lambda code: PRIORITY_ORDER[Priority(code)])
        due = [one.next_due_at for one in (ticket, into) if one.next_due_at is not None]
        context |= {
            "is_same": into.pk == ticket.pk,
            "other_customer": into.customer_id != ticket.customer_id,
            "counts": (message_count(ticket), message_count(into)),
            "together": message_count(ticket) + message_count(into),
            "priority": higher,
            "priority_label": Priority(higher).label,
            "due": min(due, default=None),
        }
    return render(request, "tickets/merge.html", context, status=status)


@needs("ticket.view", "ticket.edit")
@require_POST
def unmerge(request: StaffRequest, number: str) -> HttpResponse:
    """Undo a merge; sent from the page of either ticket, always for the merged one."""
    ticket = ticket_for(request.user, number)
    try:
        unmerge_ticket(actor=request.user, ticket=ticket)
    except DomainError as error:
        return refused(request, ticket, error)
    messages.success(request, _("The merge is undone. Both tickets are as they were."))
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.edit", "ticket.create")
@require_http_methods(["GET", "HEAD", "POST"])
def split(request: StaffRequest, number: str) -> HttpResponse:
    """Choose messages that become a ticket of their own."""
    ticket = ticket_for(request.user, number)
    movable = movable_messages(ticket)
    offered = [
        (str(message.pk), _("%(who)s, %(when)s") % {"who": _writer(message), "when": localdt(message.at, "short")})
        for message in movable
    ]
    chosen = request.GET.get("message", "")
    initial = {"version": ticket.version, "messages": [chosen], "category": ticket.category_id, "acknowledge": True}
    if request.method != "POST":
        return _split_page(request, ticket, movable, SplitForm(offered=offered, initial=initial))
    form = SplitForm(request.POST, offered=offered)
    if not form.is_valid():
        return _split_page(request, ticket, movable, form, status=422)
    data = form.cleaned_data
    try:
        new = split_ticket(
            actor=request.user,
            ticket=ticket,
            message_ids=[int(one) for one in data["messages"]],
            subject=data["subject"],
            category=data["category"],
            acknowledge=data["acknowledge"],
            version=data["version"],
        )
    except DomainError as error:
        form.take_error(error)
        return _split_page(request, ticket, movable, form, status=status_of(error))
    messages.success(request, _("Ticket %(number)s is open.") % {"number": ref(new.number)})
    return redirect("tickets:detail", new.number)


def _writer(message: Any) -> str:
    return str(message.author_label or message.from_address or _("The customer"))


def _split_page(
    request: StaffRequest, ticket: Ticket, movable: list[Any], form: SplitForm, *, status: int = 200
) -> HttpResponse:
    picked = form["messages"].value() or []
    rows = [(message, str(message.pk) in {str(one) for one in picked}, _writer(message)) for message in movable]
    return render(request, "tickets/split.html", {"ticket": ticket, "rows": rows, "form": form}, status=status)


@needs("ticket.view", "ticket.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def parent(request: StaffRequest, number: str) -> HttpResponse:
    """Say to which larger problem the ticket belongs, or that it belongs to none."""
    ticket = ticket_for(request.user, number)
    initial = {"parent": ref(ticket.parent.number) if ticket.parent else "", "version": ticket.version}
    form = ParentForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            typed = form.cleaned_data["parent"].strip()
            above = ticket_typed(request.user, typed) if typed else None
            if typed and (above is None or not parse_ref(typed)):
                form.add_error("parent", _("There is no such ticket, or it is not for you to see."))
            else:
                try:
                    set_parent(actor=request.user, ticket=ticket, parent=above, version=form.cleaned_data["version"])
                except DomainError as error:
                    form.take_error(error)
                    status = status_of(error)
                else:
                    messages.success(request, _("Saved."))
                    return redirect("tickets:detail", ticket.number)
    context = {"ticket": ticket, "form": form, "candidates": merge_candidates(request.user, ticket)}
    return render(request, "tickets/parent.html", context, status=status)
