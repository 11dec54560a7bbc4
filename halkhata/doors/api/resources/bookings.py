"""Visits to the workshop: the days with places, a place asked for, the desk's answer."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.desks.service.models import JobBooking
from halkhata.desks.service.selectors.bookings import free_days
from halkhata.desks.service.services.bookings import (
    ask_booking,
    confirm_booking,
    decline_booking,
    miss_booking,
    withdraw_booking,
)
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import branch_of, nameable_customers
from halkhata.doors.api.resources.units import unit_of
from halkhata.doors.api.shapes import Body, Day, Id, Number, PageOut, listed, listing, read, write
from halkhata.doors.api.versions import check_match, note_version
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import parse_ref

router = Router(tags=["bookings"])
ORDERS = {
    "on": Order(column="on"),
    "-on": Order(column="on", descending=True),
    "id": Order(column="pk"),
    "-id": Order(column="pk", descending=True),
}
State = Literal["asked", "confirmed", "came", "missed", "declined", "withdrawn"]
Reason = Annotated[str, Field(max_length=300)]


class FreeDayOut(Schema):
    """A day on which the branch is open; `left`: how many visits it still takes."""

    on: date
    left: int


class FreeDaysOut(Schema):
    """The days of one branch, the nearest first. Empty while it takes no visits."""

    branch_id: int
    days: list[FreeDayOut]


class FreeDaysFilters(Schema):
    """Whose days; without it those of the key's own branch."""

    branch_id: Id | None = None


class BookingOut(Schema):
    """One visit. `customer_id` is null where the key may not see the customer; `job_number` once the unit came."""

    id: int
    number: str
    state: State
    unit_number: str
    customer_id: int | None
    branch_id: int
    complaint: str
    wished_on: date
    on: date
    answer: str
    job_number: str | None
    asked_at: datetime
    answered_at: datetime | None
    ended_at: datetime | None
    version: int


class BookingPage(PageOut):
    """A page of visits."""

    items: list[BookingOut]


class BookingFilters(Page):
    """Which visits."""

    state: State | None = None
    branch_id: Id | None = None
    customer_id: Id | None = None
    on_since: Day | None = None
    on_until: Day | None = None
    order: Literal["on", "-on", "id", "-id"] = "on"


class BookingIn(Body):
    """A place for the owner's unit. The same `key` asks once; a full or closed day is refused."""

    unit_number: Annotated[str, Field(max_length=20)]
    complaint: Annotated[str, Field(max_length=4000)]
    wished_on: Day
    branch_id: Id | None = None
    key: Annotated[str, Field(max_length=80)]


class ConfirmIn(Body):
    """`on`: another day than the one that was wished; `note`: what the customer reads."""

    on: Day | None = None
    note: Reason = ""


class DeclineIn(Body):
    """Why not: the customer reads it."""

    reason: Reason


class NothingIn(Body):
    """Nothing more is to be said."""


