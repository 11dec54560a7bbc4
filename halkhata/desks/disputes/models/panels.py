"""The neutral panel: who sits, who stepped back and why, who is near the case, how they voted (A60.4)."""

from django.db import models
from django.db.models import Q

from halkhata.desks.disputes.choices import Finding, MemberState
from halkhata.desks.disputes.models.disputes import Dispute
from halkhata.foundation.accounts.models import User
from halkhata.records.customers.models import Customer


class Panel(models.Model):
    """One or three reviewers for one round."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="panels")
    round = models.PositiveSmallIntegerField()
    size = models.PositiveSmallIntegerField()
    appointed_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    appointed_at = models.DateTimeField()

    class Meta:
        ordering = ["round"]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "round"], name="disputes_one_panel_a_round"),
            models.CheckConstraint(condition=Q(size__in=[1, 3]), name="disputes_panel_of_one_or_three"),
            models.CheckConstraint(condition=Q(round__in=[1, 2]), name="disputes_panel_round"),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.round}"


class PanelMember(models.Model):
    """Somebody on a panel. Nobody sits twice in one dispute: the appeal goes to other people."""

    panel = models.ForeignKey(Panel, on_delete=models.CASCADE, related_name="members")
    # Said again, so that the database itself keeps one person from two panels of one dispute.
    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="panel_members")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="dispute_seats")
    state = models.CharField(max_length=8, choices=MemberState.choices, default=MemberState.SITTING)
    is_chair = models.BooleanField(default=False)
    appointed_at = models.DateTimeField()
    # Near the case and appointed all the same: what stood against it, and why (logged, US-28).
    override_reasons = models.JSONField(default=list, blank=True)
    override_why = models.CharField(max_length=300, blank=True)
    override_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    left_at = models.DateTimeField(null=True, blank=True)
    left_why = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "user"], name="disputes_nobody_sits_twice"),
            models.UniqueConstraint(
                fields=["panel"], condition=Q(is_chair=True, state="sitting"), name="disputes_one_chair"
            ),
            models.CheckConstraint(
                condition=~Q(state="recused") | (Q(left_at__isnull=False) & ~Q(left_why="")),
                name="disputes_recusal_has_reason",
            ),
            models.CheckConstraint(
                condition=Q(override_by__isnull=True) | ~Q(override_why=""), name="disputes_override_has_reason"
            ),
        ]
        indexes = [models.Index(fields=["user"], condition=Q(state="sitting"), name="disputes_seats")]

    def __str__(self) -> str:
        return f"{self.user_id} in {self.dispute_id}"


class Interest(models.Model):
    """Somebody declared to be near a case, or near a customer: kinship, money, quarrel. Append-only."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="dispute_interests")
    dispute = models.ForeignKey(Dispute, null=True, blank=True, on_delete=models.CASCADE, related_name="interests")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=300)
    declared_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(dispute__isnull=False) | Q(customer__isnull=False), name="disputes_interest_in_something"
            ),
            models.CheckConstraint(condition=~Q(what=""), name="disputes_interest_says_what"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id}: {self.what}"


class Vote(models.Model):
    """How a member votes, with the reason when it is another than the decision's. Append-only.

    Where everybody saw it another way there is no majority, and the panel votes again: the next ballot.
    """

    member = models.ForeignKey(PanelMember, on_delete=models.CASCADE, related_name="votes")
    ballot = models.PositiveSmallIntegerField(default=1)
    finding = models.CharField(max_length=8, choices=Finding.choices)
    reason = models.TextField(blank=True)
    at = models.DateTimeField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(condition=Q(finding__in=Finding.values), name="disputes_vote_finding"),
            models.UniqueConstraint(fields=["member", "ballot"], name="disputes_one_vote_a_ballot"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.finding}"
