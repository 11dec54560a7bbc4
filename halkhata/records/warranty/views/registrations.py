"""Registrations: at the counter, the list that waits, and the decision."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.templatetags.halkhata import ref
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import store_file
from halkhata.records.catalog.selectors.units import unit_by_number
from halkhata.records.customers.selectors.keyset import page_by_time
from halkhata.records.customers.views.paging import page_links
from halkhata.records.warranty.choices import Channel, EvidenceState
from halkhata.records.warranty.forms import RegisterForm, RejectForm, VerifyForm
from halkhata.records.warranty.models import Registration
from halkhata.records.warranty.policies import NOTHING_HERE
from halkhata.records.warranty.selectors.registrations import registrations_for
from halkhata.records.warranty.services.registering import (
    note_registration,
    reject_registration,
    verify_registration,
)


@require_http_methods(["GET", "HEAD", "POST"])
@needs("warranty.register")
def register(request: StaffRequest) -> HttpResponse:
    """Somebody stands at the counter with a bill."""
    form = RegisterForm(request.POST or None, request.FILES or None, initial=_initial(request))
    if request.method == "POST" and form.is_valid():
        data = dict(form.cleaned_data)
        seen, upload = data.pop("seen"), data.pop("photo")
        try:
            registration = note_registration(
                actor=request.user, channel=Channel.COUNTER, branch=request.user.branch, photo=_stored(upload), **data
            )
            if seen:
                verify_registration(actor=request.user, registration=registration)
        except DomainError as error:
            form.take_error(error)
            return render(request, "warranty/register.html", {"form": form}, status=status_of(error))
        messages.success(request, _("Registered: %(number)s") % {"number": ref(registration.number)})
        return redirect("warranty:registration", registration.number)
    return render(request, "warranty/register.html", {"form": form}, status=422 if form.errors else 200)


def _initial(request: StaffRequest) -> dict[str, Any]:
    unit = unit_by_number(request.user, request.GET.get("unit", "")[:24])
    if unit is None:
        return {"seen": True}
    first = next(iter(unit.identifiers.all()), None)
    return {"serial": first.value if first else unit.number, "bought_on": unit.sold_on, "seen": True}


def _stored(upload: Any) -> StoredFile | None:
    return store_file(name=upload.name, data=upload.read()) if upload else None


@require_safe
@needs("warranty.view")
def registrations(request: StaffRequest) -> HttpResponse:
    """The list, what waits first by its own filter."""
    state = request.GET.get("state", EvidenceState.UNVERIFIED)
    states = [*EvidenceState.choices, ("all", _("All"))]
    page = page_by_time(
        registrations_for(request.user, state), field="created_at", before=request.GET.get("before"),
        after=request.GET.get("after"),
    )  # fmt: skip
    context = {
        "may_register": request.user.may("warranty.register"),
        "rows": page.items,
        "tabs": [{"label": label, "url": f"?state={value}", "active": value == state} for value, label in states],
        **page_links(request, page),
    }
    return render(request, "warranty/registrations.html", context)


@require_safe
@needs("warranty.view")
def registration(request: StaffRequest, number: str) -> HttpResponse:
    """One registration with its papers, and the two decisions."""
    return _page(request, _found(request, number))


@require_POST
@needs("warranty.register")
def verify(request: StaffRequest, number: str) -> HttpResponse:
    """The papers are good."""
    found = _found(request, number)
    form = VerifyForm(request.POST)
    if not form.is_valid():
        return _page(request, found, verify_form=form, status=422)
    try:
        verify_registration(
            actor=request.user, registration=found, version=form.seen_version,
            product=form.cleaned_data["product"], bought_on=form.cleaned_data["bought_on"],
            note=form.cleaned_data["note"],
        )  # fmt: skip
    except DomainError as error:
        form.take_error(error)
        return _page(request, _found(request, number), verify_form=form, status=status_of(error))
    messages.success(request, _("Verified. The warranty runs."))
    return redirect("warranty:registration", number)


@require_POST
@needs("warranty.register")
def reject(request: StaffRequest, number: str) -> HttpResponse:
    """The papers are not good."""
    found = _found(request, number)
    form = RejectForm(request.POST, auto_id="reject_%s")
    if not form.is_valid():
        return _page(request, found, reject_form=form, status=422)
    try:
        reject_registration(
            actor=request.user, registration=found, version=form.seen_version, reason=form.cleaned_data["reason"],
            note=form.cleaned_data["note"],
        )  # fmt: skip
    except DomainError as error:
        form.take_error(error)
        return _page(request, _found(request, number), reject_form=form, status=status_of(error))
    messages.success(request, _("Rejected. The reason is written down."))
    return redirect("warranty:registration", number)


def _found(request: StaffRequest, number: str) -> Registration:
    found = registrations_for(request.user).select_related("photo", "decided_by").filter(number=number).first()
    if found is None:
        raise NotFound("not_found", NOTHING_HERE)
    return found


def _page(
    request: StaffRequest,
    found: Registration,
    *,
    verify_form: VerifyForm | None = None,
    reject_form: RejectForm | None = None,
    status: int = 200,
) -> HttpResponse:
    start = {"version": found.version, "bought_on": found.bought_on, "product": found.product_id}
    waits = found.state == EvidenceState.UNVERIFIED and request.user.may("warranty.register")
    sees_customer = request.user.may("customer.see_private")
    context = {
        "row": found,
        "verify_form": (verify_form or VerifyForm(initial=start)) if waits else None,
        "reject_form": (reject_form or RejectForm(initial=start, auto_id="reject_%s")) if waits else None,
        "unit_seen": found.unit is not None,
        "phone": found.phone if sees_customer else "",
        "others": _others(request, found),
    }
    return render(request, "warranty/registration.html", context, status=status)


def _others(request: StaffRequest, found: Registration) -> list[Registration]:
    rows = registrations_for(request.user).filter(serial_folded=found.serial_folded).exclude(pk=found.pk)
    return list(rows[:5])
