"""One customer's clock and the hours in which they wish to be reached."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.records.customers.selectors.customers import customer_for
from halkhata.records.privacy.hours_forms import HoursForm
from halkhata.records.privacy.selectors.hours import clock_of, hours_of
from halkhata.records.privacy.services.hours import save_hours


@require_http_methods(["GET", "HEAD", "POST"])
@needs("customer.edit")
def hours(request: StaffRequest, pk: int) -> HttpResponse:
    """What holds now and where it comes from, and the form to say otherwise."""
    customer = customer_for(request.user, pk)
    if customer.merged_into_id:
        return redirect("privacy:hours", customer.merged_into_id)
    row = hours_of(customer.pk)
    initial: dict[str, Any] = {"version": row.version if row and row.customer_id == customer.pk else 0}
    if row:
        initial |= {"time_zone": row.time_zone, "earliest": row.earliest, "latest": row.latest}
    form, status = HoursForm(request.POST or None, initial=initial), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_hours(actor=request.user, customer=customer, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("privacy:consents", pk)
    phones = customer.contact_points.filter(kind="phone")
    clock = clock_of(customer.pk, phone=next((point.value for point in phones), ""))
    context = {"customer": customer, "form": form, "clock": clock, "one_zone": len(clock.zones) == 1}
    return render(request, "privacy/hours.html", context, status=status)
