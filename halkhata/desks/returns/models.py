"""Returns: what customers bring back, from the request to the money (A58)."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.choices import SETTLING, FileStep, Grade, Outcome, PayMethod, Reason, Stage
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import VisibleQuerySet
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.models import Product, PurchaseLine, Unit

# SQLite calculates amounts in binary: what differs by less than this is the same.
HALF_A_CENT = Decimal("0.005")


class ReturnQuerySet(VisibleQuerySet["ReturnRequest"]):
    """Returns, with the record scope of every work item."""

    def unfinished(self) -> "ReturnQuerySet":
        """Still to be done."""
        return self.exclude(stage__in=(Stage.REJECTED, Stage.CLOSED))


def _money() -> models.DecimalField:
    return models.DecimalField(max_digits=14, decimal_places=2, default=Decimal(0))


def _person() -> models.ForeignKey:
    return models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")


class ReturnRequest(WorkItem):
    """One line of one sale on its way back. ``stage`` is the state machine's; the item's ``state`` mirrors it."""

    stage = models.CharField(max_length=14, choices=Stage.choices, default=Stage.REQUESTED)
    purchase_line = models.ForeignKey(PurchaseLine, on_delete=models.PROTECT, related_name="returns")
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    # One serial number; none for goods that are only counted.
    unit = models.ForeignKey(Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="returns")
    quantity = models.PositiveIntegerField(default=1)
    # How many of the line this return takes up: all of it, or none once it was refused, withdrawn or sent back.
    held_quantity = models.PositiveIntegerField(default=1)
    # What was paid for this quantity: nothing of this return may come to more.
    line_price = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    reason_code = models.CharField(max_length=20, choices=Reason.choices)
    note = models.TextField(blank=True)
    wish = models.CharField(max_length=14, choices=Outcome.choices, blank=True)
    # The version in force when it was sold, and what came of it at the request: rules with values, for any language.
    policy = models.ForeignKey(
        "returns.ReturnPolicy", null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    rules = models.JSONField(default=list)
    is_eligible = models.BooleanField(default=False)
    # Against the rules all the same: why (the waiver itself is in engines/goodwill).
    goodwill_reason = models.TextField(blank=True)
    # No goods come: they never reached the customer, or are worth less than the way (A58.8).
    is_instant = models.BooleanField(default=False)
    approved_by = _person()
    approved_at = models.DateTimeField(null=True, blank=True)
    reject_reason = models.TextField(blank=True)
    rejected_by = _person()
    appeal_text = models.TextField(blank=True)
    appealed_at = models.DateTimeField(null=True, blank=True)
    appeal_answer = models.TextField(blank=True)
    appeal_answered_by = _person()
    # By whom it travels, and the carrier's own number.
    carrier = models.CharField(max_length=80, blank=True)
    tracking_code = models.CharField(max_length=80, blank=True)
    received_at = models.DateTimeField(null=True, blank=True)
    received_by = _person()
    receipt_note = models.TextField(blank=True)
    grade = models.CharField(max_length=1, choices=Grade.choices, blank=True)
    inspected_at = models.DateTimeField(null=True, blank=True)
    inspected_by = _person()
    inspection_note = models.TextField(blank=True)
    # Above the shop's value limit whoever inspected may not decide.
    needs_four_eyes = models.BooleanField(default=False)
    result = models.CharField(max_length=14, choices=Outcome.choices, blank=True)
    decided_by = _person()
    decided_at = models.DateTimeField(null=True, blank=True)
    decision_note = models.TextField(blank=True)
    refund_amount = _money()
    credit_amount = _money()
    replacement_amount = _money()
    fee_amount = _money()
    refund_due_on = models.DateField(null=True, blank=True)
    paid_method = models.CharField(max_length=10, choices=PayMethod.choices, blank=True)
    settle_method = models.CharField(max_length=10, choices=PayMethod.choices, blank=True)
    # Money goes back the way it came, or somebody says why not.
    method_reason = models.CharField(max_length=300, blank=True)
    settle_reference = models.CharField(max_length=80, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = _person()
    replacement_unit = models.OneToOneField(
        Unit, null=True, blank=True, on_delete=models.PROTECT, related_name="replaces_in"
    )

    objects = ReturnQuerySet.as_manager()  # type: ignore[assignment,misc]

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=Stage.values), name="returns_stage"),
            models.CheckConstraint(condition=Q(result__in=["", *Outcome.values]), name="returns_result"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="returns_something"),
            models.CheckConstraint(condition=Q(unit__isnull=True) | Q(quantity=1), name="returns_one_serial"),
            models.CheckConstraint(
                condition=Q(held_quantity=0) | Q(held_quantity=F("quantity")), name="returns_held_all_or_none"
            ),
            # One open return for each serial number (R3).
            models.UniqueConstraint(
                fields=["unit"],
                condition=Q(unit__isnull=False) & ~Q(stage__in=[Stage.REJECTED, Stage.CLOSED]),
                name="returns_one_open_per_unit",
            ),
            # Nothing given comes to more than was paid (R5).
            models.CheckConstraint(
                condition=Q(
                    line_price__gte=F("refund_amount")
                    + F("credit_amount")
                    + F("replacement_amount")
                    + F("fee_amount")
                    - HALF_A_CENT
                ),
                name="returns_not_more_than_price",
            ),
            models.CheckConstraint(
                condition=Q(refund_amount__gte=0, credit_amount__gte=0, replacement_amount__gte=0, fee_amount__gte=0),
                name="returns_amounts_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(held_quantity__gt=0) | Q(refund_amount=0, credit_amount=0), name="returns_money_for_goods"
            ),
            # Refused and waiting: no quantity is taken up. Everything else before the end takes it up.
            models.CheckConstraint(
                condition=~Q(stage=Stage.REJECTED) | (Q(held_quantity=0) & ~Q(reject_reason="")),
                name="returns_rejected_has_reason",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=[Stage.RECEIVED, Stage.INSPECTING]) | Q(received_at__isnull=False),
                name="returns_received_before_inspection",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=[Stage.DECIDED, *SETTLING])
                | (Q(decided_at__isnull=False) & (Q(is_instant=True) | (Q(received_at__isnull=False) & ~Q(grade="")))),
                name="returns_decided_after_grade",
            ),
            models.CheckConstraint(
                condition=~Q(stage__in=SETTLING) | Q(result=F("stage")), name="returns_stage_is_outcome"
            ),
            models.CheckConstraint(condition=~Q(stage=Stage.CLOSED) | ~Q(result=""), name="returns_closed_has_outcome"),
            models.CheckConstraint(
                condition=Q(needs_four_eyes=False) | Q(decided_by__isnull=True) | ~Q(decided_by=F("inspected_by")),
                name="returns_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(settle_method="") | Q(settle_method=F("paid_method")) | ~Q(method_reason=""),
                name="returns_money_goes_back_its_way",
            ),
        ]
        indexes = [
            models.Index(fields=["stage"], name="returns_stage_idx"),
            models.Index(fields=["product", "-workitem_ptr"], name="returns_product"),
        ]

    @property
    def stage_label(self) -> str:
        """The stage in the reader's language."""
        return str(Stage(self.stage).label)

    @property
    def given(self) -> Decimal:
        """What the customer gets, in money or goods."""
        return self.refund_amount + self.credit_amount + self.replacement_amount

    @property
    def in_advance(self) -> "Advance | None":
        """The replacement that was handed over before the goods were back, if one was."""
        return getattr(self, "advance", None)

    @property
    def is_over(self) -> bool:
        """Nothing is left to be done."""
        return self.stage in {Stage.REJECTED, Stage.CLOSED}


