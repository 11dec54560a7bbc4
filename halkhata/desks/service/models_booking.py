"""Bookings: a customer wants to bring a unit on a day. Each day of a branch has so many places."""

from typing import Self

from django.db import models
from django.db.models import Q

from halkhata.desks.service.booking_choices import HOLDING, OPEN, BookingState
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.clock import now
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.models import Customer

# Until a branch says otherwise: so many bookings a day, and so many days ahead.
PER_DAY, DAYS_AHEAD = 8, 14
MOST_PER_DAY, MOST_DAYS_AHEAD = 200, 90


class JobBookingQuerySet(models.QuerySet["JobBooking"]):
    """Conditions on many bookings."""

    def visible_to(self, user: User) -> Self:
        """Those of the branches in the user's record scope: whoever stands at the gate must know who comes."""
        if not user.is_active:
            return self.none()
        if user.role.scope == Scope.ALL:
            return self
        own = Q(answered_by_id=user.pk)
        if user.role.scope == Scope.OWN:
            return self.filter(own)
        if user.role.scope == Scope.SUBTREE:
            return self.filter(own | Q(branch__path__startswith=user.branch.path))
        return self.filter(own | Q(branch_id=user.branch_id))

    def open(self) -> Self:
        """Still to come."""
        return self.filter(state__in=OPEN)


class JobBooking(models.Model):
    """One wish to bring a unit on a day. ``slot``: which of the day's places it holds; none once it is over unused."""

    number = models.CharField(max_length=20, unique=True)
    unit = models.ForeignKey(Unit, on_delete=models.PROTECT, related_name="bookings")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="service_bookings")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+", db_index=False)
    # The customer's own words.
    complaint = models.TextField()
    # The day that was wished; the desk may confirm another one.
    wished_on = models.DateField()
    on = models.DateField()
    slot = models.PositiveSmallIntegerField(null=True, blank=True)
    state = models.CharField(max_length=9, choices=BookingState.choices, default=BookingState.ASKED)
    # What the desk told the customer with its answer.
    answer = models.CharField(max_length=300, blank=True)
    answered_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)
    # The card that was opened when the unit came.
    job = models.OneToOneField(
        "service.ServiceJob", null=True, blank=True, on_delete=models.CASCADE, related_name="booking"
    )
    # What makes a form that is sent twice one booking.
    key = models.CharField(max_length=120, unique=True)
    asked_at = models.DateTimeField(default=now)
    ended_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = JobBookingQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=BookingState.values), name="service_booking_state"),
            models.CheckConstraint(condition=~Q(complaint=""), name="service_booking_has_complaint"),
            models.UniqueConstraint(fields=["unit"], condition=Q(state__in=OPEN), name="service_one_booking_per_unit"),
            models.UniqueConstraint(
                fields=["branch", "on", "slot"], condition=Q(state__in=HOLDING), name="service_booking_place_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=HOLDING, slot__isnull=False, slot__gte=1)
                | (~Q(state__in=HOLDING) & Q(slot__isnull=True)),
                name="service_booking_holds_a_place",
            ),
            models.CheckConstraint(
                condition=Q(state=BookingState.CAME, job__isnull=False)
                | (~Q(state=BookingState.CAME) & Q(job__isnull=True)),
                name="service_booking_came_has_card",
            ),
            models.CheckConstraint(
                condition=Q(state__in=OPEN, ended_at__isnull=True) | (~Q(state__in=OPEN) & Q(ended_at__isnull=False)),
                name="service_booking_ended_has_time",
            ),
            models.CheckConstraint(
                condition=~Q(state=BookingState.DECLINED) | ~Q(answer=""), name="service_booking_declined_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["branch", "on", "id"], condition=Q(state__in=OPEN), name="service_bookings_to_come"),
            models.Index(fields=["customer", "-asked_at"], name="service_bookings_of_person"),
            models.Index(fields=["-on", "-id"], name="service_bookings_by_day"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(BookingState(self.state).label)

    @property
    def is_open(self) -> bool:
        """Whether the unit is still to come."""
        return self.state in OPEN


class BookingPhoto(models.Model):
    """A photo that the customer sent with a booking."""

    booking = models.ForeignKey(JobBooking, on_delete=models.CASCADE, related_name="photos")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["booking", "file"], name="service_booking_photo_once")]

    def __str__(self) -> str:
        return f"{self.booking_id}: {self.file_id}"


class BookingRule(models.Model):
    """How many bookings a branch takes on a day, and how far ahead. No row: the starting numbers; 0 takes none."""

    branch = models.OneToOneField(Branch, on_delete=models.CASCADE, related_name="booking_rule")
    per_day = models.PositiveSmallIntegerField(default=PER_DAY)
    days_ahead = models.PositiveSmallIntegerField(default=DAYS_AHEAD)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(per_day__lte=MOST_PER_DAY), name="service_booking_rule_per_day"),
            models.CheckConstraint(
                condition=Q(days_ahead__gte=1, days_ahead__lte=MOST_DAYS_AHEAD), name="service_booking_rule_ahead"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.branch_id}: {self.per_day}"
