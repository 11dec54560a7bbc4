"""Tables about getting in: second factors, one-time links, outside identities, the house rules of sign-in, hand-overs.

Imported by ``models.py``, which Django reads; refers to users and roles by name only, so that the two form no circle.
"""

from typing import Any

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class SecondFactor(models.Model):
    """The authenticator app of one person (TOTP, RFC 6238). Without ``confirmed_at`` it is not in force yet."""

    user = models.OneToOneField("accounts.User", on_delete=models.CASCADE, related_name="second_factor")
    # The shared secret (Base32), sealed with core.secret_box.
    secret = models.TextField()
    # The time step of the last code that was taken. A step is taken only when it is later: no code works twice.
    last_step = models.BigIntegerField(default=-1)
    created_at = models.DateTimeField()
    confirmed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(last_step__gte=-1), name="accounts_second_factor_step")]

    def __str__(self) -> str:
        return f"second factor of {self.user_id}"


class RecoveryCode(models.Model):
    """One of ten codes for the day the phone is lost: kept as a keyed hash, good for one sign-in."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="recovery_codes")
    code_hash = models.CharField(max_length=64)
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "code_hash"], name="accounts_recovery_code_once")]

    def __str__(self) -> str:
        return f"recovery code {self.pk} of {self.user_id}"


class AccessLink(models.Model):
    """A link that lets one person do one thing once: choose a password, or link an outside identity.

    Only the keyed hash of its token is kept. ``ends_at`` bounds it, ``used_at`` spends it.
    """

    PASSWORD, IDENTITY = "password", "identity"
    PURPOSES = [(PASSWORD, _("Choose a password")), (IDENTITY, _("Link an outside sign-in"))]

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="access_links")
    purpose = models.CharField(max_length=10, choices=PURPOSES)
    token_hash = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    # Sent by e-mail at the person's own wish; else handed over by whoever manages staff.
    by_mail = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(purpose__in=["password", "identity"]), name="accounts_link_purpose"),
            models.CheckConstraint(condition=Q(ends_at__gt=F("created_at")), name="accounts_link_ends"),
        ]
        indexes = [models.Index(fields=["user", "purpose", "-created_at"], name="accounts_link_of_user")]

    def __str__(self) -> str:
        return f"{self.purpose} link of {self.user_id}"


class AccessPolicy(models.Model):
    """The one row of house rules about signing in."""

    IDLE_MINUTES, TOTAL_HOURS = 12 * 60, 14 * 24

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    roles_with_second_factor = models.ManyToManyField("accounts.Role", blank=True, related_name="+")
    idle_minutes = models.PositiveIntegerField(
        default=IDLE_MINUTES, validators=[MinValueValidator(10), MaxValueValidator(60 * 24 * 14)]
    )
    total_hours = models.PositiveIntegerField(
        default=TOTAL_HOURS, validators=[MinValueValidator(1), MaxValueValidator(24 * 14)]
    )
    reset_by_mail = models.BooleanField(default=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="accounts_policy_is_one_row"),
            models.CheckConstraint(condition=Q(idle_minutes__gte=10), name="accounts_policy_idle"),
            models.CheckConstraint(condition=Q(total_hours__gte=1), name="accounts_policy_total"),
        ]

    def __str__(self) -> str:
        return "rules of sign-in"

    @classmethod
    def current(cls) -> "AccessPolicy":
        """The row, or the unsaved default."""
        return cls.objects.filter(pk=1).first() or cls()


class OidcProvider(models.Model):
    """The one OpenID Connect provider of the install. Its client secret is sealed with core.secret_box."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    label = models.CharField(max_length=60)
    issuer = models.URLField(max_length=255)
    client_id = models.CharField(max_length=255)
    client_secret = models.TextField(blank=True)
    # True: who comes from there is not asked for a code of ours. False: who has a second factor here is asked.
    trusts_second_factor = models.BooleanField(default=False)
    is_active = models.BooleanField(default=False)

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(id=1), name="accounts_provider_is_one_row")]

    def __str__(self) -> str:
        return self.label

    @classmethod
    def current(cls) -> "OidcProvider | None":
        """The provider, if one is set up (in use or not)."""
        return cls.objects.filter(pk=1).first()


class Identity(models.Model):
    """Who somebody is at a provider: issuer and subject, never an e-mail address (B73)."""

    user = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="identities")
    issuer = models.CharField(max_length=255)
    subject = models.CharField(max_length=255)
    # What the provider called the person, for lists; nothing is decided by it.
    shown_as = models.CharField(max_length=254, blank=True)
    linked_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name_plural = "identities"
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="accounts_identity_once")]

    def __str__(self) -> str:
        return self.shown_as or self.subject


class Handover(models.Model):
    """What went from somebody who left, and to whom: the list that whoever did it sees, and can take back."""

    leaver = models.ForeignKey("accounts.User", on_delete=models.CASCADE, related_name="handovers")
    successor = models.ForeignKey("accounts.User", null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by_label = models.CharField(max_length=150)
    at = models.DateTimeField()
    # [{"step": "work", "ref": "12", "label": "K-1045 …", "to_id": 4, "to": "Mitu"}]
    moved: Any = models.JSONField(default=list)
    undone_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"hand-over of {self.leaver_id}"
