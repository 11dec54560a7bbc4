"""What a job costs: lines with who pays each of them, and estimates with the customer's answer (A53.4, A53.10)."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service.choices import AnsweredHow, EstimateState, LineKind, Payer
from halkhata.engines.goodwill.models import Goodwill
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.records.catalog.models import Product
from halkhata.records.stock.models import Movement
from halkhata.records.warranty.models import Coupon

# SQLite calculates amounts in binary: what differs by less than this is the same.
_HALF_A_CENT = Decimal("0.005")
_WORTH = F("quantity") * F("unit_price") - F("discount")


class JobLine(models.Model):
    """A part, labour or a visit. ``charged`` is what the customer pays: nothing, unless the customer pays the line."""

    job = models.ForeignKey("service.ServiceJob", on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=6, choices=LineKind.choices)
    # The component of the cover it belongs to ("battery"); "" for the whole unit.
    component = models.CharField(max_length=40, blank=True)
    product = models.ForeignKey(Product, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    text = models.CharField(_("what"), max_length=200)
    quantity = models.DecimalField(_("quantity"), max_digits=9, decimal_places=2, default=1)
    unit_price = models.DecimalField(_("price"), max_digits=14, decimal_places=2)
    discount = models.DecimalField(_("discount"), max_digits=14, decimal_places=2, default=0)
    payer = models.CharField(_("who pays"), max_length=8, choices=Payer.choices)
    charged = models.DecimalField(max_digits=14, decimal_places=2)
    # What decided who pays: the rule of the cover, or the words of whoever decided otherwise.
    rule = models.CharField(max_length=300, blank=True)
    # What it costs the shop, and whether the manufacturer pays that back (A53.10).
    cost = models.DecimalField(_("what it costs us"), max_digits=14, decimal_places=2, default=0)
    is_recoverable = models.BooleanField(_("the manufacturer pays it back"), default=False)
    # On a swap of a part with a number of its own (A53.9).
    faulty_serial = models.CharField(_("number of the faulty part"), max_length=60, blank=True)
    replacement_serial = models.CharField(_("number of the new part"), max_length=60, blank=True)
    coupon = models.ForeignKey(Coupon, null=True, blank=True, on_delete=models.PROTECT, related_name="job_lines")
    goodwill = models.ForeignKey(Goodwill, null=True, blank=True, on_delete=models.PROTECT, related_name="job_lines")
    # The movement by which the part left the shelf; taken back when the line is taken off.
    taken_by = models.ForeignKey(Movement, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Number of the service contract.
    amc_ref = models.CharField(_("contract number"), max_length=40, blank=True)
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(default=now)
    # Taken off the card; it stays readable.
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="service_line_says_what"),
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="service_line_kind"),
            models.CheckConstraint(condition=Q(payer__in=Payer.values), name="service_line_payer"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, unit_price__gte=0, discount__gte=0, cost__gte=0, charged__gte=0),
                name="service_line_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(discount__lte=F("quantity") * F("unit_price") + _HALF_A_CENT),
                name="service_line_discount",
            ),
            # Covered lines cost the customer nothing (A53.4).
            models.CheckConstraint(condition=Q(payer=Payer.CUSTOMER) | Q(charged=0), name="service_covered_is_free"),
            models.CheckConstraint(
                condition=~Q(payer=Payer.CUSTOMER)
                | Q(charged__gte=_WORTH - _HALF_A_CENT, charged__lte=_WORTH + _HALF_A_CENT),
                name="service_line_adds_up",
            ),
            models.CheckConstraint(
                condition=~Q(payer=Payer.COUPON) | Q(coupon__isnull=False), name="service_coupon_is_named"
            ),
            models.CheckConstraint(
                condition=~Q(payer=Payer.GOODWILL) | Q(goodwill__isnull=False), name="service_goodwill_is_named"
            ),
            models.CheckConstraint(condition=~Q(payer=Payer.AMC) | ~Q(amc_ref=""), name="service_contract_is_named"),
            # What the customer pays is no claim against the manufacturer.
            models.CheckConstraint(
                condition=Q(is_recoverable=False) | ~Q(payer=Payer.CUSTOMER), name="service_recoverable_is_not_charged"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.text} × {self.quantity}"

    @property
    def worth(self) -> Decimal:
        """What the line would cost if the customer paid."""
        return self.quantity * self.unit_price - self.discount


class Estimate(models.Model):
    """One version of what the customer is asked to approve, word for word, and the answer to it."""

    job = models.ForeignKey("service.ServiceJob", on_delete=models.CASCADE, related_name="estimates")
    number = models.PositiveSmallIntegerField()
    # As the customer read it: {"lines": [{"text", "kind", "quantity", "worth", "payer", "charged"}], "note"}.
    content = models.JSONField()
    # The same as one text; the approval is of these words.
    text = models.TextField()
    total = models.DecimalField(max_digits=14, decimal_places=2)
    currency = models.CharField(max_length=3)
    # Version of the job's lines that it was made of.
    lines_version = models.PositiveIntegerField()
    state = models.CharField(max_length=8, choices=EstimateState.choices, default=EstimateState.SENT)
    made_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=now)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    answered_how = models.CharField(max_length=8, choices=AnsweredHow.choices, blank=True)
    # Who said so, in their own name; and who of us wrote it down, unless the customer did it on the page.
    answered_by = models.CharField(max_length=120, blank=True)
    recorded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    answer_note = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(fields=["job", "number"], name="service_estimate_number_once"),
            models.UniqueConstraint(
                fields=["job"], condition=Q(state__in=["sent", "approved"]), name="service_one_standing_estimate"
            ),
            models.CheckConstraint(condition=Q(state__in=EstimateState.values), name="service_estimate_state"),
            models.CheckConstraint(condition=Q(total__gte=0), name="service_estimate_total"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="service_estimate_expires_later"),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "refused"])
                | (Q(answered_at__isnull=False) & ~Q(answered_how="") & ~Q(answered_by="")),
                name="service_answer_has_who_and_how",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} #{self.number}"

    @property
    def state_label(self) -> str:
        """The state in the reader's language."""
        return str(EstimateState(self.state).label)
