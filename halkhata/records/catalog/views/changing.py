"""Changing a unit: a reading, another owner, corrected numbers."""

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.foundation.accounts.models import in_reader_language
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.records.catalog.selectors.who import NEW, Found, customer_seen, line_of, who_is
from halkhata.records.catalog.services.correcting import correct_unit
from halkhata.records.catalog.services.owners import transfer_unit
from halkhata.records.catalog.services.readings import add_reading
from halkhata.records.catalog.unit_forms import CorrectionForm, ReadingForm, TransferForm, extra_in, identifiers_in
from halkhata.records.catalog.views.unit import unit_or_404, unit_page
from halkhata.records.customers.models import Customer


@require_POST
@needs("unit.view", "unit.edit")
def unit_reading(request: StaffRequest, number: str) -> HttpResponse:
    """Write down what the meter shows."""
    unit = unit_or_404(request, number)
    form = ReadingForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            reading = add_reading(actor=request.user, unit=unit, source="counter", **form.cleaned_data)
        except DomainError as error:
            form.take_error(error)
            status = status_of(error)
        else:
            if reading.went_back:
                messages.warning(request, _("Saved. The reading is below an earlier one: was the meter changed?"))
            else:
                messages.success(request, _("Saved."))
            return redirect("catalog:unit", unit.number)
    return unit_page(request, unit, status=status, reading_form=form)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("unit.view", "unit.edit", "customer.view")
def unit_transfer(request: StaffRequest, number: str) -> HttpResponse:
    """Hand a unit on to another customer, with the registered owner's consent."""
    unit = unit_or_404(request, number)
    form = TransferForm(request.POST) if request.method == "POST" else TransferForm()
    status = 200
    if form.is_bound:
        status = 422
        to = _new_owner(request, form)
        if form.is_valid() and to is not None:
            data = form.cleaned_data
            try:
                transfer_unit(actor=request.user, unit=unit, to=to, on=data["on"], consent=data["consent"])
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("The unit is registered for %(name)s now.") % {"name": to})
                return redirect("catalog:unit", unit.number)
    kind = unit.product.kind
    context = {"unit": unit, "form": form, "notice": in_reader_language(kind.notice_bn, kind.notice_en)}
    return render(request, "catalog/transfer.html", context, status=status)


def _new_owner(request: StaffRequest, form: TransferForm) -> Customer | None:
    """The customer that was typed or chosen. A new one is written down on a page of its own first."""
    text = request.POST.get("who", "")[:120]
    found = who_is(request.user, text) if text.strip() else Found([])
    if found.sure is not None:
        return found.sure
    picked = customer_seen(request.user, request.POST.get("chosen"))
    field = form.fields["chosen"]
    assert isinstance(field, forms.ChoiceField)
    if found.offered:
        field.widget = forms.RadioSelect()
        field.choices = [(str(one.pk), line_of(request.user, one)) for one in found.offered]
        if picked in found.offered:
            return picked
        form.full_clean()
        form.add_error("chosen", _("Who is it? Choose one."))
    elif text.strip():
        field.choices = [(NEW, "")]
        form.full_clean()
        form.add_error("who", _("Nobody is found. Write the new owner down as a customer first."))
    return None


@require_http_methods(["GET", "HEAD", "POST"])
@needs("unit.view", "unit.edit")
def unit_edit(request: StaffRequest, number: str) -> HttpResponse:
    """Correct the numbers and details of a unit."""
    unit = unit_or_404(request, number)
    form = CorrectionForm(request.POST, unit=unit) if request.method == "POST" else CorrectionForm(unit=unit)
    status, taken = 200, None
    if form.is_bound:
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                correct_unit(
                    actor=request.user,
                    unit=unit,
                    identifiers=identifiers_in(data),
                    extra=extra_in(data),
                    batch=data.get("batch"),
                    version=form.seen_version,
                )
            except DomainError as error:
                form.take_error(error)
                status, taken = status_of(error), error
            else:
                messages.success(request, _("Saved."))
                return redirect("catalog:unit", unit.number)
    context = {
        "unit": unit,
        "form": form,
        "taken_url": taken.data.get("url", "") if taken is not None else "",
        "taken_number": taken.data.get("unit_number", "") if taken is not None else "",
    }
    return render(request, "catalog/edit.html", context, status=status)
