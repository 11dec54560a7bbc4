"""Sending what is queued: nothing lost in silence, nothing sent twice behind anybody's back (docs/adr/0007)."""

import secrets
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from halkhata.engines.chat.choices import ChatKind, ChatState, TemplateState
from halkhata.engines.chat.models import ChatDelivery
from halkhata.engines.chat.services.answering import wake_sender
from halkhata.engines.chat.services.health import note_fault, note_works
from halkhata.engines.chat.services.secrets import secret_of
from halkhata.engines.chat.services.telling import tell_of_failure
from halkhata.engines.chat.services.windows import window_of
from halkhata.engines.chat.wire.graph import Result, Verdict, call
from halkhata.engines.chat.wire.hooks import objects, text
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import require
from halkhata.foundation.audit.trail import record
from halkhata.foundation.backups.selectors.standing import outgoing_is_held
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.text import clean_text
from halkhata.records.privacy.choices import ContactChannel, Purpose
from halkhata.records.privacy.services.contacting import may_contact

# Longer than a call can take: what is still "sending" afterwards was sent by a process that died.
LEASE = timedelta(seconds=90)
GIVE_UP_AFTER = timedelta(hours=24)
BACK_OFF_SECONDS = (20, 60, 300, 900)


def send_one(pk: int) -> str:
    """Send one message if it is in line. Returns its state afterwards, "" when it was not in line."""
    delivery = _take(pk)
    if delivery is None:
        return ""
    why_not = _refusal(delivery)
    if why_not:
        return _settle(delivery, Result(verdict=Verdict.REFUSED, fault=why_not))
    return _settle(delivery, _carry(delivery))


def _take(pk: int) -> ChatDelivery | None:
    """queued -> sending, committed before the first byte leaves. Nothing while sending is held after a restore."""
    if outgoing_is_held():
        return None
    at = now()
    taken = ChatDelivery.objects.filter(
        pk=pk, state=ChatState.QUEUED, next_try_at__lte=at, is_demo=False, account__is_demo=False
    )
    changed = taken.update(
        state=ChatState.SENDING, locked_by=secrets.token_hex(12), lease_until=at + LEASE, attempts=F("attempts") + 1
    )
    if not changed:
        return None
    rows = ChatDelivery.objects.select_related(
        "account", "identity__account", "template", "message__conversation__item__owner"
    )
    return rows.get(pk=pk)


def _refusal(delivery: ChatDelivery) -> str:
    """Asked again now: the window may have closed, and whoever has said no meanwhile gets nothing."""
    person = delivery.identity
    if person is None:
        return "nobody"
    if not delivery.account.is_active:
        return "not_in_use"
    if delivery.is_template:
        if delivery.template is None or delivery.template.state != TemplateState.APPROVED:
            return "not_approved"
    elif not window_of(person).is_open:
        return "window"
    customer_id = delivery.message.conversation.item.customer_id
    if person.number and not may_contact(customer_id, Purpose.SERVICE, ContactChannel.WHATSAPP, address=person.number):
        return "may_not"
    return ""


def _carry(delivery: ChatDelivery) -> Result:
    account = delivery.account
    token = secret_of(account, "access_token")
    if not token:
        return Result(verdict=Verdict.LATER, fault="token")
    url = f"{account.api_url.rstrip('/')}/{account.external_id}/messages"
    body = _whatsapp(delivery) if account.kind == ChatKind.WHATSAPP else _messenger(delivery)
    return call("POST", url, token, body)


def _whatsapp(delivery: ChatDelivery) -> dict[str, Any]:
    person = delivery.identity
    assert person is not None  # _refusal has seen to it
    body: dict[str, Any] = {
        "messaging_product": "whatsapp", "recipient_type": "individual", "biz_opaque_callback_data": delivery.key,
    }  # fmt: skip
    # By the number where it is known: an id of a user name is the way to whoever hides it.
    body |= {"to": person.number.lstrip("+")} if person.number else {"recipient": person.user_id}
    if delivery.template is None:
        return body | {"type": "text", "text": {"body": delivery.message.text, "preview_url": False}}
    template: dict[str, Any] = {"name": delivery.template.name, "language": {"code": delivery.template.language}}
    if delivery.values:
        parameters = [{"type": "text", "text": one} for one in delivery.values]
        template["components"] = [{"type": "body", "parameters": parameters}]
    return body | {"type": "template", "template": template}


def _messenger(delivery: ChatDelivery) -> dict[str, Any]:
    person = delivery.identity
    assert person is not None  # _refusal has seen to it
    body: dict[str, Any] = {
        "recipient": {"id": person.user_id},
        "message": {"text": delivery.message.text, "metadata": delivery.key},
        "messaging_type": "RESPONSE",
    }
    if window_of(person).needs_tag:
        body |= {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}
    return body


