"""What Meta tells of messages of ours: sent, delivered, read, failed. News never lead back."""

from datetime import datetime

from django.db.models import Q

from halkhata.engines.chat.choices import RANK, ChatKind, ChatState, EventState
from halkhata.engines.chat.models import ChatDelivery, ChatEvent
from halkhata.engines.chat.services.telling import tell_of_failure
from halkhata.engines.chat.wire.hooks import objects, part, text
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import clean_text

_WORDS = {
    "sent": ChatState.SENT, "delivered": ChatState.DELIVERED, "read": ChatState.READ, "failed": ChatState.FAILED,
    "played": ChatState.READ,
}  # fmt: skip


class NotOurs(Exception):
    """No message of ours is meant, or its id is not written down yet: to be tried again for a while."""


def take_news(event: ChatEvent) -> tuple[EventState, str]:
    """Apply news in the caller's transaction. Returns the event's state and reason. Raises NotOurs."""
    if event.account.kind == ChatKind.WHATSAPP:
        return _of_whatsapp(event)
    return _of_messenger(event)


def advance(
    delivery: ChatDelivery, state: ChatState, *, at: datetime, remote_id: str = "", fault: str = "", said: str = ""
) -> bool:
    """Bring a message of ours as far as ``state``, never back, in the caller's transaction. Whether it moved.

    What Meta says settles every doubt of ours. "Failed" counts only until it was delivered.
    """
    row = ChatDelivery.objects.select_for_update().get(pk=delivery.pk)
    if remote_id and not row.remote_id:
        row.remote_id = remote_id
        row.save(update_fields=["remote_id"])
    here, there = RANK.get(ChatState(row.state), 0), RANK[state]
    if state == ChatState.FAILED:
        moves = row.state in {ChatState.QUEUED, ChatState.SENDING, ChatState.IN_DOUBT, ChatState.SENT}
    else:
        moves = there > here
    if not moves or row.state == ChatState.BLOCKED:
        return False
    row.state, row.lease_until = state, None
    row.fault, row.said = fault, clean_text(said, max_length=300)
    if state in {ChatState.SENT, ChatState.DELIVERED, ChatState.READ}:
        row.sent_at = row.sent_at or at
        if state in {ChatState.DELIVERED, ChatState.READ}:
            row.delivered_at = row.delivered_at or at
        if state == ChatState.READ:
            row.read_at = at
    row.save()
    if state == ChatState.FAILED:
        tell_of_failure(row)
    return True


def _of_whatsapp(event: ChatEvent) -> tuple[EventState, str]:
    status = part(event.body, "status")
    state = _WORDS.get(text(status, "status"))
    if state is None:
        return EventState.IGNORED, "unknown_status"
    key, remote_id = text(status, "biz_opaque_callback_data"), text(status, "id")
    rows = ChatDelivery.objects.filter(account=event.account)
    delivery = rows.filter(key=key).first() if key else None
    delivery = delivery or rows.filter(remote_id=remote_id or "?").first()
    if delivery is None:
        raise NotOurs
    fault, said = _error(status) if state == ChatState.FAILED else ("", "")
    advance(delivery, state, at=event.happened_at, remote_id=remote_id[:190], fault=fault, said=said)
    return EventState.PROCESSED, ""


def _error(status: dict[str, object]) -> tuple[str, str]:
    errors = objects(status.get("errors"))
    first = errors[0] if errors else {}
    code = text(first, "code")
    fault = {"131047": "window", "131026": "not_there"}.get(code, "refused")
    return fault, " ".join(filter(None, [code, text(first, "title") or text(first, "message")]))


def _of_messenger(event: ChatEvent) -> tuple[EventState, str]:
    person = text(part(event.body, "sender"), "id")
    rows = ChatDelivery.objects.filter(account=event.account, identity__user_id=person or "?")
    is_read = bool(part(event.body, "read"))
    state = ChatState.READ if is_read else ChatState.DELIVERED
    mids = part(event.body, "delivery").get("mids")
    named = [one for one in mids if isinstance(one, str)][:200] if isinstance(mids, list) else []
    upto = Q(sent_at__lte=event.happened_at, state__in=[ChatState.SENT, ChatState.DELIVERED])
    found = list(rows.filter(Q(remote_id__in=named) | upto if named else upto)[:500])
    if named and not found:
        raise NotOurs
    moved = sum(advance(one, state, at=min(event.happened_at, now())) for one in found)
    return (EventState.PROCESSED, "") if moved else (EventState.IGNORED, "nothing_waits")
