"""With whom, and by which mailbox, a conversation goes on after a mail."""

from datetime import datetime

from halkhata.engines.messaging.mime.classify import Classification
from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.models import Conversation, Mailbox
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.messaging.services.participants import carry_participants
from halkhata.engines.work.models import WorkItem


def carry_over(
    before: Conversation,
    item: WorkItem,
    parsed: ParsedMail,
    classification: Classification,
    at: datetime,
    *,
    is_customer: bool,
) -> None:
    """A follow-up goes on with the people, the address and the mailbox of the conversation it came from."""
    conversation = conversation_of(item)
    conversation.mailbox = before.mailbox or conversation.mailbox
    conversation.customer_address = parsed.from_address.lower() if is_customer else before.customer_address
    carry_participants(before, conversation)
    if not classification.may_auto_reply:
        conversation.automatic_mail_stopped_at = at
    conversation.save(update_fields=["mailbox", "customer_address", "automatic_mail_stopped_at"])


def answer_from(conversation: Conversation, mailbox: Mailbox | None) -> None:
    """The next answer goes out by the mailbox that the customer wrote to last, if that one can send."""
    if mailbox is None or mailbox.pk == conversation.mailbox_id or not mailbox.smtp_host or not mailbox.is_active:
        return
    if mailbox.is_demo == conversation.item.is_demo:
        conversation.mailbox = mailbox
        conversation.save(update_fields=["mailbox"])
