"""Short texts to one number or address: SMS, and one-time codes."""

from typing import Any

from django.db import models
from django.db.models import Q

from halkhata.engines.messaging.models.conversations import Message
from halkhata.engines.messaging.text_choices import GATED, TextChannel, TextPurpose, TextRule, TextState
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import Branch, User
from halkhata.records.customers.models import Customer


class TextMessage(models.Model):
    """A short text about one item, outside its thread, or to a customer about no item at all. Made in the transaction
    of its cause, with a unique cause.

    With a carrier for its channel (registry ``text_carriers``) it goes queued -> sending -> sent | failed | in_doubt;
    without one it stays ``prepared``, and staff may tell it by phone or send it by hand. What is not about a matter of
    the customer's own passes a gate first (services/text_gate.py): it may be ``held`` until ``go_at``, or ``refused``;
    ``rule`` says why.
    """

    item = models.ForeignKey(WorkItem, null=True, blank=True, on_delete=models.CASCADE, related_name="texts")
    # Only where there is no item: an item has its customer.
    customer = models.ForeignKey(Customer, null=True, blank=True, on_delete=models.CASCADE, related_name="short_texts")
    channel = models.CharField(max_length=5, choices=TextChannel.choices)
    purpose = models.CharField(max_length=6, choices=TextPurpose.choices)
    # E.164 for SMS, else an e-mail address.
    to_address = models.CharField(max_length=254)
    subject = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    # A code stands here, encrypted, while it is good for something; afterwards nothing is left of it.
    sealed_text = models.TextField(blank=True)
    language = models.CharField(max_length=5)
    # How an SMS is written (texting/segments.py) and how many parts it has; empty for e-mail.
    encoding = models.CharField(max_length=4, blank=True)
    segments = models.PositiveSmallIntegerField(default=0)
    # What all its parts cost together, as the channel's price stood then; empty while that is not known.
    price = models.DecimalField(max_digits=10, decimal_places=4, null=True, blank=True)
    currency = models.CharField(max_length=3, blank=True)
    rule = models.CharField(max_length=12, choices=TextRule.choices, blank=True)
    # A held one is looked at again at this instant.
    go_at = models.DateTimeField(null=True, blank=True)
    # "follow:17:sms": the same cause can never send twice.
    cause = models.CharField(max_length=120, unique=True)
    state = models.CharField(max_length=9, choices=TextState.choices, default=TextState.PREPARED)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease_until = models.DateTimeField(null=True, blank=True)
    said = models.CharField(max_length=300, blank=True)
    prepared_at = models.DateTimeField()
    # After this instant it is of no use to anybody.
    expires_at = models.DateTimeField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    # Since when it counts among what the customer got this week; empty while it has not gone, and for their own matter.
    counted_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    # The line of the item's thread that says the same; codes and what was written beside the thread have none.
    message = models.OneToOneField(Message, null=True, blank=True, on_delete=models.SET_NULL, related_name="short_text")
    is_demo = models.BooleanField(default=False)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                condition=Q(item__isnull=False, customer__isnull=True) | Q(item__isnull=True, customer__isnull=False),
                name="messaging_text_has_one_holder",
            ),
            models.CheckConstraint(condition=Q(channel__in=TextChannel.values), name="messaging_text_channel"),
            models.CheckConstraint(condition=Q(purpose__in=TextPurpose.values), name="messaging_text_purpose"),
            models.CheckConstraint(condition=Q(state__in=TextState.values), name="messaging_text_state"),
            models.CheckConstraint(
                condition=~Q(channel="sms") | Q(to_address__startswith="+", segments__gte=1),
                name="messaging_sms_to_a_number",
            ),
            # A code never stands in the clear, and not at all once it is told, sent, used or run out.
            models.CheckConstraint(condition=~Q(purpose="code") | Q(text=""), name="messaging_code_is_sealed"),
            models.CheckConstraint(
                condition=~Q(purpose="code") | Q(state__in=["prepared", "queued", "sending"]) | Q(sealed_text=""),
                name="messaging_ended_code_is_gone",
            ),
            models.CheckConstraint(
                condition=~Q(state="sending") | Q(lease_until__isnull=False), name="messaging_text_sending_has_lease"
            ),
            models.CheckConstraint(condition=Q(rule__in=TextRule.values), name="messaging_text_rule"),
            # Held is only what says why and until when, and refused only what says why.
            models.CheckConstraint(
                condition=~Q(state="held") | (~Q(rule="") & Q(go_at__isnull=False)), name="messaging_held_text_has_time"
            ),
            models.CheckConstraint(condition=~Q(state="refused") | ~Q(rule=""), name="messaging_refused_text_has_rule"),
            # Codes and news about one's own matter are never held and never refused.
            models.CheckConstraint(
                condition=Q(purpose__in=GATED) | ~Q(state__in=["held", "refused"]),
                name="messaging_only_offers_are_held",
            ),
            models.CheckConstraint(
                condition=Q(counted_at__isnull=True) | Q(purpose__in=GATED), name="messaging_news_is_not_counted"
            ),
            # The hard block: nothing invented can even stand in the queue.
            models.CheckConstraint(
                condition=Q(is_demo=False) | Q(state__in=["prepared", "held", "withdrawn", "refused"]),
                name="messaging_demo_text_stays",
            ),
        ]
        indexes = [
            models.Index(fields=["-id"], condition=Q(state="prepared"), name="messaging_text_prepared"),
            models.Index(fields=["id"], condition=Q(state__in=["queued", "sending"]), name="messaging_text_on_its_way"),
            models.Index(fields=["go_at"], condition=Q(state="held"), name="messaging_text_held"),
            models.Index(fields=["-id"], condition=Q(state="refused"), name="messaging_text_refused"),
            models.Index(fields=["expires_at"], condition=~Q(sealed_text=""), name="messaging_text_secrets"),
            models.Index(fields=["to_address", "-prepared_at"], name="messaging_text_rate"),
        ]

    def __str__(self) -> str:
        # Stands in the audit trail: names no number and no text.
        return f"{self.channel} {self.cause}"

    @property
    def whose(self) -> int | None:
        """The id of the customer it is for."""
        return self.item.customer_id if self.item is not None else self.customer_id

    @property
    def branch(self) -> Branch | None:
        """The branch it comes from."""
        holder = self.item or self.customer
        return holder.branch if holder is not None else None

    @property
    def about(self) -> dict[str, Any]:
        """What the audit trail says it is about."""
        return {"item": self.item.number} if self.item is not None else {"customer": self.customer_id}
