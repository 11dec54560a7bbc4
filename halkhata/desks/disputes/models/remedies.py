"""What is done about it: offers, remedies for this customer, actions so that it does not come again (A60.6, A60.8)."""

from django.db import models
from django.db.models import F, Q

from halkhata.desks.disputes.choices import (
    ActionKind,
    ActionState,
    Ground,
    OfferState,
    Party,
    RemedyKind,
)
from halkhata.desks.disputes.models.decisions import Decision
from halkhata.desks.disputes.models.disputes import Dispute
from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.models import Product


class Offer(models.Model):
    """What the shop offers to end the dispute without a decision, and the customer's answer (US-27)."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="offers")
    remedy = models.CharField(max_length=14, choices=RemedyKind.choices)
    text = models.TextField()
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    valid_until = models.DateTimeField()
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    state = models.CharField(max_length=9, choices=OfferState.choices, default=OfferState.OPEN)
    answered_at = models.DateTimeField(null=True, blank=True)
    # "customer" by the own page, "house" when staff wrote the answer down.
    answered_by = models.CharField(max_length=8, choices=Party.choices, blank=True)
    answer_note = models.TextField(blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["dispute"], condition=Q(state="open"), name="disputes_one_open_offer"),
            models.CheckConstraint(condition=~Q(text=""), name="disputes_offer_says_what"),
            models.CheckConstraint(condition=Q(valid_until__gt=F("made_at")), name="disputes_offer_valid_a_while"),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "refused"]) | Q(answered_at__isnull=False),
                name="disputes_answer_has_time",
            ),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | (Q(amount__gte=0) & ~Q(currency="")),
                name="disputes_offer_amount_has_currency",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.remedy} {self.state}"


class Remedy(models.Model):
    """One thing that is to be done for the customer, by whom and by when. The dispute closes after the last."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="remedies")
    decision = models.ForeignKey(Decision, null=True, blank=True, on_delete=models.PROTECT, related_name="remedies")
    offer = models.ForeignKey(Offer, null=True, blank=True, on_delete=models.PROTECT, related_name="remedies")
    kind = models.CharField(max_length=14, choices=RemedyKind.choices)
    # Empty: the kind says it all, in the reader's language.
    what = models.CharField(max_length=300, blank=True)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    done_at = models.DateTimeField(null=True, blank=True)
    done_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    done_note = models.CharField(max_length=300, blank=True)
    # The appeal was decided otherwise: this one is not owed any more.
    lapsed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(done_at__isnull=True) | Q(done_by__isnull=False), name="disputes_somebody_did_it"
            ),
            models.CheckConstraint(
                condition=Q(decision__isnull=False) | Q(offer__isnull=False), name="disputes_remedy_has_a_ground"
            ),
        ]
        indexes = [
            models.Index(
                fields=["due_on"], condition=Q(done_at__isnull=True, lapsed_at__isnull=True), name="disputes_remedy_due"
            )
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """What is done, in words."""
        return self.what or str(RemedyKind(self.kind).label)


class Action(models.Model):
    """A corrective or preventive action, and the check whether it worked."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="actions")
    kind = models.CharField(max_length=10, choices=ActionKind.choices)
    what = models.CharField(max_length=300)
    root_cause = models.CharField(max_length=20, choices=Ground.choices)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    state = models.CharField(max_length=9, choices=ActionState.choices, default=ActionState.OPEN)
    done_at = models.DateTimeField(null=True, blank=True)
    done_note = models.CharField(max_length=300, blank=True)
    check_on = models.DateField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    check_note = models.CharField(max_length=300, blank=True)
    # The dispute that showed that it did not work (same root cause within 90 days).
    reopened_by = models.ForeignKey(Dispute, null=True, blank=True, on_delete=models.SET_NULL, related_name="reopened")
    reopened_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(what=""), name="disputes_action_says_what"),
            models.CheckConstraint(condition=Q(state__in=ActionState.values), name="disputes_action_state"),
            models.CheckConstraint(
                condition=~Q(state__in=["done", "effective"]) | Q(done_at__isnull=False, check_on__isnull=False),
                name="disputes_done_action_is_checked",
            ),
            models.CheckConstraint(
                condition=~Q(state="reopened") | Q(reopened_at__isnull=False), name="disputes_reopened_has_time"
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state__in=["open", "reopened"]), name="disputes_action_due"),
            models.Index(fields=["check_on"], condition=Q(state="done"), name="disputes_action_check"),
        ]

    def __str__(self) -> str:
        return self.what

    @property
    def is_demo(self) -> bool:
        """Invented with its dispute."""
        return self.dispute.is_demo
