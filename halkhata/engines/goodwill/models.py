"""Goodwill: a rule waived for a customer, with what it costs and who allowed it (C.4, US-53)."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.goodwill.choices import GoodwillState
from halkhata.engines.goodwill.registry import goodwill_kinds
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, Role, User
from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Customer


class GoodwillLimit(models.Model):
    """How much people of a role may waive: in one case, and each of them within a month. No row: nothing."""

    role = models.OneToOneField(Role, on_delete=models.CASCADE, related_name="goodwill_limit")
    per_case = models.DecimalField(_("in one case"), max_digits=14, decimal_places=2)
    per_month = models.DecimalField(_("each person, in a month"), max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(per_case__gte=0, per_month__gte=F("per_case")), name="goodwill_limit_month_holds_a_case"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.role_id}: {self.per_case} / {self.per_month} {self.currency}"


class GoodwillRules(models.Model):
    """The one row that says for whom goodwill is suggested; there is none until somebody changes it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    min_years = models.PositiveSmallIntegerField(_("years as a customer, at least"), default=1)
    min_purchases = models.PositiveSmallIntegerField(_("purchases, at least"), default=2)
    max_complaints = models.PositiveSmallIntegerField(_("complaints within a year, at most"), default=3)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="goodwill_rules_is_one_row")]

    def __str__(self) -> str:
        return str(_("When goodwill is suggested"))


class GoodwillMonth(models.Model):
    """What one person has waived in one month. The database itself refuses what goes over the ceiling."""

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    # First day of the month, as it is at the person's branch.
    month = models.DateField()
    currency = models.CharField(max_length=3)
    spent = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    # The limit as it stood at the last grant.
    ceiling = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "month", "currency"], name="goodwill_month_once"),
            models.CheckConstraint(
                condition=Q(spent__gte=0, spent__lte=F("ceiling")), name="goodwill_month_within_ceiling"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.month:%Y-%m}: {self.spent}"


def goodwill_scope(user: User) -> Q:
    """What the user may see: the goodwill of the own branches, as with customers, and what one asked for oneself."""
    if not user.is_active:
        return Q(pk__in=[])
    if user.role.scope == Scope.ALL:
        return Q()
    own = Q(asked_by=user)
    if user.role.scope == Scope.OWN:
        return own
    if user.role.scope == Scope.SUBTREE:
        return own | Q(branch__path__startswith=user.branch.path)
    return own | Q(branch_id=user.branch_id)


class GoodwillQuerySet(models.QuerySet["Goodwill"]):
    """Conditions on many waived rules."""

    def visible_to(self, user: User) -> "GoodwillQuerySet":
        """What was asked for and given in the branches of the user's scope."""
        return self.filter(goodwill_scope(user))


class Goodwill(models.Model):
    """One rule waived once: asked for, then given or refused by somebody whose limit holds it."""

    # A code of registry.goodwill_kinds: which rule.
    kind = models.CharField(max_length=30)
    item = models.ForeignKey(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="goodwill")
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="goodwill")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=300)
    cost = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    state = models.CharField(max_length=8, choices=GoodwillState.choices)
    asked_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="goodwill_asked")
    asked_at = models.DateTimeField(default=now)
    # Whose limit holds it.
    decided_by = models.ForeignKey(
        User, null=True, blank=True, on_delete=models.PROTECT, related_name="goodwill_decided"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.CharField(max_length=300, blank=True)
    # Whether the customer's record fitted when it was given, and why: {"fits": bool, "reasons": [...]}.
    fit = models.JSONField(default=dict)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    objects = GoodwillQuerySet.as_manager()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(kind="") & ~Q(reason=""), name="goodwill_has_kind_and_reason"),
            models.CheckConstraint(condition=Q(cost__gte=0) & ~Q(currency=""), name="goodwill_cost"),
            models.CheckConstraint(condition=Q(state__in=GoodwillState.values), name="goodwill_state"),
            models.CheckConstraint(
                condition=Q(state=GoodwillState.ASKED, decided_by__isnull=True, decided_at__isnull=True)
                | (~Q(state=GoodwillState.ASKED) & Q(decided_by__isnull=False, decided_at__isnull=False)),
                name="goodwill_decided_by_somebody",
            ),
            models.CheckConstraint(
                condition=~Q(state=GoodwillState.REFUSED) | ~Q(decision_note=""), name="goodwill_refusal_has_reason"
            ),
        ]
        indexes = [
            models.Index(fields=["-asked_at", "-id"], name="goodwill_recent"),
            models.Index(fields=["state", "-asked_at", "-id"], name="goodwill_by_state"),
            models.Index(fields=["branch", "-asked_at", "-id"], name="goodwill_branch"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.cost} {self.currency}"

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(GoodwillState(self.state).label)

    @property
    def kind_label(self) -> str:
        """Which rule, in the reader's language; the code where no app names it any more."""
        known = goodwill_kinds.find(self.kind)
        return str(known.label) if known is not None else self.kind
