"""Pages of parcels: what is on its way, one parcel, giving something to a courier."""

import secrets

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.engines.deliveries.models import DeliveryPromise, Parcel
from halkhata.engines.deliveries.parcel_forms import EventForm, GiveForm
from halkhata.engines.deliveries.selectors.parcels import (
    FIRST_VIEW,
    VIEWS,
    parcel_counts,
    parcel_for,
    parcel_page,
    parcels_of_item,
    silent_before,
)
from halkhata.engines.deliveries.selectors.promises import promise_for
from halkhata.engines.deliveries.services.parcels import give_to_courier
from halkhata.engines.deliveries.services.tracking import take_event
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.rows import item_url
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.capped import shown_on_tab
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.middleware import status_of
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.views.paging import page_links

VIEW_LABELS = {
    "way": gettext_lazy("On the way"),
    "late": gettext_lazy("Late"),
    "failed": gettext_lazy("Not delivered"),
    "silent": gettext_lazy("No news"),
    "ended": gettext_lazy("Arrived or back"),
}


@needs("work.view")
@require_safe
def parcels(request: StaffRequest) -> HttpResponse:
    """What couriers carry for the branches in reach."""
    view = request.GET.get("view", "")
    view = view if view in VIEWS else FIRST_VIEW
    text = request.GET.get("q", "")[:60]
    page = parcel_page(request.user, view, text=text, before=request.GET.get("before"), after=request.GET.get("after"))
    counts = parcel_counts(request.user)
    tabs = [
        {
            "label": label, "url": f"?view={name}", "active": name == view and not text.strip(),
            **(shown_on_tab(counts[name]) if name in counts else {}),
        }
        for name, label in VIEW_LABELS.items()
    ]  # fmt: skip
    context = {
        "rows": page.items, "tabs": tabs, "view": view, "text": text, "silent_before": silent_before(),
        **page_links(request, page),
    }  # fmt: skip
    return render(request, "deliveries/parcels.html", context)


@needs("work.view")
@require_http_methods(["GET", "HEAD"])
def parcel(request: StaffRequest, pk: int) -> HttpResponse:
    """One parcel with all that happened to it."""
    return _page(request, parcel_for(request.user, pk))


@needs("work.view", "promise.edit")
@require_POST
def parcel_event(request: StaffRequest, pk: int) -> HttpResponse:
    """What somebody heard of it."""
    found = parcel_for(request.user, pk)
    form = EventForm(request.POST)
    status = 422
    if form.is_valid():
        data = form.cleaned_data
        key = f"staff:{data['key']}" if data["key"] else ""
        try:
            take_event(
                actor=request.user, parcel=found, kind=data["kind"], happened_at=data["happened_at"],
                place=data["place"], reason=data["reason"], key=key,
            )  # fmt: skip
        except DomainError as error:
            form.take_error(error)
            status = status_of(error)
        else:
            messages.success(request, _("Written down."))
            return redirect("deliveries:parcel", found.pk)
    return _page(request, parcel_for(request.user, pk), form=form, status=status)


@needs("work.view", "promise.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def parcel_new(request: StaffRequest) -> HttpResponse:
    """``?promise=3``, ``?about=J-12`` or ``?unit=U-7``: a courier carries it."""
    promise, item, unit = _subject(request)
    form = GiveForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = give_to_courier(actor=request.user, promise=promise, item=item, unit=unit, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Written down. News of it appear here and on the customer's page."))
                return redirect("deliveries:parcel", made.pk)
    context = {"form": form, "promise": promise, "item": item, "unit": unit}
    return render(request, "deliveries/parcel_new.html", context, status=status)


@needs("work.view")
@require_safe
def about(request: StaffRequest) -> HttpResponse:
    """``?about=J-12``: the parcels of a piece of work; with ``part=1`` a card for its page, or nothing."""
    number = parse_ref(request.GET.get("about", "")[:30].replace("\x00", ""))
    rows = parcels_of_item(request.user, number) if number else []
    if request.GET.get("part") == "1":
        return render(request, "deliveries/parcels_card.html", {"parcels": rows})
    return redirect("deliveries:parcel", rows[0].pk) if rows else redirect("deliveries:parcels")


def _subject(request: StaffRequest) -> tuple[DeliveryPromise | None, WorkItem | None, Unit | None]:
    given = request.POST if request.method == "POST" else request.GET
    pk = given.get("promise", "")
    if pk.isascii() and pk.isdigit() and len(pk) < 19:
        return promise_for(request.user, int(pk)), None, None
    about_number = parse_ref(given.get("about", "")[:30].replace("\x00", ""))
    if about_number:
        rows = WorkItem.objects.visible_to(request.user).select_related("customer", "branch", "team", "owner")
        item = rows.filter(number=about_number).first()
        if item is not None:
            return None, item, None
    unit_number = parse_ref(given.get("unit", "")[:30].replace("\x00", ""))
    if unit_number and request.user.may("unit.view"):
        units = Unit.objects.visible_to(request.user).select_related("branch", "owner", "product")
        unit = units.filter(number=unit_number).first()
        if unit is not None:
            return None, None, unit
    raise NotFound("not_found", _("Choose first what is sent: on the page of the promised date, the work or the unit."))


def _page(request: StaffRequest, found: Parcel, *, form: EventForm | None = None, status: int = 200) -> HttpResponse:
    promise = found.promise
    context = {
        "parcel": found,
        "events": list(found.events.order_by("-happened_at", "-pk")),
        "item_url": item_url(found.item) if found.item is not None else "",
        "promise": promise,
        "form": form or EventForm(initial={"key": secrets.token_hex(12)}),
        "may_edit": request.user.may("promise.edit"),
        "may_see_unit": request.user.may("unit.view"),
    }
    return render(request, "deliveries/parcel.html", context, status=status)
