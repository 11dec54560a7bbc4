"""Automatic messages: acknowledgement, assignment, delay, resolution, asking for feedback (B.1, A52.16)."""

from django.db import IntegrityError, transaction

from halkhata.engines.messaging.choices import BlockReason, Direction
from halkhata.engines.messaging.models import Delivery, Message, MessageAttachment, Template
from halkhata.engines.messaging.selectors.addresses import customer_address
from halkhata.engines.messaging.services.composing import new_message_id, tagged_subject, thread_headers
from halkhata.engines.messaging.services.consent_gate import purpose_of
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.messaging.services.queueing import queue_delivery
from halkhata.engines.messaging.services.rendering import placeholder_values, render_template
from halkhata.engines.messaging.services.templates import find_template
from halkhata.engines.work.choices import Channel, WorkEventKind
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.items import hold, record_event
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now


def send_automatic(
    *, item: WorkItem, code: str, cause: str, context: dict[str, str] | None = None, language: str | None = None
) -> Delivery | None:
    """Prepare one automatic message for ``cause``; a second call with the same cause changes nothing.

    Returns the delivery (queued, or blocked with its reason), or None when no template is active for the occasion.
    """
    existing = Delivery.objects.filter(cause=cause).first()
    if existing is not None:
        return existing
    spoken = language or (item.customer.language if item.customer else "bn")
    template = find_template(code=code, team=item.team, language=spoken)
    if template is None:
        return None
    try:
        with transaction.atomic():
            return _prepare(item=item, template=template, cause=cause, context=context or {}, language=spoken)
    except IntegrityError:
        # Two workers at once: the unique cause let one of them through.
        existing = Delivery.objects.filter(cause=cause).first()
        if existing is None:
            raise
        return existing


def _prepare(*, item: WorkItem, template: Template, cause: str, context: dict[str, str], language: str) -> Delivery:
    hold(item)
    conversation = conversation_of(item)
    address = conversation.customer_address or customer_address(item.customer)
    subject, body = render_template(template, placeholder_values(item, language=language, extra=context))
    in_reply_to, references = thread_headers(conversation)
    at = now()
    message = Message.objects.create(
        conversation=conversation,
        direction=Direction.OUTBOUND,
        channel=Channel.EMAIL,
        at=at,
        customer=item.customer,
        from_address=conversation.mailbox.address if conversation.mailbox else "",
        to_addresses=[address] if address else [],
        subject=tagged_subject(subject or item.subject, item.number, is_answer=False),
        text=body,
        is_automatic=True,
        template_version_id=template.current_id,
        message_id=new_message_id(conversation, conversation.mailbox),
        in_reply_to=in_reply_to,
        references=references,
    )
    for document in template.documents.all():
        MessageAttachment.objects.create(message=message, file=document)
    delivery = queue_delivery(
        message=message,
        mailbox=conversation.mailbox,
        to_address=address,
        cause=cause,
        is_demo=item.is_demo,
        is_automatic=True,
        block_reason=BlockReason.LOOP if conversation.automatic_mail_stopped_at else "",
        purpose=purpose_of(template.code),
    )
    record_event(
        actor=SYSTEM,
        item=item,
        kind=WorkEventKind.AUTOMATIC_REPLY,
        at=at,
        data={"message": message.pk, "occasion": template.code, "blocked": delivery.block_reason},
    )
    if delivery.block_reason in {BlockReason.RATE_LIMIT, BlockReason.SHOP_LIMIT}:
        notify(
            user=item.owner,
            verb="message.rate_limited",
            item=item,
            data={"address": address},
            cause=f"rate-limit:{address}:{at:%Y-%m-%d-%H}"[:120],
        )
    return delivery
