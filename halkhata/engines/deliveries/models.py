"""Promised dates: what the customer was told, the buffer before it, and every change with its reason (C.3, A56.21)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.choices import MoveReason, PromiseState, StepKind
from halkhata.engines.deliveries.parcel_models import Courier, CourierMessage, Parcel, ParcelEvent, TrackingRules
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.accounts.visibility import VisibleQuerySet
from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Customer

__all__ = ["Courier", "CourierMessage", "DeliveryPromise", "DeliveryStep", "Parcel", "ParcelEvent", "TrackingRules"]


class DeliveryPromiseQuerySet(VisibleQuerySet["DeliveryPromise"]):
    """Promised dates, with the record scope of owner, team and branch."""

    def standing(self) -> "DeliveryPromiseQuerySet":
        """Not kept yet and still wanted."""
        return self.filter(state=PromiseState.OPEN)


class DeliveryPromise(models.Model):
    """A date that a customer was given: for a job, a return, a sale.

    ``promised_for`` is what the customer knows; ``ready_by`` is the buffer earlier, and what we work towards.
    """

    item = models.ForeignKey(
        WorkItem, null=True, blank=True, on_delete=models.CASCADE, related_name="delivery_promises"
    )
    # The number of the sale, where it is about one and not about a piece of work.
    purchase_ref = models.CharField(max_length=40, blank=True)
    # What was promised, in a few words.
    what = models.CharField(max_length=200)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="delivery_promises"
    )
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    team = models.ForeignKey(Team, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Who looks after it and is warned.
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="delivery_promises")
    promised_for = models.DateTimeField(_("promised for"))
    ready_by = models.DateTimeField()
    first_promised_for = models.DateTimeField()
    moves = models.PositiveSmallIntegerField(default=0)
    state = models.CharField(max_length=9, choices=PromiseState.choices, default=PromiseState.OPEN)
    ended_at = models.DateTimeField(null=True, blank=True)
    # When staff were warned, and the customer told, for the date that stands now.
    warned_at = models.DateTimeField(null=True, blank=True)
    told_at = models.DateTimeField(null=True, blank=True)
    # Who has this key has the promise: the same sale or form twice promises once.
    cause = models.CharField(max_length=120, blank=True)
    created_at = models.DateTimeField(default=now)
    version = models.PositiveIntegerField(default=1)
    is_demo = models.BooleanField(default=False)

    objects = DeliveryPromiseQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=PromiseState.values), name="deliveries_state"),
            models.CheckConstraint(condition=Q(ready_by__lte=F("promised_for")), name="deliveries_buffer_before"),
            models.CheckConstraint(condition=~Q(what=""), name="deliveries_says_what"),
            models.CheckConstraint(
                condition=Q(item__isnull=False) | ~Q(purchase_ref=""), name="deliveries_about_something"
            ),
            models.CheckConstraint(
                condition=Q(state=PromiseState.OPEN, ended_at__isnull=True)
                | (~Q(state=PromiseState.OPEN) & Q(ended_at__isnull=False)),
                name="deliveries_ended_has_time",
            ),
            models.UniqueConstraint(
                fields=["item"],
                condition=Q(state=PromiseState.OPEN, item__isnull=False),
                name="deliveries_one_open_per_item",
            ),
            models.UniqueConstraint(fields=["cause"], condition=~Q(cause=""), name="deliveries_cause_once"),
        ]
        indexes = [
            models.Index(fields=["promised_for", "id"], condition=Q(state="open"), name="deliveries_open"),
            models.Index(
                fields=["ready_by", "id"],
                condition=Q(state="open", warned_at__isnull=True),
                name="deliveries_to_warn",
            ),
            models.Index(
                fields=["promised_for"],
                condition=Q(state="open", told_at__isnull=True),
                name="deliveries_to_tell",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} {self.promised_for:%Y-%m-%d %H:%M}"

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(PromiseState(self.state).label)


class DeliveryStep(models.Model):
    """One line of what happened to a promised date. Append-only."""

    promise = models.ForeignKey(DeliveryPromise, on_delete=models.CASCADE, related_name="steps")
    at = models.DateTimeField()
    kind = models.CharField(max_length=9, choices=StepKind.choices)
    promised_for = models.DateTimeField()
    moved_from = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=12, choices=MoveReason.choices, blank=True)
    note = models.CharField(max_length=300, blank=True)
    actor_id_then = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                condition=~Q(kind=StepKind.MOVED) | (~Q(reason="") & Q(moved_from__isnull=False)),
                name="deliveries_move_has_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.promise_id} {self.kind}"
