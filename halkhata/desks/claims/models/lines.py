"""What hangs on a claim: lines, photos and papers, credit notes of the company."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.claims.choices import LineKind, PhotoKind
from halkhata.desks.claims.models.claims import HALF_A_CENT, Claim, money_column
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.files.models import StoredFile
from halkhata.records.warranty.models import Coupon


class ClaimLine(models.Model):
    """A part, labour, the way, a visit, a free service: what it cost, what is claimed, what the company grants."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=6, choices=LineKind.choices)
    # Part number or labour code of the company's list; the code of the fault it belongs to.
    code = models.CharField(_("part number or labour code"), max_length=40, blank=True)
    fault_code = models.CharField(_("fault code"), max_length=40, blank=True)
    text = models.CharField(_("what"), max_length=200)
    quantity = models.DecimalField(_("quantity"), max_digits=9, decimal_places=2, default=1)
    cost = models.DecimalField(_("what it cost us"), max_digits=14, decimal_places=2, default=Decimal(0))
    is_recoverable = models.BooleanField(_("the manufacturer pays it back"), default=True)
    claimed_amount = money_column()
    approved_amount = money_column()
    # Why the company grants less.
    answer = models.CharField(max_length=200, blank=True)
    faulty_serial = models.CharField(_("number of the faulty part"), max_length=60, blank=True)
    replacement_serial = models.CharField(_("number of the new part"), max_length=60, blank=True)
    coupon = models.ForeignKey(Coupon, null=True, blank=True, on_delete=models.PROTECT, related_name="claim_lines")
    # False once the claim was withdrawn: the free service can be claimed again.
    is_live = models.BooleanField(default=True)
    # Where it was taken from ("service.JobLine:17"); "" when somebody wrote it here.
    origin = models.CharField(max_length=60, blank=True)
    added_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=~Q(text=""), name="claims_line_says_what"),
            models.CheckConstraint(condition=Q(kind__in=LineKind.values), name="claims_line_kind"),
            models.CheckConstraint(
                condition=Q(quantity__gt=0, cost__gte=0, claimed_amount__gte=0, approved_amount__gte=0),
                name="claims_line_not_negative",
            ),
            models.CheckConstraint(
                condition=Q(approved_amount__lte=F("claimed_amount") + HALF_A_CENT), name="claims_line_approved"
            ),
            # What the company does not pay back is written down and not claimed (A53.10).
            models.CheckConstraint(
                condition=Q(is_recoverable=True) | Q(claimed_amount=0), name="claims_line_recoverable"
            ),
            models.CheckConstraint(
                condition=Q(kind=LineKind.COUPON, coupon__isnull=False)
                | (~Q(kind=LineKind.COUPON) & Q(coupon__isnull=True)),
                name="claims_line_names_coupon",
            ),
            models.UniqueConstraint(
                fields=["coupon"], condition=Q(coupon__isnull=False, is_live=True), name="claims_coupon_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.text}"


class ClaimFile(models.Model):
    """A photo or paper that goes with the claim, by what it shows."""

    claim = models.ForeignKey(Claim, on_delete=models.CASCADE, related_name="files")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=14, choices=PhotoKind.choices, default=PhotoKind.OTHER)
    note = models.CharField(max_length=120, blank=True)
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    added_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=PhotoKind.values), name="claims_file_kind"),
            models.UniqueConstraint(fields=["claim", "file"], name="claims_file_once"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.kind}"


class CompanyCredit(models.Model):
    """A credit note of the company for a claim. Append-only: a wrong one is answered by the company's next note."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="credits")
    number = models.CharField(_("number of the credit note"), max_length=60)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    on = models.DateField(_("date of the credit note"))
    note = models.CharField(max_length=300, blank=True)
    recorded_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField(default=now)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(amount__gt=0), name="claims_credit_positive"),
            models.CheckConstraint(condition=~Q(number=""), name="claims_credit_has_number"),
            # One paper may pay several claims, and each of them once.
            models.UniqueConstraint(fields=["claim", "number"], name="claims_credit_once"),
        ]

    def __str__(self) -> str:
        return self.number
