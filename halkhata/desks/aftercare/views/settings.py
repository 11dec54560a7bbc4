"""Settings: rules of service, how early the shop reminds, service centres; and the nearest centre."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.desks.aftercare.forms import CentreForm, RuleForm, SettingsForm
from halkhata.desks.aftercare.models import ReminderRun, ServiceCentre, ServiceRule
from halkhata.desks.aftercare.policies import NOTHING_HERE
from halkhata.desks.aftercare.registry import unit_of_item
from halkhata.desks.aftercare.selectors.centres import nearest, nearest_for, spot_named, spot_of
from halkhata.desks.aftercare.selectors.rules import aftercare_settings
from halkhata.desks.aftercare.services.centres import save_centre
from halkhata.desks.aftercare.services.settings import FIELDS, save_rule, save_settings
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.templatetags.halkhata import phone
from halkhata.records.customers.models import Customer

MOST = 300
_RULE = ("product", "brand", "kind", "months", "usage_every", "is_active", "version")
_CENTRE = (
    "name_bn", "name_en", "phone", "district", "upazila", "address_bn", "address_en", "hours_bn", "hours_en",
    "capacity", "branch", "is_public", "is_active", "version",
)  # fmt: skip


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StaffRequest) -> HttpResponse:
    """All rules, and how early customers hear of it."""
    known = aftercare_settings()
    form = SettingsForm(request.POST or None, initial={name: getattr(known, name) for name in FIELDS})
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_settings(actor=request.user, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved. It holds from the next morning on."))
                return redirect("aftercare:rules")
    rows = ServiceRule.objects.select_related("product__brand", "product__kind", "brand", "kind")
    context = {
        "form": form,
        "rules": list(rows.order_by("-is_active", "pk")[:MOST]),
        "run": ReminderRun.objects.first(),
    }
    return render(request, "aftercare/rules.html", context, status=status)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rule(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A new rule, or one that is there."""
    row = ServiceRule.objects.filter(pk=pk).first() if pk is not None else None
    if pk is not None and row is None:
        raise NotFound("not_found", NOTHING_HERE)
    form = RuleForm(request.POST or None, initial=_initial(row, _RULE))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                save_rule(actor=request.user, rule=row, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved. It holds from the next morning on."))
                return redirect("aftercare:rules")
    return render(request, "aftercare/rule.html", {"form": form, "rule": row}, status=status)


@needs("settings.edit")
@require_safe
def centres(request: StaffRequest) -> HttpResponse:
    """All centres."""
    rows = ServiceCentre.objects.select_related("branch").prefetch_related("brands", "kinds")
    return render(request, "aftercare/centres.html", {"centres": list(rows.order_by("-is_active", "district")[:MOST])})


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def centre(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """A new centre, or one that is there."""
    row = ServiceCentre.objects.filter(pk=pk).first() if pk is not None else None
    if pk is not None and row is None:
        raise NotFound("not_found", NOTHING_HERE)
    initial = _initial(row, _CENTRE)
    if row is not None:
        initial |= {"brands": list(row.brands.all()), "kinds": list(row.kinds.all()), "phone": phone(row.phone)}
    form = CentreForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                saved = save_centre(actor=request.user, centre=row, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                if not saved.district_code:
                    messages.warning(
                        request, _("Saved. The district is in no list: this centre cannot be suggested as the nearest.")
                    )
                else:
                    messages.success(request, _("Saved."))
                return redirect("aftercare:centres")
    return render(request, "aftercare/centre.html", {"form": form, "centre": row}, status=status)


@needs("aftercare.view")
@require_safe
def nearest_centres(request: StaffRequest) -> HttpResponse:
    """The centres nearest to the customer of ``?about=K-1045``, or to a place that is typed.

    With ``part=1`` a card for the item's page; nothing where no centre is near.
    """
    typed = {name: request.GET.get(name, "").replace("\x00", "")[:80].strip() for name in ("district", "upazila")}
    item = _item(request)
    customer = item.customer if item is not None else None
    if customer is not None and not _sees(request, customer):
        customer = None
    unit = unit_of_item(item.pk) if item is not None else None
    if request.GET.get("part"):
        found = nearest_for(customer, unit)
        return render(request, "aftercare/near_part.html", {"found": found, "item": item})
    if any(typed.values()):
        place = {"brand_id": unit.product.brand_id, "kind_id": unit.product.kind_id} if unit is not None else {}
        found = nearest(spot_named(typed["district"], typed["upazila"]), limit=10, **place)
    else:
        found = nearest_for(customer, unit, limit=10)
    context = {
        "item": item, "customer": customer, "unit": unit, "found": found, "typed": typed,
        "knows_place": bool(spot_of(customer)) or any(typed.values()),
    }  # fmt: skip
    return render(request, "aftercare/nearest.html", context)


def _item(request: StaffRequest) -> WorkItem | None:
    number = parse_ref(request.GET.get("about", "")[:30].replace("\x00", ""))
    if number is None:
        return None
    return WorkItem.objects.visible_to(request.user).select_related("customer").filter(number=number).first()


def _sees(request: StaffRequest, customer: Customer) -> bool:
    may = request.user.may("customer.view")
    return may and Customer.objects.visible_to(request.user).filter(pk=customer.pk).exists()


def _initial(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names} if row is not None else {}
