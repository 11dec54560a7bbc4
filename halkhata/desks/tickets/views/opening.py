"""A new ticket on behalf of a caller or somebody at the counter (US-07)."""

import secrets
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.desks.tickets.choices import Impact, Urgency
from halkhata.desks.tickets.forms import NEW_TICKET, OTHER_PERSON, NewTicketForm
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.related import open_tickets_of
from halkhata.desks.tickets.selectors.repeat_caller import repeat_caller
from halkhata.desks.tickets.services.calling import add_to_open_ticket, customer_of_caller, open_for_caller
from halkhata.desks.tickets.services.priority import priority_of, safety_words_in
from halkhata.desks.tickets.views.attached import take_files
from halkhata.engines.work.choices import Priority
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.templatetags.halkhata import localdate, ref
from halkhata.records.customers.models import Customer

# Fields that go to the service as they are.
PASSED_ON = ("text", "channel", "kind", "category", "impact", "urgency", "serial", "caller_name")


@needs("ticket.view", "ticket.create")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """The form, and what becomes of it: a ticket, a message on an open ticket, or one question back."""
    customer = _customer(request, request.POST.get("customer") or request.GET.get("customer"))
    if request.method != "POST":
        initial = {
            "token": secrets.token_urlsafe(18),
            "phone": request.GET.get("phone", ""),
            "caller_name": request.GET.get("name", ""),
        }
        return _page(request, NewTicketForm(initial=initial, has_customer=customer is not None), customer)
    form = NewTicketForm(request.POST, request.FILES, has_customer=customer is not None)
    open_tickets = _offer(request, form, customer)
    matches = _ask_who_again(request, form) if customer is None else []
    files = take_files(request, form)
    if not form.is_valid():
        return _page(request, form, customer, status=422)
    data = form.cleaned_data
    try:
        if customer is None:
            chosen = next((match for match in matches if str(match.pk) == data["who"]), None)
            if chosen is not None:
                # Only now it is known who calls: perhaps about something that is open already.
                customer = chosen
                if open_tickets_of(request.user, customer):
                    return _page(request, _again(request, customer, form), customer)
            else:
                customer = customer_of_caller(
                    actor=request.user,
                    name=data["caller_name"],
                    phone=data["phone"],
                    is_another_person=data["who"] == OTHER_PERSON,
                    serial=data["serial"],
                )
        chosen_ticket = next((ticket for ticket in open_tickets if ticket.number == data["add_to"]), None)
        if chosen_ticket is not None:
            add_to_open_ticket(actor=request.user, ticket=chosen_ticket, text=data["text"], files=files)
            messages.success(request, _("Added to %(number)s.") % {"number": ref(chosen_ticket.number)})
            return redirect("tickets:detail", chosen_ticket.number)
        ticket = open_for_caller(
            actor=request.user,
            customer=customer,
            files=files,
            cause=f"desk:{request.user.pk}:{data['token']}",
            **{name: data[name] for name in PASSED_ON},
        )
    except DomainError as error:
        if error.code == "possible_duplicate" and customer is None:
            return _ask_who(request, form, error)
        form.take_error(error)
        return _page(request, form, customer, status=status_of(error))
    messages.success(request, _("Ticket %(number)s is open.") % {"number": ref(ticket.number)})
    return redirect("tickets:detail", ticket.number)


@needs("ticket.view", "ticket.create")
@require_POST
def preview(request: StaffRequest) -> HttpResponse:
    """What priority the ticket would get, while it is being written (A52.9)."""
    words = safety_words_in(request.POST.get("text", "")[:20_000])
    try:
        priority = priority_of(request.POST.get("impact", Impact.MEDIUM), request.POST.get("urgency", Urgency.MEDIUM))
    except ValueError:
        priority = Priority.NORMAL
    return render(request, "tickets/_priority_preview.html", preview_context(priority, words))


def preview_context(priority: Priority, words: list[str]) -> dict[str, Any]:
    """Values of the preview."""
    shown = Priority.URGENT if words else priority
    return {"preview_priority": shown.value, "preview_label": shown.label, "preview_words": words}


def _page(request: StaffRequest, form: NewTicketForm, customer: Customer | None, *, status: int = 200) -> HttpResponse:
    if customer is not None and not form.is_bound:
        _offer(request, form, customer)
    context = {
        "form": form,
        "customer": customer,
        "repeat": repeat_caller(request.user, customer),
        **preview_context(Priority.NORMAL, []),
    }
    return render(request, "tickets/new.html", context, status=status)


def _customer(request: StaffRequest, pk: str | None) -> Customer | None:
    if not pk or not (pk.isascii() and pk.isdigit()) or len(pk) > 18:
        return None
    return Customer.objects.visible_to(request.user).active().prefetch_related("contact_points").filter(pk=pk).first()


def _offer(request: StaffRequest, form: NewTicketForm, customer: Customer | None) -> list[Ticket]:
    """Let the form offer the customer's open tickets. Returns them."""
    found = open_tickets_of(request.user, customer) if customer is not None else []
    if found:
        form.ask_add_to(found, _line_of)
    else:
        form.limit("add_to", [("", ""), (NEW_TICKET, "")])
    return found


def _line_of(ticket: Ticket) -> str:
    return _("Yes, %(number)s: %(subject)s (%(date)s)") % {
        "number": ref(ticket.number),
        "subject": ticket.subject,
        "date": localdate(ticket.opened_at, "short"),
    }


def _ask_who(request: StaffRequest, form: NewTicketForm, error: DomainError) -> HttpResponse:
    """The number is known: ask whether it is one of those people. Who is hidden from the user is not named."""
    matches = [match.customer for match in error.data["matches"] if not match.is_hidden]
    form.ask_who([(str(customer.pk), str(customer)) for customer in matches])
    is_number = any(match.values for match in error.data["matches"])
    form.add_error("who", _("This number is known. Who is calling?") if is_number else _whose_unit(error))
    return _page(request, form, None, status=409)


def _whose_unit(error: DomainError) -> str:
    """The question about a serial number that is somebody's."""
    return _("%(what)s Who is calling?") % {"what": error.message}


def _ask_who_again(request: StaffRequest, form: NewTicketForm) -> list[Customer]:
    """The second time round the answer is there: make it valid. Only customers whom the user sees can be chosen."""
    who = request.POST.get("who", "")
    chosen = _customer(request, who)
    if who:
        form.ask_who([(who, str(chosen))] if chosen is not None else [])
    else:
        form.limit("who", [("", "")])
    return [chosen] if chosen is not None else []


def _again(request: StaffRequest, customer: Customer, sent: NewTicketForm) -> NewTicketForm:
    """The same form for a customer who is known now, with everything that was typed and chosen."""
    values = {name: request.POST.get(name, "") for name in (*PASSED_ON, "token")}
    form = NewTicketForm(initial=values, has_customer=True)
    form.waiting = sent.waiting
    _offer(request, form, customer)
    return form
