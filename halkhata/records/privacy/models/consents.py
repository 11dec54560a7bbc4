"""The ledger of consent, which only grows (N1), and contact that must stop, kept by hash (N4)."""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.choices import (
    ConsentAct,
    ConsentSource,
    ContactChannel,
    Purpose,
    StopReason,
)


class ConsentWording(models.Model):
    """The very words somebody agreed to, in both languages. A published wording never changes; a new one follows."""

    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    number = models.PositiveIntegerField()
    text_bn = models.TextField(_("wording in Bengali"))
    text_en = models.TextField(_("wording in English"))
    # Under whose law it was written.
    jurisdiction = models.CharField(max_length=2, default="BD")
    published_at = models.DateTimeField()
    publisher_label = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["purpose", "-number"]
        constraints = [
            models.UniqueConstraint(fields=["purpose", "number"], name="privacy_wording_once"),
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="privacy_wording_purpose"),
            models.CheckConstraint(condition=~Q(text_bn="") & ~Q(text_en=""), name="privacy_wording_has_text"),
            models.CheckConstraint(condition=Q(number__gte=1), name="privacy_wording_number"),
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.number}"


class ConsentEvent(models.Model):
    """One act of one person: agreed or said no. Append-only; how they stand now is the last act (N1).

    A merge leaves the lines where they are and reads those of all aliases, the stricter winning (N5). ``covers`` names
    the aliases the person was known by when they acted: an act after a merge speaks for all of them while they are one.
    """

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="consents", db_index=False)
    purpose = models.CharField(max_length=12, choices=Purpose.choices)
    channel = models.CharField(max_length=8, choices=ContactChannel.choices)
    act = models.CharField(max_length=9, choices=ConsentAct.choices)
    wording = models.ForeignKey(
        ConsentWording, null=True, blank=True, on_delete=models.PROTECT, related_name="events", db_index=False
    )
    source = models.CharField(max_length=8, choices=ConsentSource.choices)
    at = models.DateTimeField()
    # Where it can be looked up: the form's number, who was told, the first digits of the network address.
    proof = models.CharField(max_length=200, blank=True)
    covers = models.JSONField(default=list, blank=True)
    actor_id_then = models.BigIntegerField(null=True, blank=True)
    actor_label = models.CharField(max_length=150, blank=True)
    written_at = models.DateTimeField(default=now)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=Purpose.values), name="privacy_consent_purpose"),
            models.CheckConstraint(condition=Q(channel__in=ContactChannel.values), name="privacy_consent_channel"),
            models.CheckConstraint(condition=Q(act__in=ConsentAct.values), name="privacy_consent_act"),
            models.CheckConstraint(condition=Q(source__in=ConsentSource.values), name="privacy_consent_source"),
            # Nobody has agreed to words that nobody can show them again.
            models.CheckConstraint(
                condition=Q(act="withdrawn") | Q(wording__isnull=False), name="privacy_consent_has_wording"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "purpose", "channel", "-at", "-id"], name="privacy_consent_now"),
            models.Index(fields=["wording"], name="privacy_consent_wording"),
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.purpose} {self.channel} {self.act}"


class DoNotContact(models.Model):
    """A number or an address that nothing (of a purpose) goes to any more, kept as a keyed hash.

    Standing until the person themselves takes it back: no import, merge or program lifts it (N4). An empty purpose
    stands for everything, also service: the number belongs to somebody else.
    """

    digest = models.CharField(max_length=64)
    kind = models.CharField(max_length=8)
    purpose = models.CharField(max_length=12, blank=True)
    # By which way; empty: by none.
    channel = models.CharField(max_length=8, blank=True)
    reason = models.CharField(max_length=10, choices=StopReason.choices)
    source = models.CharField(max_length=8, choices=ConsentSource.choices)
    since = models.DateTimeField()
    actor_label = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_how = models.CharField(max_length=200, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["digest", "purpose", "channel"],
                condition=Q(lifted_at__isnull=True),
                name="privacy_stop_once",
            ),
            models.CheckConstraint(
                condition=Q(channel="") | Q(channel__in=ContactChannel.values), name="privacy_stop_channel"
            ),
            models.CheckConstraint(
                condition=Q(purpose="") | Q(purpose__in=Purpose.values), name="privacy_stop_purpose"
            ),
            models.CheckConstraint(condition=Q(reason__in=StopReason.values), name="privacy_stop_reason"),
            models.CheckConstraint(
                condition=Q(lifted_at__isnull=True) | ~Q(lifted_how=""), name="privacy_lifted_stop_says_how"
            ),
        ]
        indexes = [models.Index(fields=["-since", "-id"], name="privacy_stop_recent")]

    def __str__(self) -> str:
        # Stands in the audit trail: names nobody.
        return f"{self.kind} {self.digest[:8]} {self.purpose or '*'}"


class PrivacySettings(models.Model):
    """The one row of choices; there is none until somebody changes one."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    # A consent for e-mail counts only once the person has confirmed it by the link in a mail (E.7).
    double_opt_in = models.BooleanField(_("consent to e-mail must be confirmed by a link"), default=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="privacy_settings_are_one_row")]

    def __str__(self) -> str:
        return str(_("Privacy"))
