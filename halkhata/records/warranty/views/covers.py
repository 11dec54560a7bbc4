"""Steps on one unit's warranty: void, begun with the installation, extended."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.form_choices import offer_choices
from halkhata.foundation.core.middleware import status_of
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.selectors.units import unit_by_number
from halkhata.records.warranty.forms import BeginForm, ExtendForm, VoidForm
from halkhata.records.warranty.models import Cover
from halkhata.records.warranty.policies import NOTHING_HERE
from halkhata.records.warranty.selectors.policies import extensions_for
from halkhata.records.warranty.services.covers import begin_covers, extend_covers, void_cover


@require_http_methods(["GET", "HEAD", "POST"])
@needs("warranty.void")
def void(request: StaffRequest, pk: int) -> HttpResponse:
    """A named reason, a manager, and the customer's view of it in mind."""
    cover = Cover.objects.visible_to(request.user).select_related("unit__product__brand").filter(pk=pk).first()
    if cover is None:
        raise NotFound("not_found", NOTHING_HERE)
    form = VoidForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            void_cover(actor=request.user, cover=cover, **form.cleaned_data)
        except DomainError as error:
            form.take_error(error)
            return render(request, "warranty/void.html", {"form": form, "cover": cover}, status=status_of(error))
        messages.success(request, _("Void. The reason is written down."))
        return redirect("catalog:unit", cover.unit.number)
    return render(request, "warranty/void.html", {"form": form, "cover": cover}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("warranty.register")
def begin(request: StaffRequest, number: str) -> HttpResponse:
    """Installed: the warranty runs from that day."""
    unit = _unit(request, number)
    form = BeginForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            begin_covers(actor=request.user, unit=unit, on=form.cleaned_data["on"])
        except DomainError as error:
            form.take_error(error)
            return render(request, "warranty/begin.html", {"form": form, "unit": unit}, status=status_of(error))
        messages.success(request, _("The warranty runs from that day."))
        return redirect("catalog:unit", unit.number)
    return render(request, "warranty/begin.html", {"form": form, "unit": unit}, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("warranty.register")
def extend(request: StaffRequest, number: str) -> HttpResponse:
    """A warranty bought on top."""
    unit = _unit(request, number)
    offers = {policy.code: policy for policy in extensions_for(unit.product)}
    form = ExtendForm(request.POST or None)
    offer_choices(form, "policy", [(code, policy.name) for code, policy in offers.items()])
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            extend_covers(
                actor=request.user, unit=unit, policy=offers[data["policy"]], sold_on=data["sold_on"],
                bill=data["bill"],
            )  # fmt: skip
        except DomainError as error:
            form.take_error(error)
            context = {"form": form, "unit": unit, "offers": offers}
            return render(request, "warranty/extend.html", context, status=status_of(error))
        messages.success(request, _("Extended."))
        return redirect("catalog:unit", unit.number)
    context = {"form": form, "unit": unit, "offers": offers}
    return render(request, "warranty/extend.html", context, status=422 if form.errors else 200)


def _unit(request: StaffRequest, number: str) -> Unit:
    unit = unit_by_number(request.user, number)
    if unit is None:
        raise NotFound("not_found", NOTHING_HERE)
    return unit
