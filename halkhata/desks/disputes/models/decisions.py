"""The reasoned decision and the record of all decisions (A60.5, A60.10)."""

from django.db import models
from django.db.models import F, Q

from halkhata.desks.disputes.choices import Finding, Ground, RecordKind, RemedyKind
from halkhata.desks.disputes.models.disputes import Dispute
from halkhata.desks.disputes.models.panels import Panel
from halkhata.foundation.accounts.models import User


class Decision(models.Model):
    """What a panel decided. Once it is signed, the database refuses every change (guards.py)."""

    dispute = models.ForeignKey(Dispute, on_delete=models.CASCADE, related_name="decisions")
    panel = models.OneToOneField(Panel, on_delete=models.PROTECT, related_name="decision")
    round = models.PositiveSmallIntegerField()
    finding = models.CharField(max_length=8, choices=Finding.choices)
    root_cause = models.CharField(max_length=20, choices=Ground.choices)
    facts_bn = models.TextField(blank=True)
    facts_en = models.TextField(blank=True)
    # The rule of the published policy, warranty or law of the house on which it rests.
    clause_bn = models.TextField(blank=True)
    clause_en = models.TextField(blank=True)
    reasons_bn = models.TextField(blank=True)
    reasons_en = models.TextField(blank=True)
    remedy = models.CharField(max_length=14, choices=RemedyKind.choices)
    amount = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    # By when the remedy is executed; none when there is no remedy.
    deadline_on = models.DateField(null=True, blank=True)
    written_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    written_at = models.DateTimeField()
    signed_at = models.DateTimeField(null=True, blank=True)
    # How many voted for what, and what the minority said, as it stood when it was signed.
    votes = models.JSONField(default=list, blank=True)
    # Folded text of product, cause and reasons, to be searched in both scripts.
    search_text = models.TextField(blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["dispute", "round"], name="disputes_one_decision_a_round"),
            models.CheckConstraint(condition=Q(finding__in=Finding.values), name="disputes_decision_finding"),
            models.CheckConstraint(
                condition=Q(amount__isnull=True) | (Q(amount__gte=0) & ~Q(currency="")),
                name="disputes_amount_has_currency",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True)
                | (~Q(facts_bn="") & ~Q(facts_en="") & ~Q(clause_bn="") & ~Q(clause_en=""))
                & (~Q(reasons_bn="") & ~Q(reasons_en="")),
                name="disputes_signed_is_reasoned",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(remedy="none") | Q(deadline_on__isnull=False),
                name="disputes_remedy_has_deadline",
            ),
            models.CheckConstraint(
                condition=Q(signed_at__isnull=True) | Q(signed_at__gte=F("written_at")), name="disputes_signed_later"
            ),
        ]
        indexes = [
            models.Index(fields=["-signed_at"], condition=Q(signed_at__isnull=False), name="disputes_signed"),
        ]

    def __str__(self) -> str:
        return f"{self.dispute_id} {self.round} {self.finding}"


class DecisionRecord(models.Model):
    """One link of the chain. Each holds the hash of the one before; nothing is ever changed or taken out."""

    # Invented disputes have a chain of their own, which goes with them.
    is_demo = models.BooleanField(default=False)
    n = models.PositiveIntegerField()
    # No foreign key: the chain outlives whatever it tells about.
    dispute_number = models.CharField(max_length=20)
    dispute_id_then = models.BigIntegerField()
    kind = models.CharField(max_length=10, choices=RecordKind.choices)
    at = models.DateTimeField()
    actor_label = models.CharField(max_length=150, blank=True)
    payload = models.JSONField(default=dict)
    payload_sha256 = models.CharField(max_length=64)
    previous = models.CharField(max_length=64)
    hash = models.CharField(max_length=64)

    class Meta:
        ordering = ["n"]
        constraints = [
            models.CheckConstraint(condition=Q(n__gte=1), name="disputes_record_counts_from_one"),
            models.UniqueConstraint(fields=["is_demo", "n"], name="disputes_record_one_place"),
        ]
        indexes = [models.Index(fields=["dispute_id_then", "n"], name="disputes_record_of")]

    def __str__(self) -> str:
        return f"{self.n} {self.dispute_number} {self.kind}"
