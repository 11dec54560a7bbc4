"""What Meta told us, as it came, and the messages that came of it."""

from django.db import models
from django.db.models import Q

from halkhata.engines.chat.choices import ContentKind, EventKind, EventState, MediaState
from halkhata.engines.chat.models.accounts import ChatAccount
from halkhata.engines.chat.models.people import ChatIdentity
from halkhata.engines.messaging.models import Message
from halkhata.foundation.files.models import StoredFile


class ChatEvent(models.Model):
    """One thing that a webhook told, kept before anything else is done. The same key is the same thing (F13)."""

    account = models.ForeignKey(ChatAccount, on_delete=models.PROTECT, related_name="events")
    key = models.CharField(max_length=200)
    kind = models.CharField(max_length=8, choices=EventKind.choices)
    body = models.JSONField(default=dict)
    happened_at = models.DateTimeField()
    received_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=EventState.choices, default=EventState.STORED)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    reason = models.CharField(max_length=60, blank=True)
    detail = models.CharField(max_length=500, blank=True)
    processed_at = models.DateTimeField(null=True, blank=True)
    message = models.ForeignKey(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="chat_events")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=EventKind.values), name="chat_event_kind"),
            models.CheckConstraint(condition=Q(state__in=EventState.values), name="chat_event_state"),
            models.UniqueConstraint(fields=["account", "key"], name="chat_event_once"),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="stored"), name="chat_events_stored"),
            models.Index(fields=["-id"], condition=Q(state="waiting"), name="chat_events_waiting"),
            models.Index(fields=["received_at"], name="chat_events_old"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"


class ChatMessage(models.Model):
    """What chat knows of a message in a conversation that came by a webhook: the customer's, or an echo of ours."""

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="chat")
    account = models.ForeignKey(ChatAccount, on_delete=models.PROTECT, related_name="messages")
    identity = models.ForeignKey(
        ChatIdentity, null=True, blank=True, on_delete=models.SET_NULL, related_name="messages"
    )
    remote_id = models.CharField(max_length=190)
    content = models.CharField(max_length=8, choices=ContentKind.choices, default=ContentKind.TEXT)
    # Meta's word for a kind that we cannot show.
    remote_kind = models.CharField(max_length=40, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(content__in=ContentKind.values), name="chat_content"),
            models.UniqueConstraint(fields=["account", "remote_id"], name="chat_message_once"),
        ]
        indexes = [models.Index(fields=["identity", "-id"], name="chat_messages_of_person")]

    def __str__(self) -> str:
        return f"{self.content} {self.message_id}"


class ChatMedia(models.Model):
    """A file that came along with a message: its id at Meta first, the bytes as soon as a job has fetched them."""

    chat_message = models.ForeignKey(ChatMessage, on_delete=models.CASCADE, related_name="media")
    # WhatsApp names an id, Messenger an address.
    media_id = models.CharField(max_length=80, blank=True)
    url = models.TextField(blank=True)
    name = models.CharField(max_length=200, blank=True)
    state = models.CharField(max_length=10, choices=MediaState.choices, default=MediaState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField(null=True, blank=True)
    file = models.ForeignKey(StoredFile, null=True, blank=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        ordering = ["id"]
        constraints = [models.CheckConstraint(condition=Q(state__in=MediaState.values), name="chat_media_state")]
        indexes = [models.Index(fields=["next_try_at", "id"], condition=Q(state="waiting"), name="chat_media_waiting")]

    def __str__(self) -> str:
        return self.name or self.media_id
