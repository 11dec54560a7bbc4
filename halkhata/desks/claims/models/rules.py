"""What a company asks of a claim: one row for each brand, changed in place; a claim keeps the deadline it got."""

from decimal import Decimal

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.claims.choices import DEADLINE_DAYS, WARN_DAYS
from halkhata.foundation.accounts.models import Named
from halkhata.records.catalog.models import Brand


class CompanyRules(Named):
    """The template of a company: required fields and photos, days, the columns of its form. Named as the company."""

    brand = models.OneToOneField(Brand, on_delete=models.PROTECT, related_name="claim_rules", verbose_name=_("brand"))
    # Codes of choices.FieldCode and choices.PhotoKind.
    required_fields = models.JSONField(default=list, blank=True)
    required_photos = models.JSONField(default=list, blank=True)
    deadline_days = models.PositiveSmallIntegerField(_("days after the repair"), default=DEADLINE_DAYS)
    warn_days = models.PositiveSmallIntegerField(_("days before it to warn"), default=WARN_DAYS)
    # [{"code": FieldCode, "heading": text}]; the heading is the company's own word, "" for ours.
    export_columns = models.JSONField(default=list, blank=True)
    coupon_rate = models.DecimalField(
        _("paid for one free service"), max_digits=14, decimal_places=2, default=Decimal(0)
    )
    wants_old_parts = models.BooleanField(_("old parts are sent to the company"), default=True)
    # Where old parts go to; printed on their tag.
    address = models.CharField(_("address for old parts"), max_length=300, blank=True)
    note = models.CharField(_("note for whoever writes the claim"), max_length=300, blank=True)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["brand__code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(deadline_days__gte=1, deadline_days__lte=730), name="claims_rules_deadline"
            ),
            models.CheckConstraint(
                condition=Q(warn_days__gte=1, warn_days__lte=F("deadline_days")), name="claims_rules_warning"
            ),
            models.CheckConstraint(condition=Q(coupon_rate__gte=0), name="claims_rules_rate"),
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="claims_rules_have_name"),
        ]
