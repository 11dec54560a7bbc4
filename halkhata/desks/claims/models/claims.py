"""Claims to the manufacturer: what a repair under warranty cost, and what of it comes back (A53.9–A53.11, US-33)."""

from datetime import date
from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.claims.choices import FILED, GRANTED, Sort, Stage
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import VisibleQuerySet
from halkhata.records.catalog.models import Brand, Unit

# SQLite calculates amounts in binary: what differs by less than this is the same.
HALF_A_CENT = Decimal("0.005")
_LIVE = ~Q(stage=Stage.WITHDRAWN)


class ClaimQuerySet(VisibleQuerySet["Claim"]):
    """Claims, with the record scope of every work item."""


def money_column() -> models.DecimalField:
    """An amount that begins with nothing."""
    return models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))


class Claim(WorkItem):
    """A claim to the maker of a brand. ``stage`` is the state machine's; the item's ``state`` mirrors it.

    The three amounts are sums: the database itself writes them when a line or a credit note changes (guards.py).
    """

    stage = models.CharField(max_length=10, choices=Stage.choices, default=Stage.DRAFT)
    sort = models.CharField(max_length=8, choices=Sort.choices, default=Sort.REPAIR)
    brand = models.ForeignKey(Brand, on_delete=models.PROTECT, related_name="+", verbose_name=_("brand"))
    # What it comes from: a job card, a return, a ticket. All of them are work items.
    about = models.ForeignKey(WorkItem, null=True, blank=True, on_delete=models.PROTECT, related_name="claims_about")
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="claims")
    # First day of the month of a sheet of free services.
    month_on = models.DateField(null=True, blank=True)
    currency = models.CharField(max_length=3)
    # The company's own number of the claim, once it has said it.
    company_number = models.CharField(_("claim number of the company"), max_length=60, blank=True)
    failed_on = models.DateField(_("failed on"), null=True, blank=True)
    repaired_on = models.DateField(_("repaired on"), null=True, blank=True)
    # By when it must be sent, by the company's rules; worked out anew with the repair's day and the rules.
    deadline_on = models.DateField(null=True, blank=True)
    # The deadline of which the owner was told; a moved one is told again.
    warned_for = models.DateField(null=True, blank=True)
    reading = models.PositiveIntegerField(_("reading at the failure"), null=True, blank=True)
    defect_code = models.CharField(_("defect code"), max_length=40, blank=True)
    cause_code = models.CharField(_("cause code"), max_length=40, blank=True)
    description = models.TextField(_("what failed and what was done"), blank=True)
    # Both numbers of a swap, of a part or of the whole unit (A53.9).
    faulty_serial = models.CharField(_("number of the faulty part"), max_length=60, blank=True)
    replacement_serial = models.CharField(_("number of the new part"), max_length=60, blank=True)
    claimed_amount = money_column()
    approved_amount = money_column()
    credited_amount = money_column()
    submitted_at = models.DateTimeField(null=True, blank=True)
    submitted_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # What the company wanted besides, the last time it sent the claim back.
    asked_back = models.CharField(max_length=300, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # The company's words.
    answer = models.TextField(blank=True)
    # Why less came than was approved, and nothing more is expected.
    short_reason = models.CharField(max_length=300, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    objects = ClaimQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="claims_stage"),
            models.CheckConstraint(condition=Q(sort__in=Sort.values), name="claims_sort"),
            models.CheckConstraint(condition=~Q(currency=""), name="claims_has_currency"),
            models.CheckConstraint(
                condition=Q(sort=Sort.REPAIR, unit__isnull=False, month_on__isnull=True)
                | Q(sort=Sort.COUPONS, unit__isnull=True, month_on__isnull=False, about__isnull=True),
                name="claims_unit_or_month",
            ),
            models.CheckConstraint(
                condition=Q(claimed_amount__gte=0, approved_amount__gte=0, credited_amount__gte=0),
                name="claims_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(approved_amount__lte=F("claimed_amount") + HALF_A_CENT), name="claims_approved_of_claimed"
            ),
            models.CheckConstraint(
                condition=Q(credited_amount__lte=F("approved_amount") + HALF_A_CENT), name="claims_credited_of_approved"
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=FILED) | Q(submitted_at__isnull=False), name="claims_filed_has_time"
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=[*GRANTED, Stage.REJECTED]) | Q(decided_at__isnull=False),
                name="claims_decided_has_time",
            ),
            models.CheckConstraint(
                condition=Q(stage__in=GRANTED) | Q(credited_amount=0), name="claims_money_after_approval"
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.REJECTED) | (Q(approved_amount=0) & ~Q(answer="")),
                name="claims_rejected_is_nothing",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.APPROVED) | Q(approved_amount__gte=F("claimed_amount") - HALF_A_CENT),
                name="claims_approved_is_all",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.PARTLY)
                | (Q(approved_amount__gt=0) & Q(approved_amount__lt=F("claimed_amount") - HALF_A_CENT)),
                name="claims_partly_is_less",
            ),
            # Credited: all of it, or somebody said why not.
            models.CheckConstraint(
                condition=~Q(stage=Stage.CREDITED)
                | Q(credited_amount__gte=F("approved_amount") - HALF_A_CENT)
                | ~Q(short_reason=""),
                name="claims_short_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(stage=Stage.WITHDRAWN) | ~Q(withdrawn_reason=""), name="claims_withdrawn_has_reason"
            ),
            # One job is claimed for once; a free service, too (its line says so).
            models.UniqueConstraint(
                fields=["about"], condition=Q(about__isnull=False) & _LIVE, name="claims_once_for_each_job"
            ),
        ]  # fmt: skip
        indexes = [
            models.Index(fields=["stage", "deadline_on"], name="claims_stage_deadline"),
            models.Index(fields=["brand", "-workitem_ptr"], name="claims_brand"),
        ]

    @property
    def stage_label(self) -> str:
        """The stage in the reader's language."""
        return str(Stage(self.stage).label)

    @property
    def is_over(self) -> bool:
        """Nothing is left to be done."""
        return self.stage in {Stage.REJECTED, Stage.CREDITED, Stage.WITHDRAWN}

    @property
    def shortfall(self) -> Decimal:
        """What was approved and has not come."""
        return self.approved_amount - self.credited_amount

    @property
    def refused_amount(self) -> Decimal:
        """What was claimed and is not approved."""
        return self.claimed_amount - self.approved_amount

    def is_late(self, today: date) -> bool:
        """A draft whose day has passed."""
        return self.stage == Stage.DRAFT and self.deadline_on is not None and self.deadline_on < today
