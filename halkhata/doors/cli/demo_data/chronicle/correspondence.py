"""What was said in the older story: conversations, messages, and mail that never left."""

from halkhata.doors.cli.demo_data.chronicle.record import Record
from halkhata.doors.cli.demo_data.chronicle.story import BATCH, Story
from halkhata.doors.cli.demo_data.furnishing import House
from halkhata.doors.cli.demo_data.lines import Line
from halkhata.engines.messaging.choices import BlockReason, Direction, OutboundState
from halkhata.engines.messaging.models import Conversation, Delivery, Message
from halkhata.engines.messaging.services.composing import new_message_id, tagged_subject
from halkhata.engines.work.choices import Channel, WorkEventKind
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint


class Correspondence:
    """Writes all conversations at once."""

    def __init__(self, *, house: House, record: Record) -> None:
        self.house, self.record = house, record
        self._addresses = dict(
            ContactPoint.objects.filter(customer__isnull=False, kind=ContactKind.EMAIL, is_primary=True).values_list(
                "customer_id", "value"
            )
        )

    def write(self, stories: list[Story]) -> None:
        """Write a conversation for each ticket, its messages, and for those by mail their blocked sending."""
        conversations = Conversation.objects.bulk_create(
            [
                Conversation(
                    item=story.item,
                    mailbox=self.house.mailboxes[story.plan.shop],
                    customer_address=self._addresses.get(story.customer.pk, ""),
                )
                for story in stories
            ],
            batch_size=BATCH,
        )
        messages, sent = [], []
        for story, conversation in zip(stories, conversations, strict=True):
            for line in story.lines:
                if line.direction:
                    message = self._message(story, conversation, line)
                    messages.append(message)
                    if line.by_mail and line.direction == Direction.OUTBOUND:
                        sent.append(message)
        Message.objects.bulk_create(messages, batch_size=BATCH)
        Delivery.objects.bulk_create(
            [
                Delivery(
                    message=message,
                    mailbox=message.conversation.mailbox,
                    to_address=message.to_addresses[0],
                    cause=f"message:{message.pk}",
                    state=OutboundState.BLOCKED,
                    block_reason=BlockReason.DEMO,
                    next_try_at=message.at,
                    queued_at=message.at,
                    is_demo=True,
                )
                for message in sent
            ],
            batch_size=BATCH,
        )

    def _message(self, story: Story, conversation: Conversation, line: Line) -> Message:
        is_first = line.kind == WorkEventKind.OPENED
        channel = story.plan.channel if is_first else Channel.EMAIL if line.by_mail else Channel.PHONE
        if line.direction == Direction.NOTE:
            channel = Channel.INTERNAL
        message = Message(
            conversation=conversation,
            direction=line.direction,
            channel=str(channel),
            at=line.at,
            customer=story.customer,
            text=line.text,
            full_text=line.text if line.by_mail else "",
            counts_as_answer=line.kind == WorkEventKind.HUMAN_REPLY,
        )
        if is_first:
            message.author_label, message.subject = str(story.customer), story.item.subject
            message.from_address = conversation.customer_address if line.by_mail else ""
            return message
        message.author, message.author_label = line.actor, line.actor.audit_label
        if line.by_mail:
            assert conversation.mailbox is not None
            message.message_id = new_message_id(conversation, conversation.mailbox)
            message.from_address, message.to_addresses = conversation.mailbox.address, [conversation.customer_address]
            message.subject = tagged_subject(story.item.subject, story.item.number)
            self.record.note(story, line.at, line.actor, "message.send", after={"to": conversation.customer_address})
            self.record.tell(story, line.at, "message.sent", line.actor, channel=Channel.EMAIL.value)
        elif line.call:
            outbound, answered = line.call
            values = {"outbound": outbound, "answered": answered}
            self.record.note(story, line.at, line.actor, "message.call", after=values)
            self.record.tell(story, line.at, "message.call", line.actor, **values)
        else:
            self.record.note(story, line.at, line.actor, "message.note")
        return message
