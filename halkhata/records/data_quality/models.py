"""How good the customer book is: a score for each customer, proposals to mend it, a monthly look by people (E.2)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, Named, User
from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Customer


class AuditState(models.TextChoices):
    """How a drawn customer stands."""

    OPEN = "open", _("To be looked at")
    RIGHT = "right", _("All is right")
    MENDED = "mended", _("Something was mended")
    UNREACHED = "unreached", _("Could not be asked")


class ProposalState(models.TextChoices):
    """How a proposal stands."""

    OPEN = "open", _("Open")
    TAKEN = "taken", _("Taken over")
    LEFT = "left", _("Left as it is")
    OVERTAKEN = "overtaken", _("Changed meanwhile")


class CustomerScore(models.Model):
    """How complete one customer's record is, 0 to 100, and what is missing. Made anew when the record changed."""

    customer = models.OneToOneField(Customer, primary_key=True, on_delete=models.CASCADE, related_name="data_score")
    score = models.PositiveSmallIntegerField()
    # Codes of what is missing, as the rules name them.
    gaps = models.JSONField(default=list)
    branch = models.ForeignKey(
        Branch, null=True, blank=True, on_delete=models.CASCADE, related_name="+", db_index=False
    )
    # The customer's ``updated_at`` when it was scored, and when anything was last heard of them.
    seen_at = models.DateTimeField()
    heard_at = models.DateTimeField()
    # Which state of the shop's own rules it was scored by (RulesState.number).
    rules_seen = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(score__lte=100), name="data_quality_score_to_100")]
        indexes = [
            models.Index(fields=["score", "customer"], name="data_quality_worst"),
            models.Index(fields=["heard_at", "customer"], name="data_quality_stale"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.score}"


class QualityRule(Named):
    """A rule of the shop's own: where its conditions are true of a customer, the record is to be mended (E.2).

    The name says what is the matter. ``conditions`` is a tree (foundation/fields/conditions).
    """

    conditions = models.JSONField()
    # How many points it takes off the score.
    weight = models.PositiveSmallIntegerField()
    is_active = models.BooleanField(default=True)
    changed_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["-weight", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="data_quality_rule_has_name"),
            models.CheckConstraint(condition=Q(weight__gte=1, weight__lte=100), name="data_quality_rule_weight"),
        ]


class RuleHit(models.Model):
    """A customer whose record breaks a rule, as of the last look. Made anew with the score."""

    rule = models.ForeignKey(QualityRule, on_delete=models.CASCADE, related_name="hits", db_index=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="quality_hits")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["rule", "customer"], name="data_quality_hit_once")]

    def __str__(self) -> str:
        return f"{self.customer_id}: {self.rule_id}"


class RulesState(models.Model):
    """How often the rules were changed: a score made by an earlier state waits for the next look. One row."""

    number = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(pk=1), name="data_quality_one_rules_state")]

    def __str__(self) -> str:
        return str(self.number)


class MonthScore(models.Model):
    """How the whole book stood in a month: the number the owner watches."""

    month = models.DateField(unique=True)
    customers = models.PositiveIntegerField()
    average = models.PositiveSmallIntegerField()
    # How many lack what: {"phone": 120, …}.
    gaps = models.JSONField(default=dict)
    stale = models.PositiveIntegerField(default=0)
    made_at = models.DateTimeField()

    class Meta:
        ordering = ["-month"]
        constraints = [
            models.CheckConstraint(condition=Q(average__lte=100), name="data_quality_month_to_100"),
        ]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}: {self.average}"


class Proposal(models.Model):
    """One change that a rule proposes. Nothing is changed before a person takes it over."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="proposals", db_index=False)
    # The rule that made it, and the column it is about.
    rule = models.CharField(max_length=30)
    field = models.CharField(max_length=30)
    before = models.CharField(max_length=254, blank=True)
    after = models.CharField(max_length=254, blank=True)
    state = models.CharField(max_length=9, choices=ProposalState.choices, default=ProposalState.OPEN)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ProposalState.values), name="data_quality_proposal_state"),
            # What was left as it is once is not proposed again for the same value.
            models.UniqueConstraint(
                fields=["customer", "rule", "field", "before", "after"], name="data_quality_proposal_once"
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="data_quality_ended_has_time",
            ),
        ]
        indexes = [models.Index(fields=["-id"], condition=Q(state="open"), name="data_quality_open")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.rule}"


class AuditPick(models.Model):
    """A customer drawn for a month's look: somebody asks whether what we know is still right."""

    month = models.DateField()
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="audit_picks")
    branch = models.ForeignKey(Branch, null=True, blank=True, on_delete=models.CASCADE, related_name="+")
    state = models.CharField(max_length=9, choices=AuditState.choices, default=AuditState.OPEN)
    note = models.CharField(max_length=300, blank=True)
    drawn_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["month", "customer"], name="data_quality_pick_once"),
            models.CheckConstraint(condition=Q(state__in=AuditState.values), name="data_quality_pick_state"),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True) | (~Q(state="open") & Q(ended_at__isnull=False)),
                name="data_quality_pick_has_time",
            ),
        ]
        indexes = [models.Index(fields=["-month", "state", "id"], name="data_quality_pick_line")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m} {self.customer_id}"
