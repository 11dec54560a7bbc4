"""Tables of the telephone: calls, what they led to, who sits at which extension, which telephone systems may tell us.

Imported by ``models.py``, which Django reads.
"""

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.models import Message
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Branch, Named, User
from halkhata.records.customers.models import Customer


class CallDirection(models.TextChoices):
    """Who called."""

    INBOUND = "in", _("The customer called")
    OUTBOUND = "out", _("We called")


class CallState(models.TextChoices):
    """How far a call has come."""

    RINGING = "ringing", _("Ringing")
    TALKING = "talking", _("Talking")
    ENDED = "ended", _("Ended")


class Consent(models.TextChoices):
    """What the customer knows of a recording. Only after being told, or agreeing, may one be kept."""

    NOT_ASKED = "", _("Not asked")
    TOLD = "told", _("Was told that the call is recorded")
    AGREED = "agreed", _("Agreed to the recording")
    REFUSED = "refused", _("Refused the recording")


class Disposition(Named):
    """What a call led to. The list is the shop's own."""

    code = models.SlugField(max_length=40, unique=True)
    position = models.PositiveSmallIntegerField(default=100)
    is_active = models.BooleanField(default=True)

    class Meta:
        ordering = ["position", "code"]
        constraints = [
            models.CheckConstraint(condition=~Q(name_bn="") | ~Q(name_en=""), name="tickets_disposition_has_name")
        ]


class Extension(models.Model):
    """The telephone of one member of staff, as the telephone system names it."""

    user = models.OneToOneField(User, on_delete=models.CASCADE, related_name="extension")
    number = models.CharField(max_length=20, unique=True)

    class Meta:
        constraints = [models.CheckConstraint(condition=~Q(number=""), name="tickets_extension_not_empty")]

    def __str__(self) -> str:
        return self.number


class PhoneSystem(models.Model):
    """A telephone system that tells us of calls, signing with a secret of its own."""

    name = models.CharField(max_length=80)
    # Names it in the webhook's address; not secret.
    key = models.SlugField(max_length=24, unique=True)
    # Sealed with core.secret_box.
    secret = models.TextField()
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    is_active = models.BooleanField(default=True)
    created_at = models.DateTimeField()
    last_heard_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=~Q(secret=""), name="tickets_phone_system_has_secret")]

    def __str__(self) -> str:
        return self.name


class Call(models.Model):
    """One telephone call, written down by hand or told by a telephone system."""

    system = models.ForeignKey(PhoneSystem, null=True, blank=True, on_delete=models.PROTECT, related_name="calls")
    # The telephone system's own name for the call; "" for one written down by hand.
    provider_id = models.CharField(max_length=120, blank=True)
    direction = models.CharField(max_length=3, choices=CallDirection.choices)
    state = models.CharField(max_length=8, choices=CallState.choices, default=CallState.ENDED)
    # The other side's: E.164 where it could be read, else as the telephone system wrote it.
    number = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="calls")
    branch = models.ForeignKey(Branch, on_delete=models.PROTECT, related_name="+")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="calls")
    item = models.ForeignKey(WorkItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="calls")
    # Its line in the conversation, once it is joined to a piece of work: only one.
    message = models.OneToOneField(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="call")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)
    answered = models.BooleanField(default=False)
    seconds = models.PositiveIntegerField(null=True, blank=True)
    disposition = models.ForeignKey(Disposition, null=True, blank=True, on_delete=models.PROTECT, related_name="calls")
    note = models.TextField(blank=True)
    recording_url = models.CharField(max_length=500, blank=True)
    consent = models.CharField(max_length=8, choices=Consent.choices, blank=True)

    class Meta:
        ordering = ["-started_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(direction__in=CallDirection.values), name="tickets_call_direction"),
            models.CheckConstraint(condition=Q(state__in=CallState.values), name="tickets_call_state"),
            models.CheckConstraint(condition=Q(consent__in=Consent.values), name="tickets_call_consent"),
            # Nothing is kept of a recording that the customer knew nothing of.
            models.CheckConstraint(
                condition=Q(recording_url="") | Q(consent__in=["told", "agreed"]), name="tickets_recording_with_consent"
            ),
            models.CheckConstraint(
                condition=Q(answered=True) | Q(seconds__isnull=True) | Q(seconds=0), name="tickets_unanswered_is_short"
            ),
            models.CheckConstraint(
                condition=Q(system__isnull=True, provider_id="") | (Q(system__isnull=False) & ~Q(provider_id="")),
                name="tickets_call_of_system",
            ),
            models.UniqueConstraint(
                fields=["system", "provider_id"], condition=~Q(provider_id=""), name="tickets_call_once"
            ),
        ]
        indexes = [
            models.Index(fields=["customer", "-started_at"], name="tickets_call_customer"),
            models.Index(fields=["user", "-started_at"], name="tickets_call_user"),
            models.Index(fields=["item", "-started_at"], name="tickets_call_item"),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.number} {self.started_at:%Y-%m-%d %H:%M}"


class CallMessageSeen(models.Model):
    """A signed message of a telephone system that was taken: the same one again changes nothing (Standard Webhooks)."""

    system = models.ForeignKey(PhoneSystem, on_delete=models.CASCADE, related_name="+")
    webhook_id = models.CharField(max_length=120)
    at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["system", "webhook_id"], name="tickets_call_message_once")]
        indexes = [models.Index(fields=["at"], name="tickets_call_message_at")]

    def __str__(self) -> str:
        return self.webhook_id


class PhoneRules(models.Model):
    """The one row: from how many contacts within how many days a caller counts as a repeated one (US-60)."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    repeat_contacts = models.PositiveSmallIntegerField(default=3)
    repeat_days = models.PositiveSmallIntegerField(default=7)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="tickets_phone_rules_one_row"),
            models.CheckConstraint(
                condition=Q(repeat_contacts__gte=2, repeat_contacts__lte=50), name="tickets_repeat_contacts"
            ),
            models.CheckConstraint(condition=Q(repeat_days__gte=1, repeat_days__lte=90), name="tickets_repeat_days"),
        ]

    def __str__(self) -> str:
        return f"{self.repeat_contacts} in {self.repeat_days} days"
