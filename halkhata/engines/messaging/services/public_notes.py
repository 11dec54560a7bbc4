"""A note that the customer reads on their own page and that is sent to nobody (A51.6)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message, MessageAttachment
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.messaging.services.loops import MAX_TEXT
from halkhata.engines.work.choices import Channel, WorkEventKind
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.public_notes import public_notes_count
from halkhata.engines.work.services.items import hold, record_event
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.customers.services.activities import record_activity


def add_public_note(
    *,
    actor: Actor,
    item: WorkItem,
    text: str,
    files: Sequence[StoredFile] = (),
    at: datetime | None = None,
) -> Message:
    """Write a note that the customer may read where they follow the matter: no address, no delivery.

    It keeps the promise of an answer only where the policy of the item says so, and only then is it news for "days
    without an update". A person writes it: the product itself is refused (PermissionRefused ``machine_note``). Raises
    DomainError ``empty``, and ``no_customer`` when nobody stands on the item who could read it.
    """
    if not isinstance(actor, User):
        raise PermissionRefused("machine_note", _("Only a person writes to the customer in this way."))
    words = clean_text(text, multiline=True)[:MAX_TEXT]
    if not words:
        raise DomainError("empty", _("Write the note first."), field="text")
    moment = at or now()
    with transaction.atomic():
        hold(item)
        if item.customer_id is None:
            raise DomainError(
                "no_customer", _("Nobody could read it: no customer stands on this ticket."), field="text"
            )
        message = Message.objects.create(
            conversation=conversation_of(item),
            direction=Direction.NOTE,
            channel=Channel.INTERNAL,
            at=moment,
            author=actor,
            author_label=actor.audit_label,
            customer=item.customer,
            text=words,
            is_public=True,
        )
        MessageAttachment.objects.bulk_create(MessageAttachment(message=message, file=file) for file in files)
        record_event(
            actor=actor,
            item=item,
            kind=WorkEventKind.NOTE,
            at=moment,
            data={"message": message.pk, "public": True},
            is_update=public_notes_count(item),
        )
        record(actor=actor, action="message.public_note", record=item, after={"message": message.pk})
        record_activity(
            customer=item.customer,
            verb="message.public_note",
            data={"number": item.number},
            url=f"/work/{item.number}/",
            actor=actor,
            at=moment,
        )
    return message
