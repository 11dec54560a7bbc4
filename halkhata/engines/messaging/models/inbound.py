"""Raw inbound messages: the bytes first, everything else later."""

from django.db import models
from django.db.models import Q

from halkhata.engines.messaging.choices import InboundOutcome, RawState
from halkhata.engines.messaging.models.mailboxes import Mailbox


class InboundRaw(models.Model):
    """One inbound mail exactly as it came. Stored and committed before the server is told that we have it.

    Unique per content: the same bytes can never be processed twice, whatever a server's UIDs do (F12).
    """

    mailbox = models.ForeignKey(Mailbox, null=True, blank=True, on_delete=models.PROTECT, related_name="raw")
    # "<uidvalidity>:<uid>", or "ingest:<sha256>" for one given by hand.
    provider_id = models.CharField(max_length=80)
    sha256 = models.CharField(max_length=64)
    size = models.PositiveIntegerField()
    body = models.BinaryField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=RawState.choices, default=RawState.STORED)
    outcome = models.CharField(max_length=14, choices=InboundOutcome.choices, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    # What the program itself said when processing broke off; for whoever mends it.
    detail = models.TextField(blank=True)
    # Codes of what was cut or repaired while reading (mime/); pages put them into words.
    notes = models.JSONField(default=list, blank=True)
    # Why somebody set it aside; ``reason`` keeps saying why it had stopped here.
    set_aside_note = models.CharField(max_length=200, blank=True)
    # For lists: what could be read of the header without processing.
    message_id = models.CharField(max_length=255, blank=True)
    from_address = models.CharField(max_length=254, blank=True)
    subject = models.CharField(max_length=255, blank=True)
    # What our own mail server says about the sender (mime/authentication.py), and the name it says it by.
    proof = models.CharField(max_length=8, blank=True)
    auth_server = models.CharField(max_length=253, blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["sha256"], name="messaging_raw_content_once"),
            models.CheckConstraint(
                condition=~Q(state="processed") | ~Q(outcome=""), name="messaging_processed_raw_has_outcome"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="stored"), name="messaging_raw_waiting"),
            models.Index(fields=["-id"], condition=Q(state="quarantined"), name="messaging_raw_quarantine"),
            models.Index(fields=["-id"], condition=Q(state="discarded"), name="messaging_raw_aside"),
            models.Index(fields=["mailbox", "-id"], condition=~Q(auth_server=""), name="messaging_raw_vouched"),
            models.Index(fields=["mailbox", "provider_id"], name="messaging_raw_provider"),
        ]

    def __str__(self) -> str:
        return f"{self.provider_id} {self.state}"


class BlockedSender(models.Model):
    """An address whose mail is set aside as it comes in. The mail itself is kept."""

    address = models.EmailField(unique=True)
    reason = models.CharField(max_length=200)
    since = models.DateTimeField()
    blocked_by = models.CharField(max_length=150, blank=True)

    class Meta:
        ordering = ["-since", "-id"]
        constraints = [models.CheckConstraint(condition=~Q(reason=""), name="messaging_blocked_has_reason")]

    def __str__(self) -> str:
        return self.address
