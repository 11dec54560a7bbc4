"""Numbers and addresses of a customer: add, remove, use first."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.records.customers.forms.contacts import ContactPointForm
from halkhata.records.customers.selectors.customers import customer_for
from halkhata.records.customers.services.contacts import add_contact_point, make_primary, remove_contact_point


@require_http_methods(["GET", "POST"])
@needs("customer.edit")
def contact_new(request: StaffRequest, pk: int) -> HttpResponse:
    """One more number or address."""
    customer = customer_for(request.user, pk)
    if request.method == "POST":
        form = ContactPointForm(request.POST, user=request.user, customer=customer)
        if form.is_valid():
            try:
                add_contact_point(actor=request.user, customer=customer, **form.values())
            except DomainError as error:
                form.take_error(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("customers:detail", pk)
    else:
        form = ContactPointForm(user=request.user, customer=customer)
    status = 422 if form.is_bound else 200
    return render(request, "customers/contact_new.html", {"form": form, "customer": customer}, status=status)


@require_POST
@needs("customer.edit")
def contact_remove(request: StaffRequest, pk: int, point_pk: int) -> HttpResponse:
    """Take a number or address away."""
    customer = customer_for(request.user, pk)
    remove_contact_point(actor=request.user, point=get_object_or_404(customer.contact_points, pk=point_pk))
    messages.success(request, _("Removed."))
    return redirect("customers:detail", pk)


@require_POST
@needs("customer.edit")
def contact_primary(request: StaffRequest, pk: int, point_pk: int) -> HttpResponse:
    """Use this number or address first."""
    customer = customer_for(request.user, pk)
    make_primary(actor=request.user, point=get_object_or_404(customer.contact_points, pk=point_pk))
    messages.success(request, _("Saved."))
    return redirect("customers:detail", pk)
