"""Conversations and their messages."""

from django.db import models
from django.db.models import Q

from halkhata.engines.messaging.choices import AddedHow, Direction
from halkhata.engines.messaging.models.inbound import InboundRaw
from halkhata.engines.messaging.models.mailboxes import Mailbox
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.files.models import StoredFile
from halkhata.records.customers.models import Customer


class Conversation(models.Model):
    """All messages about one work item."""

    item = models.OneToOneField(WorkItem, on_delete=models.CASCADE, related_name="conversation")
    mailbox = models.ForeignKey(Mailbox, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # The address we write to; only this address's mail counts as the customer's answer.
    customer_address = models.EmailField(blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    # The other side answers by machine: no more automatic messages (A52.4, A52.5).
    automatic_mail_stopped_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"conversation of {self.item_id}"


class Participant(models.Model):
    """Somebody beside the customer who takes part in a conversation, or whom a mail named (``how`` asked).

    Whoever was only asked for gets nothing, and their mail opens a ticket of its own (B66, B67).
    """

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="participants")
    address = models.EmailField()
    name = models.CharField(max_length=150, blank=True)
    how = models.CharField(max_length=8, choices=AddedHow.choices)
    added_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # The person's or the customer's name as it was then.
    added_label = models.CharField(max_length=150, blank=True)
    added_at = models.DateTimeField()
    # The mail that named the address.
    named_in = models.ForeignKey("Message", null=True, blank=True, on_delete=models.SET_NULL, related_name="named")
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["conversation", "address"], name="messaging_participant_once"),
            models.CheckConstraint(condition=Q(how__in=AddedHow.values), name="messaging_participant_how"),
        ]
        indexes = [models.Index(fields=["address"], name="messaging_participant_address")]

    def __str__(self) -> str:
        return self.name or self.address


class Message(models.Model):
    """One message or note; a note is for staff alone unless it ``is_public``."""

    conversation = models.ForeignKey(Conversation, on_delete=models.CASCADE, related_name="messages")
    direction = models.CharField(max_length=4, choices=Direction.choices)
    channel = models.CharField(max_length=10, choices=Channel.choices)
    at = models.DateTimeField()
    author = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="messages")
    author_label = models.CharField(max_length=150, blank=True)
    from_address = models.CharField(max_length=254, blank=True)
    to_addresses = models.JSONField(default=list)
    cc_addresses = models.JSONField(default=list)
    subject = models.CharField(max_length=255, blank=True)
    # What the person wrote, without quoted history; ``full_text`` keeps everything.
    text = models.TextField(blank=True)
    full_text = models.TextField(blank=True)
    # As it came; sanitised each time it is shown, never trusted from storage.
    raw_html = models.TextField(blank=True)
    is_automatic = models.BooleanField(default=False)
    # The text it was made from, as that was then; empty for what somebody wrote freely.
    template_version = models.ForeignKey(
        "TemplateVersion", null=True, blank=True, on_delete=models.SET_NULL, related_name="messages", db_index=False
    )
    message_id = models.CharField(max_length=255, blank=True)
    in_reply_to = models.CharField(max_length=255, blank=True)
    references = models.JSONField(default=list)
    # Whose it is when not the customer's own.
    participant = models.ForeignKey(
        Participant, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    # What our mail server says about the sender: "pass", "aligned", "fail", "none"; "" when nobody was asked.
    proof = models.CharField(max_length=8, blank=True)
    raw = models.OneToOneField(InboundRaw, null=True, blank=True, on_delete=models.PROTECT, related_name="message")
    # A spoken answer that the customer got (logged outbound call) counts as an answer (A51.6).
    counts_as_answer = models.BooleanField(default=False)
    # Whether the other side took the phone; only calls have it.
    call_answered = models.BooleanField(null=True, blank=True)
    # A note that the customer reads where they follow their matter; it is sent to nobody (A51.6).
    is_public = models.BooleanField(default=False, db_default=False)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(condition=Q(direction__in=Direction.values), name="messaging_direction"),
            # An internal note has no address: it cannot be mixed up with a reply, not even in the database.
            models.CheckConstraint(
                condition=~Q(direction="note") | Q(message_id="", from_address=""), name="messaging_note_has_no_address"
            ),
            # Only what a person wrote as a note: neither a call that nobody took nor anything a machine says.
            models.CheckConstraint(
                condition=Q(is_public=False) | Q(direction="note", channel="internal", is_automatic=False),
                name="messaging_only_notes_are_shown",
            ),
            models.CheckConstraint(
                condition=Q(call_answered__isnull=True) | Q(channel="phone"), name="messaging_only_calls_are_taken"
            ),
        ]
        indexes = [
            models.Index(fields=["conversation", "at", "id"], name="messaging_thread"),
            models.Index(fields=["message_id"], condition=~Q(message_id=""), name="messaging_message_id"),
            models.Index(fields=["customer", "-at"], name="messaging_customer"),
            models.Index(
                fields=["template_version"], condition=Q(template_version__isnull=False), name="messaging_made_from"
            ),
            # Reports on what customers said within a period (US-60).
            models.Index(
                fields=["at"],
                condition=Q(direction="in", is_automatic=False, customer__isnull=False),
                name="messaging_contacts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.direction} {self.at:%Y-%m-%d %H:%M}"


class MessageAttachment(models.Model):
    """A file on a message."""

    message = models.ForeignKey(Message, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(StoredFile, on_delete=models.PROTECT, related_name="message_attachments")
    content_id = models.CharField(max_length=255, blank=True)
    is_inline = models.BooleanField(default=False)

    def __str__(self) -> str:
        return str(self.file)
