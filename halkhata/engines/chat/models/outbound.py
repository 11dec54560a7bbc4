"""Messages of ours on their way."""

from django.db import models
from django.db.models import Q

from halkhata.engines.chat.choices import ChatState
from halkhata.engines.chat.models.accounts import ChatAccount, ChatTemplate
from halkhata.engines.chat.models.people import ChatIdentity
from halkhata.engines.messaging.models import Message


class ChatDelivery(models.Model):
    """One message on its way to one person, made in the transaction of its cause.

    queued -> sending -> sent -> delivered -> read | failed | in_doubt. Meta takes no key that would make a second try
    harmless, so one whose sender died is in doubt and waits for a person; ``key`` goes along and comes back in Meta's
    news, which settles the doubt.
    """

    message = models.OneToOneField(Message, on_delete=models.CASCADE, related_name="chat_delivery")
    account = models.ForeignKey(ChatAccount, on_delete=models.PROTECT, related_name="deliveries")
    identity = models.ForeignKey(
        ChatIdentity, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    key = models.CharField(max_length=32, unique=True)
    # None: free text, which only an open window lets through.
    template = models.ForeignKey(
        ChatTemplate, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries"
    )
    is_template = models.BooleanField(default=False)
    values = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=ChatState.choices, default=ChatState.QUEUED)
    remote_id = models.CharField(max_length=190, blank=True)
    attempts = models.PositiveSmallIntegerField(default=0)
    next_try_at = models.DateTimeField()
    lease_until = models.DateTimeField(null=True, blank=True)
    locked_by = models.CharField(max_length=32, blank=True)
    queued_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True, blank=True)
    delivered_at = models.DateTimeField(null=True, blank=True)
    read_at = models.DateTimeField(null=True, blank=True)
    fault = models.CharField(max_length=40, blank=True)
    said = models.CharField(max_length=300, blank=True)
    is_demo = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(state__in=ChatState.values), name="chat_delivery_state"),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False), name="chat_sending_has_lease"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["sent", "delivered", "read"]) | Q(sent_at__isnull=False),
                name="chat_sent_has_time",
            ),
            # The hard block: demo data cannot even stand in the queue.
            models.CheckConstraint(
                condition=Q(is_demo=False) | ~Q(state__in=["queued", "sending"]), name="chat_demo_is_never_queued"
            ),
            models.UniqueConstraint(
                fields=["account", "remote_id"], condition=~Q(remote_id=""), name="chat_delivery_once"
            ),
        ]
        indexes = [
            models.Index(fields=["next_try_at", "id"], condition=Q(state="queued"), name="chat_delivery_queued"),
            models.Index(fields=["lease_until"], condition=Q(state="sending"), name="chat_delivery_sending"),
            # What news about "all before this moment" speak of.
            models.Index(
                fields=["identity", "sent_at"],
                condition=Q(state__in=["sent", "delivered"]),
                name="chat_delivery_unread",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.state}"