def _settle(delivery: ChatDelivery, result: Result) -> str:
    at = now()
    with transaction.atomic():
        row = ChatDelivery.objects.select_for_update().get(pk=delivery.pk)
        if result.verdict == Verdict.DONE:
            row.remote_id = row.remote_id or _remote_id(delivery, result)
        # Meta's news may have overtaken its own answer; what they say stays. So does what a person has decided.
        if row.locked_by == delivery.locked_by and row.state in {ChatState.SENDING, ChatState.IN_DOUBT}:
            _conclude(row, result, at)
        row.save()
        if row.state in {ChatState.FAILED, ChatState.IN_DOUBT} and row.locked_by == delivery.locked_by:
            tell_of_failure(row)
    if result.fault == "token":
        note_fault(delivery.account, "token", result.said)
    elif result.verdict == Verdict.DONE:
        note_works(delivery.account)
    return row.state


def _conclude(row: ChatDelivery, result: Result, at: datetime) -> None:
    row.lease_until, row.fault, row.said = None, result.fault, clean_text(result.said, max_length=300)
    if result.verdict == Verdict.DONE:
        row.state, row.sent_at, row.fault, row.said = ChatState.SENT, at, "", ""
    elif result.verdict == Verdict.IN_DOUBT:
        row.state = ChatState.IN_DOUBT
    elif result.verdict == Verdict.LATER and at - row.queued_at < GIVE_UP_AFTER:
        wait = BACK_OFF_SECONDS[min(row.attempts, len(BACK_OFF_SECONDS)) - 1]
        row.state, row.next_try_at = ChatState.QUEUED, at + timedelta(seconds=wait)
    else:
        row.state = ChatState.FAILED


def _remote_id(delivery: ChatDelivery, result: Result) -> str:
    if delivery.account.kind == ChatKind.MESSENGER:
        return text(result.data, "message_id")[:190]
    first = next(iter(objects(result.data.get("messages"))), {})
    return text(first, "id")[:190]


def put_abandoned_in_doubt() -> int:
    """Messages whose sender died while sending: nobody knows whether they went. Returns how many."""
    moved = 0
    dead = ChatDelivery.objects.filter(state=ChatState.SENDING, lease_until__lt=now())
    for row in dead.select_related("account", "identity", "message__conversation__item__owner"):
        with transaction.atomic():
            changed = ChatDelivery.objects.filter(pk=row.pk, state=ChatState.SENDING, lease_until__lt=now()).update(
                state=ChatState.IN_DOUBT, lease_until=None, fault="worker_stopped"
            )
            if changed:
                row.state = ChatState.IN_DOUBT
                tell_of_failure(row)
                moved += 1
    return moved


def wake_due(limit: int = 200) -> int:
    """Wake the messages whose time has come. Returns how many."""
    if outgoing_is_held():
        return 0
    due = ChatDelivery.objects.filter(state=ChatState.QUEUED, next_try_at__lte=now()).order_by("next_try_at", "id")
    rows = list(due[:limit])
    for row in rows:
        wake_sender(row)
    return len(rows)


@transaction.atomic
def decide(*, actor: User, delivery: ChatDelivery, went: bool) -> ChatDelivery:
    """What a person says of a message in doubt or failed: it went, or it is to be sent again.

    Raises PermissionRefused, Conflict ``decided`` when somebody or Meta was faster.
    """
    require(actor, "ticket.reply")
    row = ChatDelivery.objects.select_for_update().get(pk=delivery.pk)
    may = {ChatState.IN_DOUBT} if went else {ChatState.IN_DOUBT, ChatState.FAILED}
    if row.state not in may or row.is_demo:
        raise Conflict("decided", _("This has been decided meanwhile."))
    at = now()
    row.fault, row.said, row.locked_by = "", "", ""
    if went:
        row.state, row.sent_at = ChatState.SENT, at
    else:
        row.state, row.next_try_at, row.queued_at = ChatState.QUEUED, at, at
        # A new key: news of the first try must not be taken for the second.
        row.key, row.remote_id = secrets.token_hex(16), ""
        wake_sender(row)
    row.save()
    record(actor=actor, action="chat.decide", record=row.message.conversation.item, after={"went": went})
    return row


def put_unsent_in_doubt(taken_at: datetime) -> int:
    """After a restore: what waited or was being sent may have gone since. Returns how many."""
    waiting = ChatDelivery.objects.filter(state__in=[ChatState.QUEUED, ChatState.SENDING])
    return waiting.update(state=ChatState.IN_DOUBT, lease_until=None, locked_by="", fault="restored")