@router.get("", response=listing(BookingPage), summary="List visits to the workshop")
def list_bookings(request: KeyRequest, filters: Query[BookingFilters]) -> dict[str, Any]:
    """Visits of the branches inside the key's reach."""
    require_scope(request, "job.view")
    rows = JobBooking.objects.visible_to(request.user).select_related("unit", "job")
    for name in ("state", "branch_id", "customer_id"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.on_since:
        rows = rows.filter(on__gte=filters.on_since)
    if filters.on_until:
        rows = rows.filter(on__lte=filters.on_until)
    found = page_of(request, rows, page=filters, orders=ORDERS, order=filters.order)
    seen = nameable_customers(request, {row.customer_id for row in found[0]})
    return listed(found, lambda row: booking_out(row, seen))


@router.get("/free-days", response=read(FreeDaysOut), summary="List the days that have places")
def list_free_days(request: KeyRequest, filters: Query[FreeDaysFilters]) -> dict[str, Any]:
    """The opening days of a branch, from tomorrow on, on which somebody may still come."""
    require_scope(request, "job.view")
    branch = branch_of(request, filters.branch_id) if filters.branch_id else request.user.branch
    return {"branch_id": branch.pk, "days": [{"on": day.on, "left": day.left} for day in free_days(branch)]}


@router.post("", response=write(BookingOut, 201), summary="Ask for a visit")
def add_booking(request: KeyRequest, body: BookingIn) -> Status:
    """Holds a place of the day for the owner of the unit; the desk confirms it."""
    require_scope(request, "job.create")
    unit = unit_of(request, body.unit_number)
    if unit.owner is None or unit.owner_id not in nameable_customers(request, {unit.owner_id}):
        raise DomainError("not_sold", _("This unit is not in use with a customer."), field="unit_number")
    branch = branch_of(request, body.branch_id) if body.branch_id else request.user.branch
    made = ask_booking(
        actor=request.user, unit=unit, customer=unit.owner, branch=branch, complaint=body.complaint,
        wished_on=body.wished_on, key=f"api:{request.user.pk}:{body.key}",
    )  # fmt: skip
    return Status(201, _shown(request, made.pk))


@router.get("/{number}", response=read(BookingOut), summary="Show a visit")
def show_booking(request: KeyRequest, number: Number) -> dict[str, Any]:
    """One visit by its number, in Latin or Bengali."""
    require_scope(request, "job.view")
    return _shown(request, _found(request, number).pk)


@router.post("/{number}/confirm", response=write(BookingOut), summary="Confirm a visit")
def booking_confirm(request: KeyRequest, number: Number, body: ConfirmIn) -> dict[str, Any]:
    """For the day that was wished, or another one with a place left."""
    return _answer(request, number, confirm_booking, on=body.on, note=body.note)


@router.post("/{number}/decline", response=write(BookingOut), summary="Decline a visit")
def booking_decline(request: KeyRequest, number: Number, body: DeclineIn) -> dict[str, Any]:
    """With the reason that the customer reads."""
    return _answer(request, number, decline_booking, reason=body.reason)


@router.post("/{number}/missed", response=write(BookingOut), summary="Write down that nobody came")
def booking_missed(request: KeyRequest, number: Number, body: NothingIn) -> dict[str, Any]:
    """Once the day is over; before, a 422 `too_early`."""
    return _answer(request, number, miss_booking)


@router.post("/{number}/withdraw", response=write(BookingOut), summary="Take a visit back for the customer")
def booking_withdraw(request: KeyRequest, number: Number, body: NothingIn) -> dict[str, Any]:
    """The customer does not come after all. A second time changes nothing."""
    return _answer(request, number, withdraw_booking)


def _found(request: KeyRequest, number: str) -> JobBooking:
    canonical = parse_ref(number) if "\x00" not in number else None
    found = JobBooking.objects.visible_to(request.user).filter(number=canonical).first() if canonical else None
    if found is None:
        raise Http404
    return found


def _answer(request: KeyRequest, number: str, service: Callable[..., Any], /, **values: Any) -> dict[str, Any]:
    require_scope(request, "job.create")
    found = _found(request, number)
    if "If-Match" in request.headers:
        check_match(request, JobBooking.objects.select_for_update().get(pk=found.pk).version)
    service(actor=request.user, booking=found, **values)
    return _shown(request, found.pk)


def _shown(request: KeyRequest, pk: int) -> dict[str, Any]:
    fresh = JobBooking.objects.select_related("unit", "job").get(pk=pk)
    note_version(request, fresh.version)
    return booking_out(fresh, nameable_customers(request, {fresh.customer_id}))


def booking_out(row: JobBooking, seen: set[int]) -> dict[str, Any]:
    """The visit as it is answered: a closed list of fields."""
    names = (
        "id", "number", "state", "branch_id", "complaint", "wished_on", "on", "answer", "asked_at", "answered_at",
        "ended_at", "version",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "unit_number": row.unit.number,
        "customer_id": row.customer_id if row.customer_id in seen else None,
        "job_number": row.job.number if row.job is not None else None,
    }
