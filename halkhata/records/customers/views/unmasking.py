"""Showing one masked field, once, on a page of its own."""

from django.http import HttpResponse
from django.shortcuts import render

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound, PermissionRefused
from halkhata.records.customers.forms.unmasking import UnmaskForm
from halkhata.records.customers.private_gate import SHOWN
from halkhata.records.customers.selectors.customers import customer_for
from halkhata.records.customers.services.unmasking import unmask_field


@needs("customer.view", "customer.unmask")
def unmask(request: StaffRequest, pk: int) -> HttpResponse:
    """Ask (why, if one likes), then see. Looking at this page shows nothing yet."""
    customer = customer_for(request.user, pk)
    field = (request.POST.get("field") or request.GET.get("field") or "")[:40]
    form = UnmaskForm(request.POST or None, initial={"field": field})
    value = ""
    if request.method == "POST" and form.is_valid():
        try:
            value = unmask_field(actor=request.user, customer=customer, field=field, reason=form.cleaned_data["reason"])
        except (PermissionRefused, NotFound):
            raise
        except DomainError as error:
            form.add_error(None, str(error.message))
    response = render(
        request, "customers/unmask.html", {"customer": customer, "form": form, "value": value, "field": field}
    )
    if value:
        setattr(response, SHOWN, (value,))
    return response