class ReturnFile(models.Model):
    """A photo or paper of a return."""

    request = models.ForeignKey(ReturnRequest, on_delete=models.CASCADE, related_name="files")
    file = models.OneToOneField(StoredFile, on_delete=models.CASCADE, related_name="of_return")
    step = models.CharField(max_length=10, choices=FileStep.choices)
    added_by = _person()
    added_at = models.DateTimeField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.request_id} {self.step}"


class CreditNote(models.Model):
    """Store credit that came of a return: one paper, spent once."""

    number = models.CharField(max_length=20, unique=True)
    request = models.OneToOneField(ReturnRequest, on_delete=models.PROTECT, related_name="credit_note")
    customer = models.ForeignKey(
        "customers.Customer", on_delete=models.PROTECT, related_name="credit_notes", verbose_name=_("customer")
    )
    amount = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    issued_at = models.DateTimeField()
    spent_at = models.DateTimeField(null=True, blank=True)
    spent_by = _person()
    # The memo on which it was spent.
    spent_on = models.CharField(max_length=40, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="returns_credit_positive"),
            models.CheckConstraint(
                condition=Q(spent_at__isnull=True) | ~Q(spent_on=""), name="returns_spent_credit_has_memo"
            ),
        ]

    def __str__(self) -> str:
        return self.number


# At the end: their tables name what stands above.
from halkhata.desks.returns.advance_models import Advance, AdvanceTerms, DepositEntry  # noqa: E402
from halkhata.desks.returns.parcel_models import Parcel, ParcelFile  # noqa: E402
from halkhata.desks.returns.policy_models import RefundLimit, ReturnPolicy, ReturnRules  # noqa: E402

__all__ = [
    "HALF_A_CENT",
    "Advance",
    "AdvanceTerms",
    "CreditNote",
    "DepositEntry",
    "Parcel",
    "ParcelFile",
    "RefundLimit",
    "ReturnFile",
    "ReturnPolicy",
    "ReturnQuerySet",
    "ReturnRequest",
    "ReturnRules",
]
