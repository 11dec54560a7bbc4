"""Short texts that came in: kept first, understood later."""

from django.db import models
from django.db.models import Q

from halkhata.engines.messaging.arriving_choices import TextOutcome
from halkhata.engines.messaging.choices import RawState
from halkhata.engines.messaging.models.conversations import Message


class InboundText(models.Model):
    """One text exactly as the gateway handed it over. Committed before the gateway is told that we have it.

    A gateway tells the same text again when our answer was late: the same id with the same words is one row. An id
    that comes back with other words (a gateway that began to count anew) is another text; nothing is lost.
    """

    # "sms:3": by which gateway.
    source = models.CharField(max_length=40)
    # The gateway's own id; "none:<n>" where it gives none.
    provider_id = models.CharField(max_length=120)
    # Of numbers and words.
    digest = models.CharField(max_length=64)
    # As the gateway wrote it: may be a name ("bKash").
    from_typed = models.CharField(max_length=60, blank=True)
    # E.164; empty for what is no phone number.
    number = models.CharField(max_length=20, blank=True)
    to_number = models.CharField(max_length=60, blank=True)
    text = models.TextField(blank=True)
    body = models.BinaryField()
    # When the gateway says it was written; its clock may be wrong.
    said_at = models.DateTimeField(null=True, blank=True)
    received_at = models.DateTimeField()
    state = models.CharField(max_length=12, choices=RawState.choices, default=RawState.STORED)
    outcome = models.CharField(max_length=16, choices=TextOutcome.choices, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    # What the program itself said when processing broke off; for whoever mends it.
    detail = models.TextField(blank=True)
    # Why somebody set it aside; ``reason`` keeps saying why it had stopped here.
    set_aside_note = models.CharField(max_length=200, blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    # The line of the thread it became.
    message = models.OneToOneField(
        Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="inbound_text"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["source", "provider_id", "digest"], name="messaging_text_came_once"),
            models.CheckConstraint(condition=Q(state__in=RawState.values), name="messaging_text_in_state"),
            models.CheckConstraint(
                condition=~Q(state="processed") | ~Q(outcome=""), name="messaging_processed_text_has_outcome"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="stored"), name="messaging_text_in_waiting"),
            models.Index(fields=["-id"], condition=Q(state="quarantined"), name="messaging_text_quarantine"),
            models.Index(fields=["-id"], condition=Q(state="discarded"), name="messaging_text_aside"),
            models.Index(fields=["number", "-id"], condition=~Q(number=""), name="messaging_text_from"),
        ]

    def __str__(self) -> str:
        # Stands in the audit trail: names no number and no text.
        return f"{self.source} {self.provider_id}"
