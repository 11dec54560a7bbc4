"""Who wants to come to the workshop: the list, the answers, and how many a branch takes."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.desks.service.booking_forms import BookingRuleForm, ConfirmForm, DeclineForm
from halkhata.desks.service.models import BookingRule, JobBooking
from halkhata.desks.service.policies import NOTHING_HERE
from halkhata.desks.service.selectors.bookings import (
    VIEWS,
    booking_counts,
    booking_for,
    booking_list,
    day_there,
)
from halkhata.desks.service.services.booking_rules import save_booking_rule
from halkhata.desks.service.services.bookings import confirm_booking, decline_booking, miss_booking
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of

PAGE = 25
VIEW_LABELS = {
    "asked": gettext_lazy("To be answered"), "confirmed": gettext_lazy("Coming"), "over": gettext_lazy("Over"),
}  # fmt: skip


@needs("job.view")
@require_safe
def bookings(request: StaffRequest) -> HttpResponse:
    """The list: to be answered, coming, over."""
    return _page(request)


@needs("job.view", "job.create")
@require_POST
def confirm(request: StaffRequest, number: str) -> HttpResponse:
    """The unit may come."""
    booking = _booking(request, number)
    form = ConfirmForm(request.POST, auto_id=f"id_{booking.pk}_yes_%s")

    def act() -> Any:
        data = form.cleaned_data
        confirm_booking(
            actor=request.user, booking=booking, on=data["on"], note=data["note"], version=data["version"]
        )  # fmt: skip

    return _do(request, booking, form, act, _("Confirmed. The customer is told."), "confirm_form")


@needs("job.view", "job.create")
@require_POST
def decline(request: StaffRequest, number: str) -> HttpResponse:
    """The desk cannot take it."""
    booking = _booking(request, number)
    form = DeclineForm(request.POST, auto_id=f"id_{booking.pk}_no_%s")

    def act() -> Any:
        data = form.cleaned_data
        decline_booking(actor=request.user, booking=booking, reason=data["reason"], version=data["version"])

    return _do(request, booking, form, act, _("Declined. The customer is told."), "decline_form")


@needs("job.view", "job.create")
@require_POST
def missed(request: StaffRequest, number: str) -> HttpResponse:
    """The unit did not come."""
    booking = _booking(request, number)
    try:
        miss_booking(actor=request.user, booking=booking)
    except DomainError as error:
        messages.error(request, str(error.message))
        return _page(request, status=status_of(error))
    messages.success(request, _("Saved."))
    return redirect(f"{reverse('service:bookings')}?view=over")


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StaffRequest) -> HttpResponse:
    """The numbers of each branch, one form each."""
    branches = list(Branch.objects.filter(is_active=True).select_related("booking_rule").order_by("path"))
    wanted = request.POST.get("branch", "") if request.method == "POST" else ""
    rows, status = [], 200
    for branch in branches:
        mine = wanted == str(branch.pk)
        known = getattr(branch, "booking_rule", None) or BookingRule(branch=branch)
        form = BookingRuleForm(
            request.POST if mine else None, auto_id=f"id_{branch.pk}_%s",
            initial={"per_day": known.per_day, "days_ahead": known.days_ahead},
        )  # fmt: skip
        if mine:
            status = 422
            if form.is_valid():
                try:
                    save_booking_rule(actor=request.user, branch=branch, **form.cleaned_data)
                except DomainError as error:
                    form.take_error(error)
                    status = status_of(error)
                else:
                    messages.success(request, _("Saved. What is booked already stays."))
                    return redirect("service:booking_rules")
        rows.append({"branch": branch, "form": form})
    return render(request, "service/booking_rules.html", {"rows": rows}, status=status)


def _booking(request: StaffRequest, number: str) -> JobBooking:
    found = booking_for(request.user, number)
    if found is None:
        raise NotFound("not_found", NOTHING_HERE)
    return found


def _do(
    request: StaffRequest, booking: JobBooking, form: Any, act: Callable[[], Any], said: str, name: str
) -> HttpResponse:
    if not form.is_valid():
        return _page(request, status=422, bound=(booking.pk, name, form))
    try:
        act()
    except DomainError as error:
        form.take_error(error)
        return _page(request, status=status_of(error), bound=(booking.pk, name, form))
    messages.success(request, said)
    return redirect("service:bookings")


def _page(request: StaffRequest, status: int = 200, bound: tuple[int, str, Any] | None = None) -> HttpResponse:
    view = request.GET.get("view", "")
    view = view if view in VIEWS else "asked"
    if bound is not None:
        state = JobBooking.objects.values_list("state", flat=True).get(pk=bound[0])
        view = next(name for name, states in VIEWS.items() if state in states)
    page = Paginator(booking_list(request.user, view), PAGE).get_page(request.GET.get("page"))
    counts = booking_counts(request.user)
    rows = [_row(booking, bound) for booking in page.object_list]
    context = {
        "rows": rows,
        "view": view,
        "tabs": [
            {"label": label, "url": f"?view={name}", "active": name == view, "count": counts.get(name)}
            for name, label in VIEW_LABELS.items()
        ],
        "may_answer": request.user.may("job.create"),
        "may_set": request.user.may("settings.edit"),
        "newer_url": f"?view={view}&page={page.previous_page_number()}" if page.has_previous() else "",
        "older_url": f"?view={view}&page={page.next_page_number()}" if page.has_next() else "",
    }
    return render(request, "service/bookings.html", context, status=status)


def _row(booking: JobBooking, bound: tuple[int, str, Any] | None) -> dict[str, Any]:
    start = {"version": booking.version}
    row = {
        "booking": booking,
        "confirm_form": ConfirmForm(initial={**start, "on": booking.on}, auto_id=f"id_{booking.pk}_yes_%s"),
        "decline_form": DeclineForm(initial=start, auto_id=f"id_{booking.pk}_no_%s"),
        "open_part": "",
        "is_past": booking.on < day_there(booking.branch),
        "phones": [one.value for one in booking.customer.contact_points.all() if one.kind == "phone"][:2],
    }
    if bound is not None and bound[0] == booking.pk:
        row[bound[1]], row["open_part"] = bound[2], bound[1]
    return row
