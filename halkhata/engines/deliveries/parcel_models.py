"""Tables of parcels: couriers, what is on its way with them, what they told, and what nobody could make sense of.

Imported by ``models.py``, which Django reads (A56.21).
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.parcel_choices import (
    ENDED,
    Alarm,
    EventSource,
    MessageFault,
    MessageState,
    ParcelEventKind,
    ParcelState,
)
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Branch, Named, Team, User
from halkhata.foundation.accounts.visibility import VisibleQuerySet
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.models import Customer

# Where the number stands in a courier's address for following a parcel.
PLACE_OF_NUMBER = "{number}"


class Courier(Named):
    """Who carries parcels for the shop. Its system may tell us of them, signing with a secret of its own."""

    phone = models.CharField(_("phone"), max_length=20, blank=True)
    # With ``{number}`` in it; "" where parcels cannot be followed on the web.
    tracking_address = models.CharField(max_length=300, blank=True)
    # Names it in the webhook's address; not secret.
    key = models.SlugField(max_length=24, unique=True)
    # Sealed with core.secret_box; "" until one is made.
    secret = models.TextField(blank=True)
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=now)
    last_heard_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="deliveries_courier_has_name"),
            models.CheckConstraint(
                condition=Q(tracking_address="") | Q(tracking_address__contains=PLACE_OF_NUMBER),
                name="deliveries_courier_address",
            ),
        ]


class ParcelQuerySet(VisibleQuerySet["Parcel"]):
    """Parcels, with the record scope of owner, team and branch."""

    def under_way(self) -> "ParcelQuerySet":
        """Neither delivered nor back with us."""
        return self.exclude(state__in=ENDED)


class Parcel(models.Model):
    """What a courier carries: for a promise to a customer, for a piece of work, or a unit.

    ``state`` is computed of its events (``parcel_state.py``) and kept for lists.
    """

    courier = models.ForeignKey(Courier, on_delete=models.PROTECT, related_name="parcels")
    # As it was typed, and as it is compared.
    number = models.CharField(max_length=60)
    folded = models.CharField(max_length=60)
    promise = models.ForeignKey(
        "deliveries.DeliveryPromise", null=True, blank=True, on_delete=models.CASCADE, related_name="parcels"
    )
    item = models.ForeignKey(WorkItem, null=True, blank=True, on_delete=models.CASCADE, related_name="parcels")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="parcels")
    what = models.CharField(max_length=200)
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="parcels")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="parcels")
    state = models.CharField(max_length=10, choices=ParcelState.choices, default=ParcelState.REGISTERED)
    # When what the state says happened.
    state_at = models.DateTimeField()
    # The last time that anything happened to it: silence is counted from here.
    last_sign_at = models.DateTimeField()
    # What the owner was told, and for which date of the promise (its number of moves).
    alarm = models.CharField(max_length=8, choices=Alarm.choices, blank=True)
    alarm_moves = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = ParcelQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ParcelState.values), name="deliveries_parcel_state"),
            models.CheckConstraint(condition=Q(alarm__in=Alarm.values), name="deliveries_parcel_alarm"),
            models.CheckConstraint(condition=~Q(folded=""), name="deliveries_parcel_number"),
            models.CheckConstraint(condition=~Q(what=""), name="deliveries_parcel_what"),
            models.CheckConstraint(
                condition=Q(promise__isnull=False) | Q(item__isnull=False) | Q(unit__isnull=False),
                name="deliveries_parcel_about",
            ),
            models.UniqueConstraint(fields=["courier", "folded"], name="deliveries_parcel_once"),
        ]
        indexes = [
            models.Index(
                fields=["-created_at", "-id"],
                condition=~Q(state__in=["delivered", "returned"]),
                name="deliveries_parcels_on_way",
            ),
            models.Index(
                fields=["last_sign_at", "id"],
                condition=~Q(state__in=["delivered", "returned"]),
                name="deliveries_parcels_silent",
            ),
            models.Index(fields=["-created_at", "-id"], name="deliveries_parcels_all"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(ParcelState(self.state).label)

    @property
    def is_over(self) -> bool:
        """Delivered, or back with us."""
        return self.state in ENDED

    @property
    def tracking_url(self) -> str:
        """The courier's own page of this parcel, or ""."""
        return self.courier.tracking_address.replace(PLACE_OF_NUMBER, self.folded)


class ParcelEvent(models.Model):
    """One thing that happened to a parcel. Append-only; the same key of the same parcel is the same event."""

    parcel = models.ForeignKey(Parcel, on_delete=models.CASCADE, related_name="events")
    kind = models.CharField(max_length=10, choices=ParcelEventKind.choices)
    happened_at = models.DateTimeField()
    told_at = models.DateTimeField()
    place = models.CharField(max_length=120, blank=True)
    # Why it could not be delivered.
    reason = models.CharField(max_length=200, blank=True)
    source = models.CharField(max_length=8, choices=EventSource.choices)
    key = models.CharField(max_length=120)
    actor_id_then = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["happened_at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=ParcelEventKind.values), name="deliveries_event_kind"),
            models.CheckConstraint(condition=Q(source__in=EventSource.values), name="deliveries_event_source"),
            models.CheckConstraint(condition=~Q(key=""), name="deliveries_event_key"),
            models.CheckConstraint(
                condition=~Q(kind=ParcelEventKind.FAILED) | ~Q(reason=""), name="deliveries_failed_says_why"
            ),
            models.UniqueConstraint(fields=["parcel", "key"], name="deliveries_event_once"),
        ]
        indexes = [models.Index(fields=["parcel", "happened_at", "id"], name="deliveries_events_in_order")]

    def __str__(self) -> str:
        return f"{self.parcel_id} {self.kind}"


class CourierMessage(models.Model):
    """A message of a courier's system, or a line of its file. What cannot be taken waits here in view, never lost."""

    courier = models.ForeignKey(Courier, on_delete=models.PROTECT, related_name="messages")
    # The id that came with it: the same one again changes nothing.
    webhook_id = models.CharField(max_length=120)
    source = models.CharField(max_length=8, choices=EventSource.choices)
    at = models.DateTimeField()
    # As it came; emptied once it was taken.
    body = models.TextField(blank=True)
    folded = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=8, choices=MessageState.choices)
    fault = models.CharField(max_length=14, choices=MessageFault.choices, blank=True)
    handled_at = models.DateTimeField(null=True, blank=True)
    note = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=MessageState.values), name="deliveries_message_state"),
            models.CheckConstraint(
                condition=~Q(state__in=["waiting", "dropped"]) | (~Q(fault="") & ~Q(body="")),
                name="deliveries_waiting_is_kept",
            ),
            models.UniqueConstraint(fields=["courier", "webhook_id"], name="deliveries_message_once"),
        ]
        indexes = [
            models.Index(fields=["-at", "-id"], condition=Q(state="waiting"), name="deliveries_msgs_waiting"),
            models.Index(fields=["courier", "folded"], condition=Q(state="waiting"), name="deliveries_msgs_number"),
            models.Index(fields=["at"], condition=Q(state__in=["taken", "settled"]), name="deliveries_msgs_old"),
        ]

    def __str__(self) -> str:
        return f"{self.webhook_id} {self.state}"


class TrackingRules(models.Model):
    """The one row of rules about parcels. ``silent_days`` 0: silence alarms nobody."""

    silent_days = models.PositiveSmallIntegerField(default=2)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="deliveries_one_row_of_rules"),
            models.CheckConstraint(condition=Q(silent_days__lte=60), name="deliveries_silent_days"),
        ]

    def __str__(self) -> str:
        return f"{self.silent_days} d"
