"""Bookings: the days a branch still has places on, who comes when, what of a unit or a customer is open."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, QuerySet

from halkhata.desks.service.booking_choices import HOLDING, OPEN, BookingState
from halkhata.desks.service.models import BookingRule, JobBooking
from halkhata.engines.work.selectors.calendars import calendar_for_branch
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.days import day_at
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.models import Customer

VIEWS: dict[str, tuple[str, ...]] = {
    "asked": (BookingState.ASKED,),
    "confirmed": (BookingState.CONFIRMED,),
    "over": tuple(state for state in BookingState.values if state not in OPEN),
}
_WITH = ("unit__product__brand", "customer", "branch", "job", "answered_by")


@dataclass(frozen=True, slots=True)
class FreeDay:
    """A day on which the branch is open; ``left``: how many bookings it still takes."""

    on: date
    left: int


def booking_rule(branch: Branch) -> BookingRule:
    """How many bookings the branch takes; the starting numbers while nobody has changed them."""
    return BookingRule.objects.filter(branch=branch).first() or BookingRule(branch=branch)


def day_there(branch: Branch) -> date:
    """The day it is at the branch."""
    return day_at(branch)


def free_days(branch: Branch, rule: BookingRule | None = None) -> list[FreeDay]:
    """The branch's opening days from tomorrow on that have a place left. None while it takes no bookings."""
    known = rule or booking_rule(branch)
    if known.per_day == 0:
        return []
    first = day_there(branch) + timedelta(days=1)
    calendar = calendar_for_branch(branch)
    days = [first + timedelta(days=number) for number in range(known.days_ahead)]
    open_days = [day for day in days if calendar.hours_of(day)]
    taken = dict(
        JobBooking.objects.filter(branch=branch, on__in=open_days, state__in=HOLDING)
        .values_list("on")
        .annotate(count=Count("pk"))
        .order_by()
    )
    found = [FreeDay(on=day, left=known.per_day - taken.get(day, 0)) for day in open_days]
    return [day for day in found if day.left > 0]


def is_open_day(branch: Branch, on: date) -> bool:
    """Whether the branch works on this day."""
    return bool(calendar_for_branch(branch).hours_of(on))


def open_booking_of(unit: Unit) -> JobBooking | None:
    """The booking with which the unit is still to come."""
    return JobBooking.objects.filter(unit_id=unit.pk).open().select_related("branch").first()


def open_bookings_of(unit_ids: Collection[int]) -> dict[int, JobBooking]:
    """The open booking of each of these units. One query."""
    return {row.unit_id: row for row in JobBooking.objects.filter(unit_id__in=unit_ids).open()}


def bookings_of_customer(customer: Customer) -> QuerySet[JobBooking]:
    """What the customer asked for, newest first."""
    return JobBooking.objects.filter(customer=customer).select_related(*_WITH).order_by("-asked_at", "-pk")


def booking_list(user: User, view: str) -> QuerySet[JobBooking]:
    """The desk's list: who comes, the nearest day first; what is over, the latest day first."""
    rows = JobBooking.objects.visible_to(user).filter(state__in=VIEWS[view]).select_related(*_WITH)
    rows = rows.prefetch_related("unit__identifiers", "photos__file", "customer__contact_points")
    return rows.order_by("-on", "-pk") if view == "over" else rows.order_by("on", "slot", "pk")


def booking_counts(user: User) -> dict[str, int]:
    """How many are asked for and confirmed. One query."""
    rows = JobBooking.objects.visible_to(user).open().order_by().values_list("state").annotate(count=Count("pk"))
    found = dict(rows)
    return {state.value: found.get(state.value, 0) for state in OPEN}


def booking_for(user: User, number: str) -> JobBooking | None:
    """The booking of this number inside the user's scope."""
    return JobBooking.objects.visible_to(user).select_related(*_WITH).filter(number=number).first()
