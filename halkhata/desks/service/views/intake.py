"""Taking a unit in: find it by serial or phone, then one form (US-14)."""

import secrets
from datetime import datetime, time, timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.desks.service.forms import IntakeForm
from halkhata.desks.service.selectors.bookings import open_booking_of
from halkhata.desks.service.selectors.jobs import job_in_house, jobs_of_unit
from halkhata.desks.service.services.opening import open_job
from halkhata.desks.service.services.photos import store_photos
from halkhata.engines.work.policies import assignable_names
from halkhata.engines.work.selectors.calendars import next_working_time
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.reader import current_reader
from halkhata.foundation.core.templatetags.halkhata import ref
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.selectors.unit_page import details_of
from halkhata.records.catalog.selectors.units import find_units, unit_by_number, units_of
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.search import search_customers
from halkhata.records.warranty.selectors.history import open_campaigns
from halkhata.records.warranty.selectors.verdict import verdict_of

MOST_FOUND = 12


@needs("job.view", "job.create")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """Which unit; then the card. One unit found is chosen at once."""
    unit = _unit(request)
    if unit is None:
        return _choose(request)
    customer = unit.owner if unit.owner is not None else _customer(request)
    if customer is not None and not Customer.objects.visible_to(request.user).filter(pk=customer.pk).exists():
        customer = None
    booking = open_booking_of(unit)
    form = IntakeForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        people=assignable_names(request.user),
        has_meter=bool(unit.product.kind.usage_unit),
        initial={
            "token": secrets.token_urlsafe(18),
            "promised_for": _in_two_days(request),
            "complaint": booking.complaint if booking is not None else "",
        },
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = dict(form.cleaned_data)
            token = data.pop("token")
            try:
                photos = store_photos(data.pop("photos"))
                job = open_job(
                    actor=request.user, unit=unit, customer=customer, branch=request.user.branch, photos=photos,
                    team=request.user.teams.filter(is_active=True).order_by("pk").first(), owner=request.user,
                    cause=f"intake:{request.user.pk}:{token}", **data,
                )  # fmt: skip
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Job card %(number)s is open.") % {"number": ref(job.number)})
                return redirect("service:detail", job.number)
    context = {
        "form": form, "unit": unit, "customer": customer, "verdict": verdict_of(unit), "here": job_in_house(unit),
        "campaigns": open_campaigns(unit),
        "booking": booking,
        "numbers": [row for row in details_of(unit) if row["is_identifier"]],
        "earlier": list(jobs_of_unit(request.user, unit)[:5]),
        "coupons": list(unit.coupons.filter(state="due").order_by("number")[:3]),
    }  # fmt: skip
    return render(request, "service/new.html", context, status=status)


def _choose(request: StaffRequest) -> HttpResponse:
    typed = request.GET.get("q", "").strip()[:100]
    customer = _customer(request)
    found: list[Unit] = []
    if customer is not None:
        found = list(units_of(customer).filter(pk__in=Unit.objects.visible_to(request.user).values("pk"))[:MOST_FOUND])
    elif typed:
        found = find_units(request.user, typed, MOST_FOUND)
        if not found and request.user.may("customer.view"):
            owners = search_customers(request.user, typed, 5)
            for owner in owners:
                found += list(
                    units_of(owner).filter(pk__in=Unit.objects.visible_to(request.user).values("pk"))[:MOST_FOUND]
                )
    if typed and len(found) == 1:
        return redirect(f"{request.path}?unit={found[0].number}")
    context = {
        "typed": typed, "found": found, "customer": customer, "may_sell": request.user.may("sale.record"),
        "may_register": request.user.may("warranty.register"),
    }  # fmt: skip
    return render(request, "service/choose_unit.html", context)


def _unit(request: StaffRequest) -> Unit | None:
    number = request.POST.get("unit") or request.GET.get("unit") or ""
    return unit_by_number(request.user, number) if number else None


def _customer(request: StaffRequest) -> Customer | None:
    pk = request.POST.get("customer") or request.GET.get("customer") or ""
    if not (pk.isascii() and pk.isdigit() and len(pk) < 19):
        return None
    return Customer.objects.visible_to(request.user).active().filter(pk=int(pk)).first()


def _in_two_days(request: StaffRequest) -> datetime:
    """A promise to start from: in two days at five, or when the branch opens next."""
    zone = current_reader().zone
    day = now().astimezone(zone).date() + timedelta(days=2)
    return next_working_time(request.user.branch, datetime.combine(day, time(17), tzinfo=zone)).astimezone(zone)
