"""Settings of the telephone: results of calls, extensions, telephone systems, repeated callers (A52.21, US-60)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.desks.tickets.call_forms import DispositionForm, RepeatForm, SystemForm
from halkhata.desks.tickets.call_models import Disposition, PhoneRules, PhoneSystem
from halkhata.desks.tickets.services.telephone import (
    add_system,
    new_secret_for,
    save_disposition,
    save_extensions,
    save_phone_rules,
    switch_system,
)
from halkhata.engines.work.policies import assignable
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.policies import within_reach
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.bengali_order import by_name
from halkhata.foundation.core.errors import DomainError, NotFound


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def phone(request: StaffRequest) -> HttpResponse:
    """The page; each of its forms says with ``part`` which one it is."""
    part = request.POST.get("part", "") if request.method == "POST" else ""
    rules = PhoneRules.objects.filter(pk=1).first() or PhoneRules()
    repeat = RepeatForm(
        request.POST if part == "repeat" else None,
        initial={"repeat_contacts": rules.repeat_contacts, "repeat_days": rules.repeat_days},
    )
    disposition = DispositionForm(request.POST if part == "disposition" else None)
    system = SystemForm(request.POST if part == "system" else None, user=request.user)
    people = by_name(assignable(request.user).select_related("extension", "branch"))
    error = None
    try:
        if part == "repeat" and repeat.is_valid():
            save_phone_rules(actor=request.user, **repeat.cleaned_data)
            return _saved(request)
        if part == "disposition" and disposition.is_valid():
            save_disposition(actor=request.user, row=None, **disposition.cleaned_data)
            return _saved(request)
        if part == "system" and system.is_valid():
            made, secret = add_system(actor=request.user, **system.cleaned_data)
            return _secret_page(request, made, secret)
        if part == "extensions":
            numbers = {person.pk: request.POST.get(f"extension_{person.pk}", "") for person in people}
            save_extensions(actor=request.user, numbers=numbers)
            return _saved(request)
    except DomainError as raised:
        form = {"repeat": repeat, "disposition": disposition, "system": system}.get(part)
        if form is not None:
            form.take_error(raised)
        else:
            error = raised
    context = {
        "repeat_form": repeat,
        "disposition_form": disposition,
        "system_form": system,
        "dispositions": Disposition.objects.all(),
        "systems": [
            {"system": one, "may": within_reach(request.user, one.branch)}
            for one in PhoneSystem.objects.select_related("branch")
        ],
        "people": [{"person": one, "number": _number_of(request, one, part)} for one in people],
        "error": error,
    }
    return render(request, "tickets/settings/phone.html", context, status=422 if part else 200)


@needs("settings.edit")
@require_POST
def disposition_switch(request: StaffRequest, pk: int) -> HttpResponse:
    """Offer a result no longer, or again. Calls that have it keep it."""
    row = Disposition.objects.filter(pk=pk).first()
    if row is None:
        raise NotFound("disposition_not_found", _("There is no such result."))
    save_disposition(actor=request.user, row=row, name_bn=row.name_bn, name_en=row.name_en, is_active=not row.is_active)
    return _saved(request)


@needs("settings.edit")
@require_POST
def system_secret(request: StaffRequest, pk: int) -> HttpResponse:
    """A new secret, shown once."""
    system = _system(request, pk)
    return _secret_page(request, system, new_secret_for(actor=request.user, system=system))


@needs("settings.edit")
@require_POST
def system_switch(request: StaffRequest, pk: int) -> HttpResponse:
    """Out of use, or into it again."""
    system = _system(request, pk)
    switch_system(actor=request.user, system=system, is_active=not system.is_active)
    return _saved(request)


def _system(request: StaffRequest, pk: int) -> PhoneSystem:
    system = PhoneSystem.objects.select_related("branch").filter(pk=pk).first()
    if system is None or not within_reach(request.user, system.branch):
        raise NotFound("phone_system_not_found", _("There is no such telephone system."))
    return system


def _number_of(request: StaffRequest, person: object, part: str) -> str:
    if part == "extensions":
        return request.POST.get(f"extension_{person.pk}", "")  # type: ignore[attr-defined]
    known = getattr(person, "extension", None)
    return known.number if known is not None else ""


def _saved(request: StaffRequest) -> HttpResponse:
    messages.success(request, _("Saved."))
    return redirect("tickets:phone")


def _secret_page(request: StaffRequest, system: PhoneSystem, secret: str) -> HttpResponse:
    address = request.build_absolute_uri(reverse("api_calls", args=[system.key]))
    return render(
        request, "tickets/settings/phone_secret.html", {"system": system, "secret": secret, "address": address}
    )
