"""What the shop promises about returns, and the rules of its desk."""

from typing import Any

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.returns.choices import PolicyChannel
from halkhata.foundation.accounts.models import Role, User, in_reader_language
from halkhata.records.catalog.models import ProductKind


class ReturnPolicy(models.Model):
    """One published version of the promise for a kind of product, a channel and a country. Only added, never changed.

    The version in force on the day of a sale holds for that sale, whatever is published later (A58.1).
    """

    kind = models.ForeignKey(
        ProductKind,
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
        verbose_name=_("kind of product"),
    )
    channel = models.CharField(_("sold how"), max_length=8, choices=PolicyChannel.choices, blank=True)
    # ISO 3166-1 alpha-2; "" for every country.
    country = models.CharField(_("country"), max_length=2, blank=True)
    # The three above as one text ("refrigerator//BD"): a key that both databases hold unique, with nothing in it, too.
    scope = models.CharField(max_length=60)
    version = models.PositiveIntegerField()
    from_on = models.DateField(_("in force from"))
    published_on = models.DateField()
    published_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    # Days after the sale; none: nothing can be given back for that.
    window_days = models.PositiveSmallIntegerField(_("days to change one's mind"))
    defect_days = models.PositiveSmallIntegerField(_("days to report a fault"))
    condition_bn = models.TextField(_("condition, in Bengali"), blank=True)
    condition_en = models.TextField(_("condition, in English"), blank=True)
    exclusions_bn = models.TextField(_("what cannot be given back, in Bengali"), blank=True)
    exclusions_en = models.TextField(_("what cannot be given back, in English"), blank=True)
    # Codes of Reason for which nothing is taken back.
    excluded_reasons = models.JSONField(default=list, blank=True)
    needs_accessories = models.BooleanField(_("box and accessories must be complete"), default=True)
    # Of the price, when the customer changed their mind.
    fee_percent = models.DecimalField(_("fee in per cent"), max_digits=5, decimal_places=2, default=0)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["kind__position", "channel", "country", "-version"]
        constraints = [
            models.UniqueConstraint(fields=["scope", "version"], name="returns_policy_version_once"),
            # What is promised today cannot take away what was promised yesterday. Version 1 may look back.
            models.CheckConstraint(
                condition=Q(version=1) | Q(from_on__gte=F("published_on")), name="returns_policy_not_backdated"
            ),
            models.CheckConstraint(condition=Q(fee_percent__gte=0, fee_percent__lte=100), name="returns_policy_fee"),
            models.CheckConstraint(
                condition=Q(window_days__lte=3650, defect_days__lte=3650), name="returns_policy_days"
            ),
            models.CheckConstraint(
                condition=~Q(condition_bn="") & ~Q(condition_en=""), name="returns_policy_in_both_languages"
            ),
        ]
        indexes = [models.Index(fields=["from_on"], name="returns_policy_from")]

    def __str__(self) -> str:
        return f"{self.scope} v{self.version}"

    @property
    def advance(self) -> Any:
        """What it says about replacements in advance (AdvanceTerms), or None where it offers none."""
        return getattr(self, "advance_terms", None)

    @property
    def condition(self) -> str:
        """In what condition goods are taken back, in the reader's language."""
        return in_reader_language(self.condition_bn, self.condition_en)

    @property
    def exclusions(self) -> str:
        """What is not taken back, in the reader's language."""
        return in_reader_language(self.exclusions_bn, self.exclusions_en)


class ReturnRules(models.Model):
    """The one row of rules of the returns desk; there is none until somebody changes a rule."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # From this price on, whoever inspected may not decide; 0: always.
    four_eyes_from = models.DecimalField(max_digits=14, decimal_places=2, default=20000)
    # Up to this price money goes back without the goods to a customer without returns in a year; 0: never.
    instant_up_to = models.DecimalField(max_digits=14, decimal_places=2, default=0)
    # Days within which money is back; none: as the country has it.
    refund_days = models.PositiveSmallIntegerField(null=True, blank=True)
    # Days for which an approval holds.
    bring_days = models.PositiveSmallIntegerField(default=14)
    # Days after a refusal in which it can be appealed against.
    appeal_days = models.PositiveSmallIntegerField(default=30)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="returns_rules_is_one_row"),
            models.CheckConstraint(
                condition=Q(four_eyes_from__gte=0, instant_up_to__gte=0), name="returns_rules_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(refund_days__isnull=True) | Q(refund_days__gte=1, refund_days__lte=90),
                name="returns_rules_refund_days",
            ),
            models.CheckConstraint(
                condition=Q(bring_days__gte=1, bring_days__lte=365, appeal_days__gte=1, appeal_days__lte=365),
                name="returns_rules_days",
            ),
        ]

    def __str__(self) -> str:
        return str(_("Rules of returns"))


class RefundLimit(models.Model):
    """Up to how much a role may decide; a role without a row has no limit once it may decide at all."""

    role = models.OneToOneField(Role, on_delete=models.CASCADE, related_name="+")
    amount = models.DecimalField(max_digits=14, decimal_places=2)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(amount__gte=0), name="returns_limit_not_negative")]

    def __str__(self) -> str:
        return f"{self.role_id}: {self.amount}"
