"""The dispute itself, and what the house has set for all of them."""

from django.apps import apps
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes.choices import DisputeState, Ground, RemedyKind, ToldHow
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import VisibleQuerySet, scope_condition
from halkhata.records.catalog.models import Unit
from halkhata.records.privacy.models import LegalHold


class DisputeQuerySet(VisibleQuerySet["Dispute"]):
    """Disputes inside the record scope, those on whose panel somebody sits, and those in which he has a task."""

    def visible_to(self, user: User) -> "DisputeQuerySet":
        """Only what ``user`` may see: a reviewer sees the cases he decides, wherever they are."""
        if not user.is_active:
            return self.none()
        # By name: its table points at this one.
        seats = (
            apps.get_model("disputes", "PanelMember").objects.filter(user=user, state="sitting").values("dispute_id")
        )
        # Whoever was given something to do in it sees what it is about.
        given = Q(pk__in=apps.get_model("disputes", "Remedy").objects.filter(owner=user).values("dispute_id"))
        given |= Q(pk__in=apps.get_model("disputes", "Action").objects.filter(owner=user).values("dispute_id"))
        condition = scope_condition(user)
        # Whoever sees everything has no condition, and "nothing or a seat" would be the seat alone.
        return self.filter(condition | Q(pk__in=seats) | given) if condition else self.all()

    def argued(self) -> "DisputeQuerySet":
        """Not ended: whatever it is about stays open."""
        return self.exclude(state__in=["closed", "withdrawn"])


class Dispute(WorkItem):
    """A work item about another one on which shop and customer do not agree (A60)."""

    # The ticket, job, claim or return; it is a work item whatever the desk. None: opened by the customer's own word.
    about = models.ForeignKey(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="disputes")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="disputes")
    ground = models.CharField(max_length=20, choices=Ground.choices)
    # What the customer says, in his words, and what he wants.
    statement = models.TextField()
    wish = models.CharField(max_length=14, choices=RemedyKind.choices)
    # The day it happened; the days since then are shown to staff only.
    cause_on = models.DateField()
    by_customer = models.BooleanField(default=False)
    # Which hearing it is: 1, and 2 after the one appeal.
    round = models.PositiveSmallIntegerField(default=1)
    evidence_until = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    appeal_until = models.DateTimeField(null=True, blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal_text = models.TextField(blank=True)
    # The customer was told how it ended; without, it cannot be closed.
    told_at = models.DateTimeField(null=True, blank=True)
    told_how = models.CharField(max_length=8, choices=ToldHow.choices, blank=True)
    told_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The root cause of the decision, and the dispute of which it is the repetition.
    root_cause = models.CharField(max_length=20, choices=Ground.choices, blank=True)
    repeats = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="repeated_by")
    hold = models.ForeignKey(LegalHold, null=True, blank=True, on_delete=models.SET_NULL, related_name="disputes")
    # When the customer must hear from us next (A60.2).
    next_update_at = models.DateTimeField(null=True, blank=True)

    objects = DisputeQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(statement=""), name="disputes_has_statement"),
            models.CheckConstraint(condition=Q(ground__in=Ground.values), name="disputes_ground"),
            models.CheckConstraint(condition=Q(wish__in=RemedyKind.values), name="disputes_wish"),
            models.CheckConstraint(condition=Q(round__in=[1, 2]), name="disputes_one_appeal"),
            models.CheckConstraint(
                condition=Q(round=1) | Q(appealed_at__isnull=False), name="disputes_second_round_was_appealed"
            ),
            models.CheckConstraint(
                condition=Q(told_at__isnull=True) | Q(told_by__isnull=False), name="disputes_somebody_told"
            ),
            models.CheckConstraint(
                condition=Q(repeats__isnull=True) | ~Q(repeats=F("workitem_ptr")), name="disputes_not_own_repetition"
            ),
        ]
        indexes = [
            models.Index(fields=["root_cause", "-decided_at"], condition=~Q(root_cause=""), name="disputes_cause"),
            models.Index(fields=["-decided_at"], condition=Q(decided_at__isnull=False), name="disputes_decided"),
            models.Index(
                fields=["next_update_at"], condition=Q(next_update_at__isnull=False), name="disputes_next_update"
            ),
        ]

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(DisputeState(self.state).label)


class DisputeSettings(models.Model):
    """The one row of the law of the house; there is none until somebody changes it."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # Hours between two updates to the customer.
    update_hours = models.PositiveSmallIntegerField(default=72)
    # Days in which both sides may add to the file.
    evidence_days = models.PositiveSmallIntegerField(default=5)
    # Days after the decision in which the customer may appeal.
    appeal_days = models.PositiveSmallIntegerField(default=15)
    panel_size = models.PositiveSmallIntegerField(default=1)
    # Above this amount a panel of three decides; none: never asked for.
    three_above = models.DecimalField(max_digits=12, decimal_places=2, null=True, blank=True)
    # Whether somebody near the case may sit when nobody else is there, with a reason that is written down.
    allow_override = models.BooleanField(default=True)
    # Days after which an action is looked at: did it work?
    check_days = models.PositiveSmallIntegerField(default=30)
    publish_summary = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="disputes_settings_one_row"),
            models.CheckConstraint(
                condition=Q(update_hours__gte=4, update_hours__lte=720), name="disputes_update_hours"
            ),
            models.CheckConstraint(
                condition=Q(evidence_days__gte=1, evidence_days__lte=60), name="disputes_evidence_days"
            ),
            models.CheckConstraint(condition=Q(appeal_days__gte=1, appeal_days__lte=90), name="disputes_appeal_days"),
            models.CheckConstraint(condition=Q(panel_size__in=[1, 3]), name="disputes_panel_size"),
            models.CheckConstraint(condition=Q(check_days__gte=1, check_days__lte=365), name="disputes_check_days"),
        ]

    def __str__(self) -> str:
        return str(_("Law of the house for disputes"))
