"""Booking a visit to the workshop, and taking it back."""

from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.desks.service.models import JobBooking
from halkhata.desks.service.selectors.bookings import FreeDay, free_days
from halkhata.desks.service.services.bookings import ask_booking, withdraw_booking
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.mine_forms import BookForm
from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.pages import customer_render
from halkhata.doors.portal.selectors.mine import OwnUnit, own_unit
from halkhata.doors.portal.sending import SentPhotos, photos_of
from halkhata.doors.portal.services.drafts import close_draft, held_draft
from halkhata.doors.portal.services.following import CUSTOMER, SESSION_LIVES
from halkhata.doors.portal.tokens import form_id, new_form_token
from halkhata.doors.portal.views.mine import my_page
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.selectors.family import family_of_survivor

# Forms an hour from one network address.
MOST = 30


@require_http_methods(["GET", "HEAD", "POST"])
@my_page
def book(request: HttpRequest, *, session: FollowRequest, customer: Customer, number: str) -> HttpResponse:
    """What is wrong, a day on which the branch is open and has a place left, photos."""
    own = own_unit(customer, number)
    if own is None:
        return customer_render(request, "portal/mine_problem.html", {}, 404)
    where = reverse("portal:mine_unit", args=[own.unit.number])
    days = free_days(own.unit.branch)
    if request.method != "POST":
        if own.booking is not None or own.job is not None:
            return redirect(where)
        form = BookForm(initial={"token": new_form_token()}, days=days)
        return _page(request, session, own, form, days, None)
    own_id = form_id(request.POST.get("token", ""))
    if own_id is not None and JobBooking.objects.filter(key=_key(own_id), unit=own.unit).exists():
        return redirect(f"{where}?said=booked")  # the same press a second time
    form = BookForm(request.POST, request.FILES, days=days)
    photos = photos_of(request, f"form:{own_id}") if own_id else None
    for problem in photos.new.problems if photos else ():
        form.add_error("photos", problem)
    if form.is_valid() and own_id is None:
        form.add_error(None, _("This page was open for very long. Everything is still here: please send it again."))
    if form.is_valid() and is_flooding(request, "book", MOST):
        form.add_error(None, _("Too many messages came from your network just now. Please try later, or call us."))
        return with_retry(_page(request, session, own, form, days, photos))
    if not form.is_valid() or own_id is None or photos is None:
        return _page(request, session, own, form, days, photos, 422)
    try:
        _ask(own, customer, form.cleaned_data, own_id, photos)
    except DomainError as error:
        form.take_error(error)
        return _page(request, session, own, form, free_days(own.unit.branch), photos, status_of(error))
    return redirect(f"{where}?said=booked")


@require_POST
@my_page
def withdraw(request: HttpRequest, *, session: FollowRequest, customer: Customer, number: str) -> HttpResponse:
    """The customer does not come after all."""
    mine = JobBooking.objects.filter(customer__in=family_of_survivor(customer.pk)).select_related("unit")
    booking = mine.filter(number=number[:20]).first()
    if booking is None:
        return customer_render(request, "portal/mine_problem.html", {}, 404)
    try:
        withdraw_booking(actor=CUSTOMER, booking=booking)
    except DomainError as error:
        context = {"problem": error.message}
        return customer_render(request, "portal/mine_problem.html", context, status_of(error))
    return redirect(f"{reverse('portal:mine_unit', args=[booking.unit.number])}?said=withdrawn")


def _key(own_id: str) -> str:
    return f"web:{own_id}"


def _ask(own: OwnUnit, customer: Customer, data: dict[str, Any], own_id: str, photos: SentPhotos) -> JobBooking:
    with transaction.atomic():
        # Of two sendings at once the second waits here, and then finds what the first has made.
        draft = held_draft(photos.key, photos.address)
        known = JobBooking.objects.filter(key=_key(own_id), unit=own.unit).first()
        if known is not None:
            return known
        booking = ask_booking(
            actor=CUSTOMER, unit=own.unit, customer=customer, branch=own.unit.branch, complaint=data["complaint"],
            wished_on=data["wished_on"], key=_key(own_id), photos=photos.files(), is_demo=own.unit.is_demo,
        )  # fmt: skip
        close_draft(draft, None)
    return booking


def _page(
    request: HttpRequest,
    session: FollowRequest,
    own: OwnUnit,
    form: BookForm,
    days: list[FreeDay],
    photos: SentPhotos | None,
    status: int = 200,
) -> HttpResponse:
    token = form.initial.get("token", "")
    if request.method == "POST":
        if photos is not None:
            photos.keep()
        token = request.POST.get("token", "") if photos is not None else new_form_token()
    assert session.used_at is not None
    context = {
        "own": own, "form": form, "days": days, "token": token, "kept": photos.kept if photos else [],
        "lost_files": photos.lost if photos else bool(request.FILES), "ends_at": session.used_at + SESSION_LIVES,
    }  # fmt: skip
    return customer_render(request, "portal/mine_book.html", context, status)
