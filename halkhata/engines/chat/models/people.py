"""The other side: who writes to us, and to which customer they belong."""

from django.db import models
from django.db.models import Q

from halkhata.engines.chat.choices import JoinedHow
from halkhata.engines.chat.models.accounts import ChatAccount
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.records.customers.models import Customer


class ChatIdentity(models.Model):
    """Somebody who writes to one account of ours.

    ``user_id`` is Meta's own id of the person (BSUID of WhatsApp, PSID of Messenger), ``number`` the phone number as
    E.164. Either may be missing: who has a user name may hide the number.
    """

    account = models.ForeignKey(ChatAccount, on_delete=models.PROTECT, related_name="people")
    user_id = models.CharField(max_length=140, blank=True)
    number = models.CharField(max_length=20, blank=True)
    name = models.CharField(max_length=150, blank=True)
    username = models.CharField(max_length=80, blank=True)
    customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="chat_identities"
    )
    joined_how = models.CharField(max_length=6, choices=JoinedHow.choices, blank=True)
    created_at = models.DateTimeField(default=now)
    # When they last wrote: the window for free text is counted from here (A52.20).
    last_wrote_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=~Q(user_id="") | ~Q(number=""), name="chat_identity_is_known"),
            models.CheckConstraint(condition=Q(customer__isnull=True) | ~Q(joined_how=""), name="chat_joined_says_how"),
            models.UniqueConstraint(
                fields=["account", "user_id"], condition=~Q(user_id=""), name="chat_identity_user_once"
            ),
            models.UniqueConstraint(
                fields=["account", "number"], condition=~Q(number=""), name="chat_identity_number_once"
            ),
        ]

    def __str__(self) -> str:
        # Never the whole number: not every reader may see it.
        return self.name or self.username or f"…{(self.number or self.user_id)[-4:]}"


class ChatJoin(models.Model):
    """That somebody who writes was given to another customer by hand, with what moved along: it can be undone."""

    identity = models.ForeignKey(ChatIdentity, on_delete=models.CASCADE, related_name="joins")
    from_customer = models.ForeignKey(
        Customer, null=True, blank=True, on_delete=models.PROTECT, related_name="chat_joins"
    )
    joined_how_before = models.CharField(max_length=6, blank=True)
    # Ids of work items and messages that moved.
    items = models.JSONField(default=list)
    messages = models.JSONField(default=list)
    by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=now)
    undone_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-id"]

    def __str__(self) -> str:
        return f"{self.identity_id} {self.at:%Y-%m-%d}"
