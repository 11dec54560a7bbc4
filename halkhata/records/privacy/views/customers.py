"""One customer's consents and data: write down, export, hold, erase."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.foundation.accounts.names import names_of
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.text import fold_digits
from halkhata.records.customers.selectors.customers import customer_for
from halkhata.records.privacy.choices import DECIDED
from halkhata.records.privacy.forms import ConsentForm, EraseForm, ReasonForm
from halkhata.records.privacy.models import DataRequest, Erasure, LegalHold
from halkhata.records.privacy.policies import can_manage_privacy, require_privacy
from halkhata.records.privacy.selectors.consents import history_of, table_of
from halkhata.records.privacy.selectors.family import family_of
from halkhata.records.privacy.services.consents import record_consent
from halkhata.records.privacy.services.erasing import erase_person, what_stands_against, what_would_go
from halkhata.records.privacy.services.exporting import export_person
from halkhata.records.privacy.services.holds import end_hold, place_hold


@require_http_methods(["GET", "POST"])
@needs("customer.edit")
def consents(request: StaffRequest, pk: int) -> HttpResponse:
    """How the customer stands, every act, and the form for the next."""
    customer = customer_for(request.user, pk)
    if customer.merged_into_id:
        return redirect("privacy:consents", customer.merged_into_id)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            for channel in data["channels"]:
                record_consent(
                    actor=request.user, customer=customer, purpose=data["purpose"], channel=channel, act=data["act"],
                    source=data["source"], proof=data["proof"],
                )  # fmt: skip
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("privacy:consents", pk)
    manages = can_manage_privacy(request.user)
    history = history_of(customer.pk)
    names = names_of(event.actor_id_then for event in history)
    context = {
        "customer": customer,
        "form": form,
        "table": table_of(family_of(customer.pk), DECIDED),
        "history": [(event, names.get(event.actor_id_then or 0, event.actor_label)) for event in history],
        "manages": manages,
        "holds": LegalHold.objects.filter(customer=customer)[:20] if manages else [],
        "hold_form": ReasonForm(auto_id="hold_%s"),
        "requests": DataRequest.objects.filter(customer=customer).order_by("-received_at")[:20] if manages else [],
        "is_erased": Erasure.objects.filter(customer_id_then=customer.pk).exists(),
    }
    return render(request, "privacy/consents.html", context, status=422 if form.errors else 200)


@require_POST
@needs("privacy.manage")
def export(request: StaffRequest, pk: int) -> Any:
    """Everything about the customer as one file."""
    require_privacy(request.user)
    customer = customer_for(request.user, pk)
    file = export_person(actor=request.user, customer=customer, request=_request_of(request, pk))
    response = FileResponse(
        file, as_attachment=True, filename=f"customer-{pk}-{day_at(Installation.current()):%Y-%m-%d}.zip"
    )
    response["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
@needs("privacy.manage")
def erase(request: StaffRequest, pk: int) -> HttpResponse:
    """What would go and what would stay, then the act."""
    require_privacy(request.user)
    customer = customer_for(request.user, pk)
    form = EraseForm(request.POST or None)
    asked = _request_of(request, pk)
    if request.method == "POST" and form.is_valid():
        if fold_digits(form.cleaned_data["number"]).strip() != str(customer.pk):
            form.add_error("number", _("This is not the number of this customer."))
        else:
            try:
                erase_person(actor=request.user, customer=customer, request=asked)
            except Conflict as error:
                form.take_error(error)
            else:
                messages.success(request, _("The data were erased. Files and logs follow within a minute."))
                return redirect("privacy:requests")
    context = {
        "customer": customer,
        "form": form,
        "tables": what_would_go(customer),
        "reasons": what_stands_against(customer),
        "asked": asked,
    }
    return render(request, "privacy/erase.html", context, status=422 if form.errors else 200)


@require_POST
@needs("privacy.manage")
def hold_new(request: StaffRequest, pk: int) -> HttpResponse:
    """Hold the customer's data."""
    customer = customer_for(request.user, pk)
    place_hold(actor=request.user, customer=customer, reason=request.POST.get("reason", ""))
    messages.success(request, _("Nothing of this customer is erased until the hold is ended."))
    return redirect("privacy:consents", pk)


@require_POST
@needs("privacy.manage")
def hold_end(request: StaffRequest, pk: int) -> HttpResponse:
    """Let the hold go."""
    require_privacy(request.user)
    hold = get_object_or_404(LegalHold, pk=pk)
    end_hold(actor=request.user, hold=hold)
    messages.success(request, _("The hold is ended."))
    return redirect("privacy:consents", hold.customer_id)


def _request_of(request: StaffRequest, pk: int) -> DataRequest | None:
    """The request that this answers, when the address or the form names an open one of this customer."""
    number = request.POST.get("request") or request.GET.get("request", "")
    return DataRequest.objects.filter(number=number[:20], customer_id=pk).first() if number else None
