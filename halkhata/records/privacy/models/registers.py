"""How long data stay, breaches, and the record of what data are used for."""

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from halkhata.records.privacy.choices import (
    LegalBasis,
)


class RetentionRule(models.Model):
    """After how many days data of a class go (registry ``retention_classes``). Without a row they stay."""

    code = models.SlugField(max_length=40, unique=True)
    days = models.PositiveIntegerField()
    changed_at = models.DateTimeField()
    changed_label = models.CharField(max_length=150, blank=True)
    last_run_at = models.DateTimeField(null=True, blank=True)
    last_count = models.PositiveIntegerField(default=0)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(days__gte=30, days__lte=36_525), name="privacy_retention_days")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.days}"


class Breach(models.Model):
    """Personal data were lost or seen by others. The authority is told within 72 hours of noticing it (Art. 33)."""

    number = models.CharField(max_length=20, unique=True)
    noticed_at = models.DateTimeField()
    happened_at = models.DateTimeField(null=True, blank=True)
    due_at = models.DateTimeField()
    title = models.CharField(_("what happened"), max_length=200)
    description = models.TextField(_("in detail"), blank=True)
    data_kinds = models.CharField(_("which data"), max_length=300, blank=True)
    people_count = models.PositiveIntegerField(_("how many people, about"), null=True, blank=True)
    consequences = models.TextField(_("what may come of it"), blank=True)
    measures = models.TextField(_("what was done about it"), blank=True)
    is_risky = models.BooleanField(_("a risk to the people concerned"), default=True)
    authority_told_at = models.DateTimeField(null=True, blank=True)
    late_reason = models.CharField(max_length=300, blank=True)
    people_told_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)
    written_label = models.CharField(max_length=150, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-noticed_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=~Q(title=""), name="privacy_breach_has_title"),
            models.CheckConstraint(condition=Q(due_at__gt=F("noticed_at")), name="privacy_breach_due_later"),
            # Art. 33(1): told later than 72 hours, with the reasons for the delay.
            models.CheckConstraint(
                condition=Q(authority_told_at__isnull=True)
                | Q(authority_told_at__lte=F("due_at"))
                | ~Q(late_reason=""),
                name="privacy_late_notice_says_why",
            ),
            # A risky one is not over before the authority knows of it.
            models.CheckConstraint(
                condition=Q(closed_at__isnull=True) | Q(is_risky=False) | Q(authority_told_at__isnull=False),
                name="privacy_risky_breach_is_told",
            ),
        ]
        indexes = [
            models.Index(fields=["-noticed_at", "-id"], name="privacy_breach_recent"),
            models.Index(
                fields=["due_at"],
                condition=Q(authority_told_at__isnull=True, is_risky=True, closed_at__isnull=True),
                name="privacy_breach_due",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ProcessingActivity(models.Model):
    """One line of the record of what personal data are used for (Art. 30)."""

    name = models.CharField(_("name"), max_length=120)
    why = models.TextField(_("what for"))
    basis = models.CharField(_("on what ground"), max_length=8, choices=LegalBasis.choices)
    people = models.CharField(_("whose data"), max_length=300)
    data_kinds = models.CharField(_("which data"), max_length=300)
    recipients = models.CharField(_("who else gets them"), max_length=300, blank=True)
    abroad = models.CharField(_("given to another country"), max_length=300, blank=True)
    kept_for = models.CharField(_("kept how long"), max_length=200, blank=True)
    protection = models.CharField(_("how they are protected"), max_length=300, blank=True)
    is_active = models.BooleanField(_("in use"), default=True)
    changed_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ["-is_active", "name", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(name="") & ~Q(why=""), name="privacy_activity_has_name"),
            models.CheckConstraint(condition=Q(basis__in=LegalBasis.values), name="privacy_activity_basis"),
        ]

    def __str__(self) -> str:
        return self.name
