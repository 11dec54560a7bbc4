"""Which conversation a mail belongs to (A52.2), whether its sender may write there (B66, B68), and doubles."""

from dataclasses import dataclass

from halkhata.engines.messaging.choices import Direction
from halkhata.engines.messaging.keys import thread_key
from halkhata.engines.messaging.mime.mail import ParsedMail
from halkhata.engines.messaging.mime.threading import conversation_from_message_id, read_token, thread_candidates
from halkhata.engines.messaging.models import Conversation, Message
from halkhata.engines.messaging.services.following import conversation_that_goes_on, merged_conversations
from halkhata.engines.messaging.services.loops import stored_form
from halkhata.engines.messaging.services.participants import Seat, seat_of
from halkhata.foundation.core.kept_sql import SOME_TEXT, kept_objects

# So many conversations may share one foreign Message-ID before we stop looking.
MAX_SHARED_ID = 5


@dataclass(frozen=True, kw_only=True)
class Match:
    """``conversation`` the sender takes part in, else ``claimed``: one that was only named, never joined."""

    conversation: Conversation | None = None
    seat: Seat | None = None
    claimed: Conversation | None = None
    by: str = ""
    # The conversation the mail was written for, when it goes on elsewhere because its item was merged.
    came_for: Conversation | None = None


def find_conversation(parsed: ParsedMail) -> Match:
    """Follow token, In-Reply-To, References and ticket tag in this order; never the bare subject.

    A hint alone opens no door: the sender must be somebody of the conversation. A stranger with a right hint gets
    ``claimed``, and so a ticket of their own that "may belong to" it.
    """
    claimed: Conversation | None = None
    for key in thread_candidates(parsed):
        for came_for in _conversations_of_key(key.kind, key.value):
            conversation = conversation_that_goes_on(came_for)
            seat = _seat_in_either(conversation, came_for, parsed.from_address)
            if seat is not None:
                return Match(
                    conversation=conversation,
                    seat=seat,
                    by=key.kind,
                    came_for=came_for if came_for.pk != conversation.pk else None,
                )
            claimed = claimed or conversation
    return Match(claimed=claimed, by="stranger" if claimed else "")


def _seat_in_either(conversation: Conversation, came_for: Conversation, address: str) -> Seat | None:
    """What the sender is where the conversation goes on, or in one that was merged into it."""
    seat = seat_of(conversation, address)
    if seat is None and came_for.pk != conversation.pk:
        seat = seat_of(came_for, address)
    if seat is None:
        seats = (seat_of(merged, address) for merged in merged_conversations(conversation))
        seat = next((one for one in seats if one is not None), None)
    return seat


def conversation_of_own_ids(message_ids: list[str]) -> Conversation | None:
    """The conversation of the first id that we signed. For bounces, whose sender is a machine and proves nothing."""
    for message_id in message_ids:
        number = conversation_from_message_id(message_id, thread_key())
        conversation = _conversations().filter(pk=number).first() if number else None
        if conversation is not None:
            return conversation
    return None


def is_own_message_id(message_id: str | None) -> bool:
    """Whether we made this Message-ID: a copy of our own mail has come back."""
    return bool(message_id) and conversation_from_message_id(message_id or "", thread_key()) is not None


def _conversations_of_key(kind: str, value: str) -> list[Conversation]:
    if kind == "token":
        number = read_token(value, thread_key())
        return list(_conversations().filter(pk=number)) if number else []
    if kind in {"in_reply_to", "reference"}:
        number = conversation_from_message_id(value, thread_key())
        if number:
            return list(_conversations().filter(pk=number))
        if len(value) > 255:
            return []
        # The customer may answer on their own earlier mail, whose id we keep. Anybody can reuse an id, so there may be
        # several; who takes part decides.
        known = Message.objects.exclude(message_id="").filter(message_id=value)
        ids = known.order_by("id").values_list("conversation_id", flat=True)
        wanted = list(dict.fromkeys(ids[: MAX_SHARED_ID * 10]))[:MAX_SHARED_ID]
        found = {one.pk: one for one in _conversations().filter(pk__in=wanted)} if wanted else {}
        return [found[pk] for pk in wanted if pk in found]
    return list(_conversations().filter(item__number=value))


def _conversations():
    return Conversation.objects.select_related("item", "item__customer", "item__owner", "mailbox")


def mail_seen_before(parsed: ParsedMail) -> Message | None:
    """The same mail by another road: equal Message-ID, sender and text. With another text it is another mail."""
    if not parsed.message_id or len(parsed.message_id) > 255:
        return None
    wanted = stored_form(parsed.text)
    known = kept_objects(
        "inbound messages of an id",
        # Said twice, because the index holds messages with an id and SQLite does not draw the conclusion.
        lambda: (
            Message.objects.exclude(message_id="")
            .filter(message_id=SOME_TEXT, direction=Direction.INBOUND)
            .select_related("conversation__item")
            .order_by("id")[:5]
        ),
        {SOME_TEXT: parsed.message_id},
    )
    return next(
        (
            message
            for message in known
            if message.from_address.lower() == parsed.from_address.lower() and message.full_text.strip() == wanted
        ),
        None,
    )
