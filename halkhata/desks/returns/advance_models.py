"""Replacements handed over before the old piece is back, and the little ledger of their deposits (A58.10)."""

from django.db import models
from django.db.models import F, Q

from halkhata.desks.returns.choices import AdvanceState, DepositKind, EntryKind, PayMethod
from halkhata.desks.returns.policy_models import ReturnPolicy
from halkhata.foundation.accounts.models import User

LONGEST = 365


class AdvanceTerms(models.Model):
    """What one version of a policy says about advance replacement. Without a row it offers none. Only added."""

    policy = models.OneToOneField(ReturnPolicy, on_delete=models.PROTECT, related_name="advance_terms")
    kind = models.CharField(max_length=8, choices=DepositKind.choices)
    # The deposit itself, or its per cent of the price.
    amount = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    # Of a fixed deposit.
    currency = models.CharField(max_length=3, blank=True)
    # By when the old piece must be back, counted from the handing over.
    days = models.PositiveSmallIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=DepositKind.values), name="returns_terms_kind"),
            models.CheckConstraint(condition=Q(days__gte=1, days__lte=LONGEST), name="returns_terms_days"),
            models.CheckConstraint(
                condition=Q(kind=DepositKind.NONE, amount=0)
                | (Q(kind=DepositKind.FIXED, amount__gt=0) & ~Q(currency=""))
                | Q(kind=DepositKind.PERCENT, amount__gt=0, amount__lte=100),
                name="returns_terms_amount",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id}: {self.kind} {self.amount}"


class Advance(models.Model):
    """The customer has the replacement; the old piece is to come by a day. One for each return."""

    request = models.OneToOneField("returns.ReturnRequest", on_delete=models.PROTECT, related_name="advance")
    state = models.CharField(max_length=8, choices=AdvanceState.choices, default=AdvanceState.WAITING)
    # What was asked for; what came of it stands in the entries.
    deposit = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    currency = models.CharField(max_length=3)
    handed_at = models.DateTimeField()
    handed_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    due_on = models.DateField()
    # For which last day the customer was reminded, and for which the owner was told that it has passed.
    reminded_for = models.DateField(null=True, blank=True)
    late_for = models.DateField(null=True, blank=True)
    # More days were given, or the piece is not waited for any more: why.
    days_reason = models.CharField(max_length=300, blank=True)
    over_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=AdvanceState.values), name="returns_advance_state"),
            models.CheckConstraint(condition=Q(deposit__gte=0), name="returns_advance_not_negative"),
            models.CheckConstraint(
                condition=Q(state=AdvanceState.WAITING, over_at__isnull=True)
                | (~Q(state=AdvanceState.WAITING) & Q(over_at__isnull=False, over_at__gte=F("handed_at"))),
                name="returns_advance_has_end",
            ),
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(state=AdvanceState.WAITING), name="returns_advance_due"),
        ]

    def __str__(self) -> str:
        return f"{self.request_id}: {self.state}"

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(AdvanceState(self.state).label)


class DepositEntry(models.Model):
    """Money of a deposit that changed hands, or is not given back. Only added: the database refuses anything else.

    It refuses, too, what would give back and keep more than was taken (``deposit_rules.py``).
    """

    advance = models.ForeignKey(Advance, on_delete=models.PROTECT, related_name="entries")
    kind = models.CharField(max_length=8, choices=EntryKind.choices)
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    # By which route; none for what is kept.
    method = models.CharField(max_length=10, choices=PayMethod.choices, blank=True)
    reference = models.CharField(max_length=80, blank=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="returns_entry_positive"),
            models.CheckConstraint(condition=Q(kind__in=EntryKind.values), name="returns_entry_kind"),
            models.UniqueConstraint(
                fields=["advance"], condition=Q(kind=EntryKind.TAKEN), name="returns_deposit_taken_once"
            ),
            models.CheckConstraint(
                condition=(Q(kind=EntryKind.KEPT, method="") & ~Q(reason=""))
                | (~Q(kind=EntryKind.KEPT) & ~Q(method="")),
                name="returns_entry_says_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.advance_id}: {self.kind} {self.amount}"
