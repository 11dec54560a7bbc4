"""Settings of couriers: who carries, their systems' secrets, files, and messages that wait (A56.21)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.engines.deliveries.models import Courier, CourierMessage
from halkhata.engines.deliveries.parcel_choices import MessageState
from halkhata.engines.deliveries.parcel_forms import CourierForm, DropForm, EventFileForm, SilenceForm
from halkhata.engines.deliveries.selectors.parcels import waiting_messages
from halkhata.engines.deliveries.selectors.rules import tracking_rules
from halkhata.engines.deliveries.services.couriers import (
    new_courier_secret,
    save_courier,
    save_tracking_rules,
)
from halkhata.engines.deliveries.services.event_files import MOST_BYTES, take_file
from halkhata.engines.deliveries.services.inbox import drop_message, try_again
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.reader import current_reader
from halkhata.records.customers.views.paging import page_links


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def couriers(request: StaffRequest) -> HttpResponse:
    """Who carries parcels, and after how much silence somebody is told."""
    form = SilenceForm(
        request.POST if request.method == "POST" else None, initial={"silent_days": tracking_rules().silent_days}
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            save_tracking_rules(actor=request.user, **form.cleaned_data)
            messages.success(request, _("Saved."))
            return redirect("deliveries:couriers")
    context = {
        "couriers": list(Courier.objects.all()),
        "waiting": CourierMessage.objects.filter(state=MessageState.WAITING)[:100].count(),
        "form": form,
    }
    return render(request, "deliveries/couriers.html", context, status=status)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def courier_edit(request: StaffRequest, pk: int | None = None) -> HttpResponse:
    """One courier, or a new one."""
    row = _courier(pk) if pk is not None else None
    names = ("name_bn", "name_en", "phone", "tracking_address", "is_active")
    initial = {name: getattr(row, name) for name in names} if row is not None else {}
    form = CourierForm(request.POST if request.method == "POST" else None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                made = save_courier(actor=request.user, courier=row, **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("deliveries:courier", made.pk)
    context = {"courier": row, "form": form, "file_form": EventFileForm()}
    return render(request, "deliveries/courier.html", context, status=status)


@needs("settings.edit")
@require_POST
def courier_secret(request: StaffRequest, pk: int) -> HttpResponse:
    """A new secret, shown once, with the address that the courier's system calls."""
    row = _courier(pk)
    secret = new_courier_secret(actor=request.user, courier=row)
    address = request.build_absolute_uri(reverse("api_courier_news", args=[row.key]))
    return render(request, "deliveries/courier_secret.html", {"courier": row, "secret": secret, "address": address})


@needs("settings.edit")
@require_POST
def courier_file(request: StaffRequest, pk: int) -> HttpResponse:
    """The courier's file of events."""
    row = _courier(pk)
    form = EventFileForm(request.POST, request.FILES)
    status = 422
    if form.is_valid():
        try:
            found = take_file(actor=request.user, courier=row, content=form.cleaned_data["file"].read(MOST_BYTES + 1))
        except DomainError as error:
            form.take_error(error)
            status = status_of(error)
        else:
            said = _("%(taken)s lines taken, %(known)s known before, %(waiting)s wait.") % {
                "taken": _num(found.taken), "known": _num(found.known), "waiting": _num(found.waiting),
            }  # fmt: skip
            messages.success(request, said)
            return redirect("deliveries:courier_messages" if found.waiting else "deliveries:parcels")
    names = ("name_bn", "name_en", "phone", "tracking_address", "is_active")
    edit = CourierForm(initial={name: getattr(row, name) for name in names})
    return render(request, "deliveries/courier.html", {"courier": row, "form": edit, "file_form": form}, status=status)


@needs("settings.edit")
@require_safe
def waiting(request: StaffRequest) -> HttpResponse:
    """Messages that could not be taken: nothing of them is lost."""
    return _waiting(request)


@needs("settings.edit")
@require_POST
def message_again(request: StaffRequest, pk: int) -> HttpResponse:
    """Try to take it now."""
    message = _message(pk)
    if try_again(actor=request.user, message=message):
        messages.success(request, _("Taken."))
    else:
        messages.warning(request, _("It still cannot be taken."))
    return redirect("deliveries:courier_messages")


@needs("settings.edit")
@require_POST
def message_drop(request: StaffRequest, pk: int) -> HttpResponse:
    """Put it aside, with the reason."""
    message = _message(pk)
    form = DropForm(request.POST)
    if not form.is_valid():
        return _waiting(request, form=form, about=message.pk, status=422)
    drop_message(actor=request.user, message=message, note=form.cleaned_data["note"])
    messages.success(request, _("Put aside."))
    return redirect("deliveries:courier_messages")


def _waiting(
    request: StaffRequest, *, form: DropForm | None = None, about: int | None = None, status: int = 200
) -> HttpResponse:
    page = waiting_messages(before=request.GET.get("before"), after=request.GET.get("after"))
    rows = [
        {"message": one, "form": form if form is not None and one.pk == about else DropForm(auto_id=f"id_{one.pk}_%s")}
        for one in page.items
    ]
    context = {"rows": rows, **page_links(request, page)}
    return render(request, "deliveries/courier_messages.html", context, status=status)


def _courier(pk: int) -> Courier:
    found = Courier.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("courier_not_found", _("There is no such courier."))
    return found


def _message(pk: int) -> CourierMessage:
    found = CourierMessage.objects.filter(pk=pk).select_related("courier").first()
    if found is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return found


def _num(value: int) -> str:
    return format_number(value, digits=current_reader().digits)
