"""Answering a customer by chat: free text while the window is open, approved templates afterwards (A52.20)."""

import secrets
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from halkhata.engines.chat.choices import ChatKind, ChatState, TemplateState
from halkhata.engines.chat.models import ChatDelivery, ChatIdentity, ChatTemplate
from halkhata.engines.chat.policies import people_for
from halkhata.engines.chat.registry import chat_desks
from halkhata.engines.chat.services.windows import window_of
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.conversations import conversation_of
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.items import hold, record_event
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.privacy.choices import ContactChannel, Purpose
from halkhata.records.privacy.services.contacting import may_contact

# By name, as the timetable names its tasks: the job imports the services, not the other way round.
SEND_TASK = "halkhata.engines.chat.jobs.send_chat"
LONGEST = {ChatKind.WHATSAPP: 4096, ChatKind.MESSENGER: 2000}
LONGEST_VALUE = 500


def answer_by_chat(
    *, actor: User, item: WorkItem, identity: ChatIdentity, text: str, seen: int | None = None
) -> Message:
    """Queue free text to a person of this matter; it counts as our answer (A51.6), as a mail does when it is queued.

    ``seen`` is the newest message the writer could see: what came in meanwhile holds the answer back, and the same one
    pressed twice is sent once. Raises PermissionRefused, NotFound, Conflict (``newer_message``, ``window_closed``),
    DomainError (``empty``, ``too_long``, ``not_in_use``, ``may_not``), and what the item's desk raises.
    """
    words = clean_text(text, multiline=True)
    if not words:
        raise DomainError("empty", _("Write an answer first."), field="text")
    most = LONGEST[ChatKind(identity.account.kind)]
    if len(words) > most:
        raise DomainError("too_long", _("This is too long: %(most)s letters at most.") % {"most": most}, field="text")
    with transaction.atomic():
        person = _hold(actor, item, identity)
        twin = _settle_seen(actor, item, words, seen)
        if twin is not None:
            return twin
        if not window_of(person).is_open:
            raise window_closed()
        return _queue(actor, item, person, words, template=None, values=())


def answer_by_template(
    *, actor: User, item: WorkItem, identity: ChatIdentity, template: ChatTemplate, values: Sequence[str]
) -> Message:
    """Queue an approved template, with its gaps filled, whether the window is open or not.

    Raises as ``answer_by_chat``, and DomainError (``not_approved``, ``gap_empty``).
    """
    filled = [clean_text(one, max_length=LONGEST_VALUE) for one in values]
    with transaction.atomic():
        person = _hold(actor, item, identity)
        row = ChatTemplate.objects.filter(pk=template.pk, account_id=person.account_id).first()
        if row is None or row.state != TemplateState.APPROVED or person.account.kind != ChatKind.WHATSAPP:
            raise DomainError("not_approved", _("This text is not approved. Choose another."), field="template")
        if len(filled) != row.gaps or not all(filled):
            raise DomainError("gap_empty", _("Fill in every gap of the text."), field="values")
        return _queue(actor, item, person, filled_text(row, filled), template=row, values=filled)


def filled_text(template: ChatTemplate, values: Sequence[str]) -> str:
    """The template's text with the values in its gaps."""
    words = template.body
    # From the last: {{1}} must not eat a part of {{11}}, and a value that looks like a gap stays what it is.
    parts: list[str] = []
    rest = words
    while rest:
        start, mark, after = rest.partition("{{")
        parts.append(start)
        number, end, tail = after.partition("}}")
        place = number.strip()
        if not mark:
            break
        if end and place.isascii() and place.isdigit() and 0 < int(place) <= len(values):
            parts.append(values[int(place) - 1])
            rest = tail
        else:
            parts.append(mark)
            rest = after
    return "".join(parts)


def window_closed() -> Conflict:
    """Why free text does not go."""
    return Conflict(
        "window_closed",
        _("The customer wrote too long ago: only an approved text may go now. Or send an SMS, or call."),
        field="text",
    )


def _hold(actor: User, item: WorkItem, identity: ChatIdentity) -> ChatIdentity:
    require(actor, "ticket.reply")
    if not WorkItem.objects.visible_to(actor).filter(pk=item.pk).exists():
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    desk = chat_desks.find(item.kind)
    if desk is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    desk.hold_for_answer(actor=actor, item=item)
    hold(item)
    people = people_for(item).select_for_update(of=("self",)).select_related("account")
    person = people.filter(pk=identity.pk).first()
    if person is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    if not person.account.is_active:
        raise DomainError("not_in_use", _("This account is not in use any more."), field="text")
    channel = ContactChannel.WHATSAPP if person.account.kind == ChatKind.WHATSAPP else ContactChannel.PHONE
    if person.number and not may_contact(item.customer_id, Purpose.SERVICE, channel, address=person.number):
        raise DomainError("may_not", _("The customer does not want to be contacted this way."), field="text")
    return person


def _settle_seen(actor: User, item: WorkItem, words: str, seen: int | None) -> Message | None:
    """The same answer of the same person from the same page; Conflict when the customer has written meanwhile."""
    if seen is None:
        return None
    newer = Message.objects.filter(conversation__item_id=item.pk, pk__gt=seen, is_automatic=False)
    newer = newer.filter(direction__in=[Direction.INBOUND, Direction.OUTBOUND])
    rows = list(newer.order_by("pk")[:50])
    twin = next((one for one in rows if one.author_id == actor.pk and one.text == words), None)
    if twin is None and rows:
        raise Conflict("newer_message", _("Something new has come in. Nothing was sent yet: please read it first."))
    return twin


def _queue(
    actor: User,
    item: WorkItem,
    person: ChatIdentity,
    words: str,
    *,
    template: ChatTemplate | None,
    values: Sequence[str],
) -> Message:
    at = now()
    account = person.account
    message = Message.objects.create(
        conversation=conversation_of(item),
        direction=Direction.OUTBOUND,
        channel=account.kind,
        at=at,
        author=actor,
        author_label=actor.audit_label,
        customer=item.customer,
        text=words,
        counts_as_answer=True,
    )
    is_demo = item.is_demo or account.is_demo
    delivery = ChatDelivery.objects.create(
        message=message,
        account=account,
        identity=person,
        key=secrets.token_hex(16),
        template=template,
        is_template=template is not None,
        values=list(values),
        state=ChatState.BLOCKED if is_demo else ChatState.QUEUED,
        fault="demo" if is_demo else "",
        next_try_at=at,
        queued_at=at,
        is_demo=is_demo,
    )
    record_event(
        actor=actor, item=item, kind=WorkEventKind.HUMAN_REPLY, at=at, data={"message": message.pk}, is_update=True
    )
    record(
        actor=actor,
        action="message.send",
        record=item,
        after={"message": message.pk, "to": str(person), "channel": account.kind},
    )
    _tell_timeline(actor, item, account.kind, at)
    desk = chat_desks.get(item.kind)
    desk.after_answer(actor=actor, item=item, at=at)
    if not is_demo:
        wake_sender(delivery)
    return message


def _tell_timeline(actor: User, item: WorkItem, channel: str, at: datetime) -> None:
    record_activity(
        customer=item.customer,
        verb="message.sent",
        data={"number": item.number, "channel": channel},
        url=f"/work/{item.number}/",
        actor=actor,
        at=at,
    )


def wake_sender(delivery: ChatDelivery) -> None:
    """Have a worker send it as soon as the transaction is committed."""
    enqueue_once(import_string(SEND_TASK), f"chat-send:{delivery.pk}", delivery.pk)
