"""Forms that write customers down and change them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.records.customers.forms.writing import CustomerForm, NewCustomerForm
from halkhata.records.customers.models import Customer
from halkhata.records.customers.policies import refuse_unless_may_edit
from halkhata.records.customers.registry import customer_actions
from halkhata.records.customers.selectors.customers import customer_for
from halkhata.records.customers.services.customers import create_customer, update_customer
from halkhata.records.customers.views.detail import action_url


@require_http_methods(["GET", "POST"])
@needs("customer.edit")
def customer_new(request: StaffRequest) -> HttpResponse:
    """Write a customer down. The address may bring phone, e-mail or name from the search box."""
    if request.method == "POST":
        form = NewCustomerForm(request.POST, user=request.user)
        if form.is_valid():
            try:
                customer = create_customer(actor=request.user, **form.values())
            except DomainError as error:
                form.take_error(error)
            else:
                messages.success(request, _("%(name)s is written down.") % {"name": customer})
                return redirect(_next_page(request, customer))
    else:
        form = NewCustomerForm(initial=NewCustomerForm.initial_from(request.GET, request.user), user=request.user)
    status = 422 if form.is_bound else 200
    actions = [
        (code, action)
        for code, action in customer_actions.items()
        if action.primary and request.user.may(action.permission)
    ]
    return render(request, "customers/new.html", {"form": form, "then_actions": actions}, status=status)


@require_http_methods(["GET", "POST"])
@needs("customer.edit")
def customer_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a customer's own record; what somebody else changed meanwhile is shown, and the typed text stays."""
    refuse_unless_may_edit(request.user)
    customer = customer_for(request.user, pk)
    if customer.merged_into_id:
        return redirect("customers:edit", customer.merged_into_id)
    status = 200
    if request.method == "POST":
        form = CustomerForm(request.POST, user=request.user, customer=customer)
        status = 422
        if form.is_valid():
            try:
                update_customer(actor=request.user, customer=customer, version=form.seen_version, **form.values())
            except Conflict as error:
                form = form.after_conflict(customer_for(request.user, pk), error)
                status = 409
            except DomainError as error:
                form.take_error(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("customers:detail", pk)
    else:
        form = CustomerForm(initial=CustomerForm.initial_of(customer), user=request.user, customer=customer)
    return render(request, "customers/edit.html", {"form": form, "customer": customer}, status=status)


def _next_page(request: StaffRequest, customer: Customer) -> str:
    """Where to go after saving: straight on to the action whose button was pressed, else to the customer."""
    action = customer_actions.find(request.POST.get("then", ""))
    url = action_url(action.url_name, customer) if action else ""
    return url or reverse("customers:detail", args=[customer.pk])
