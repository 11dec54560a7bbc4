"""The messages of one item, ready to be shown, in a fixed number of queries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.choices import AddedHow, BlockReason, Direction, OutboundState
from halkhata.engines.messaging.mime.authentication import Proof
from halkhata.engines.messaging.models import Delivery, Message, MessageAttachment, TextMessage
from halkhata.engines.messaging.policies import can_edit_settings, can_lift_suppressions
from halkhata.engines.messaging.registry import MessageExtra, message_extras
from halkhata.engines.messaging.selectors.people import roll_of, usual_address
from halkhata.engines.messaging.selectors.suppressions import suppressions_url
from halkhata.engines.messaging.selectors.trouble import LIMIT_REASONS, Trouble, trouble_of
from halkhata.engines.messaging.text_choices import TextState
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.merged import family
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.records.customers.privacy import UNMASK, may_see_private

MAX_MESSAGES = 500
PAGE = 50
_CURSOR = re.compile(r"(\d{1,17})-(\d{1,18})")
ICONS = {
    Channel.EMAIL: "mail",
    Channel.WEB_FORM: "world",
    Channel.PHONE: "phone",
    Channel.COUNTER: "building-store",
    Channel.API: "link",
    Channel.SMS: "message",
}


@dataclass(frozen=True, kw_only=True)
class ThreadFile:
    """A file on a message; ``size`` in bytes, ``url`` "" for a reader who may know its name only."""

    name: str
    url: str
    size: int
    is_image: bool
    thumbnail_url: str = ""


@dataclass(frozen=True, kw_only=True)
class ThreadEntry:
    """One message. ``side``: "in" (the customer), "out" (us), "note" (only staff, unless ``is_public``).

    ``is_missed``: a call that nobody took, on the side of whoever called.
    """

    pk: int
    side: str
    icon: str
    who: str
    title: Any
    at: datetime
    channel: Any
    subject: str
    text: str
    # Text that the sender quoted below the answer, if it was left out.
    full_text: str = ""
    to: str = ""
    is_automatic: bool = False
    is_missed: bool = False
    # A note that the customer reads on their own page.
    is_public: bool = False
    # Our mail server says that this sender is forged.
    is_suspect: bool = False
    # Whom the mail named and who takes no part yet: (id, name or address).
    asked: list[tuple[int, str]] = field(default_factory=list)
    delivery_state: str = ""
    delivery_label: Any = ""
    delivery_reason: Any = ""
    # What the other server said, as it said it.
    delivery_said: str = ""
    # Where the address is told to be undeliverable, and can be allowed again.
    suppression_url: str = ""
    delivery_url: str = ""
    # Where a message of another engine is settled that did not arrive, or of which nobody knows.
    decide_url: str = ""
    original_url: str = ""
    # The number of the text's version that it was made from, and where whoever may change texts looks at it.
    made_from: int | None = None
    made_from_url: str = ""
    files: list[ThreadFile] = field(default_factory=list)
    # The channel's code.
    way: str = ""


@dataclass(frozen=True, kw_only=True)
class ThreadPage:
    """Messages of an item, oldest first. ``older`` is what ``before`` takes to see those before, "" for none.

    ``customer_address`` is where a public answer goes, "" when there is no address.
    """

    entries: list[ThreadEntry]
    older: str = ""
    customer_address: str = ""

    def __iter__(self) -> Iterator[ThreadEntry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)


def thread_of(item: WorkItem, viewer: User) -> list[ThreadEntry]:
    """The item's messages (the latest MAX_MESSAGES), oldest first, in three queries.

    The caller has checked that ``viewer`` may see the item.
    """
    rights = _Rights.of(viewer)
    asked = _asked(item, rights)
    found = list(_messages(item.pk)[:MAX_MESSAGES])
    extras = _extras(found)
    return [_entry(message, rights, asked, extras.get(message.pk)) for message in reversed(found)]


def thread_page(
    item: WorkItem, *, before: str | None = None, viewer: User | None = None, reader: User | None = None
) -> ThreadPage:
    """One page of the item's messages, the latest ones first reached, in five queries at most.

    ``viewer`` works on the item; a ``reader`` only reads, and has nothing to press but the files.
    """
    match = _CURSOR.fullmatch(before or "")
    if match:
        at = datetime.fromtimestamp(int(match.group(1)) / 1_000_000, UTC)
        found = list(_messages(item.pk).filter(Q(at__lt=at) | Q(at=at, pk__lt=int(match.group(2))))[: PAGE + 1])
    else:
        found = kept_objects("latest messages", lambda: _messages(SOME_ID)[: PAGE + 1], {SOME_ID: item.pk})
    shown = found[:PAGE]
    older = ""
    if len(found) > PAGE:
        older = f"{_microseconds(shown[-1].at)}-{shown[-1].pk}"
    rights = _Rights.of(viewer)
    if viewer is None and reader is not None:
        rights = _Rights(see_private=may_see_private(reader), unmask=reader.may(UNMASK))
    asked, extras = _asked(item, rights), _extras(shown)
    return ThreadPage(
        entries=[_entry(message, rights, asked, extras.get(message.pk)) for message in reversed(shown)],
        older=older,
        customer_address=usual_address(item),
    )


def _microseconds(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _messages(item_id: int) -> QuerySet[Message]:
    return (
        Message.objects.filter(conversation__item__in=family(item_id))
        .select_related("author", "delivery", "template_version", "short_text")
        .prefetch_related("attachments__file")
        .defer("references", "template_version__body", "template_version__links")
        .order_by("-at", "-id")
    )


# A link that speaks for the customer (the survey's) is the customer's alone: staff must not answer in their place.
_SECRET_LINK = re.compile(r"(/c/s/)[A-Za-z0-9_-]{16,}")


def _without_secrets(text: str) -> str:
    return _SECRET_LINK.sub(r"\1…", text)


@dataclass(frozen=True)
class _Rights:
    """What the reader of the thread may do about mail that did not arrive."""

    decide: bool = False
    lift: bool = False
    add_people: bool = False
    see_private: bool = True
    unmask: bool = False
    change_texts: bool = False

    @classmethod
    def of(cls, viewer: User | None) -> "_Rights":
        """Without a viewer there is nothing to press."""
        if viewer is None:
            return cls()
        return cls(
            decide=viewer.may("messaging.quarantine"),
            lift=can_lift_suppressions(viewer),
            add_people=viewer.may("ticket.reply"),
            see_private=may_see_private(viewer),
            unmask=viewer.may(UNMASK),
            change_texts=can_edit_settings(viewer),
        )


def _asked(item: WorkItem, rights: _Rights) -> dict[int, list[tuple[int, str]]]:
    """By message: whom it named and who takes no part yet."""
    asked: dict[int, list[tuple[int, str]]] = {}
    for one in roll_of(item) if rights.add_people else []:
        if one.how == AddedHow.ASKED and one.removed_at is None and one.named_in_id is not None:
            label = f"{one.name} <{one.address}>" if one.name else one.address
            asked.setdefault(one.named_in_id, []).append((one.pk, label))
    return asked


def _extras(messages: list[Message]) -> dict[int, MessageExtra]:
    """What other engines add to these messages: nothing is asked of those that none of them brought."""
    found: dict[int, MessageExtra] = {}
    for channel in sorted({message.channel for message in messages}):
        ask = message_extras.find(channel)
        if ask is not None:
            found |= ask([message.pk for message in messages if message.channel == channel])
    return found


def _entry(
    message: Message, rights: _Rights, asked: dict[int, list[tuple[int, str]]], extra: MessageExtra | None = None
) -> ThreadEntry:
    delivery: Delivery | None = getattr(message, "delivery", None)
    short: TextMessage | None = getattr(message, "short_text", None)
    made_from = message.template_version
    return ThreadEntry(
        pk=message.pk,
        side=_side(message),
        icon=_icon(message),
        who=_who(message),
        title=_title(message),
        at=message.at,
        channel=message.get_channel_display(),
        subject=message.subject,
        text=_without_secrets(message.text) or (extra.words if extra else ""),
        full_text=_without_secrets(message.full_text) if _has_more(message) else "",
        to=", ".join([*message.to_addresses, *message.cc_addresses]) if message.direction == Direction.OUTBOUND else "",
        is_automatic=message.is_automatic,
        is_missed=_is_missed(message),
        is_public=message.is_public,
        is_suspect=message.direction == Direction.INBOUND and message.proof == Proof.FAIL,
        asked=asked.get(message.pk, []),
        files=[
            ThreadFile(
                name=part.file.original_name,
                url=_file_url(message, part, rights),
                size=part.file.size,
                is_image=part.file.is_image,
                thumbnail_url=reverse("files:thumbnail", args=[part.file_id])
                if part.file.thumbnail_path and not _is_hidden(message, rights)
                else "",
            )
            for part in message.attachments.all()
        ],
        original_url=reverse("messaging:original", args=[message.pk]) if message.raw_html else "",
        made_from=made_from.number if made_from is not None else None,
        made_from_url=reverse("messaging:template_version", args=[made_from.template_id, made_from.number])
        if made_from is not None and rights.change_texts
        else "",
        way=message.channel,
        **({} if delivery is None else _delivery_facts(delivery, rights)),
        **({} if short is None else _text_facts(short)),
        **({} if extra is None or not extra.state else _extra_facts(extra, rights)),
    )


def _text_facts(short: TextMessage) -> dict[str, Any]:
    """How a short text stands: what is only prepared says so, and why what is held or refused does not go."""
    failed = short.state in {TextState.FAILED, TextState.IN_DOUBT}
    return {
        "delivery_state": short.state,
        "delivery_label": short.get_state_display(),
        "delivery_reason": short.get_rule_display() if short.rule else "",
        "delivery_said": short.said if failed else "",
    }


def _is_hidden(message: Message, rights: _Rights) -> bool:
    """Whether what a customer sent along must be asked for first."""
    return message.direction == Direction.INBOUND and not rights.see_private


def _file_url(message: Message, part: MessageAttachment, rights: _Rights) -> str:
    if not _is_hidden(message, rights):
        return reverse("files:download", args=[part.file_id, part.file.original_name])
    return reverse("messaging:unmask_file", args=[part.file_id]) if rights.unmask else ""


def _delivery_facts(delivery: Delivery, rights: _Rights) -> dict[str, Any]:
    stuck = delivery.state in {OutboundState.IN_DOUBT, OutboundState.FAILED, OutboundState.BLOCKED}
    trouble = trouble_of(delivery) if stuck or delivery.attempts or delivery.block_reason else Trouble()
    box = {OutboundState.IN_DOUBT: "in_doubt", OutboundState.FAILED: "failed"}.get(
        OutboundState(delivery.state), "held" if delivery.block_reason in LIMIT_REASONS else "blocked"
    )
    return {
        "delivery_state": delivery.state,
        "delivery_label": delivery.get_state_display(),
        "delivery_reason": trouble.words,
        "delivery_said": trouble.said,
        "suppression_url": suppressions_url(delivery.to_address)
        if delivery.block_reason == BlockReason.SUPPRESSED and rights.lift
        else "",
        "delivery_url": f"{reverse('messaging:outbox')}?box={box}"
        if stuck and rights.decide and not delivery.is_demo
        else "",
    }


def _extra_facts(extra: MessageExtra, rights: _Rights) -> dict[str, Any]:
    return {
        "delivery_state": extra.state,
        "delivery_label": extra.label,
        "delivery_reason": extra.reason,
        "delivery_said": extra.said,
        # Whoever may answer may settle it.
        "decide_url": extra.decide_url if rights.add_people else "",
    }


def _has_more(message: Message) -> bool:
    """Whether an inbound mail has more than the part shown. Our own framed answers repeat only greeting and name."""
    return message.direction == Direction.INBOUND and bool(message.full_text) and message.full_text != message.text


def _is_missed(message: Message) -> bool:
    return message.channel == Channel.PHONE and message.call_answered is False


def _side(message: Message) -> str:
    """A call that the customer did not take is stored as a note, since it reached nobody; but it was we who called."""
    return Direction.OUTBOUND if _is_missed(message) and message.direction == Direction.NOTE else message.direction


# Which way a call went, and whether it was taken.
CALL_ICONS = {
    "out": {"icon": "phone-outgoing"},
    "in": {"icon": "phone-incoming"},
    "missed": {"icon": "phone-off"},
}


def _icon(message: Message) -> str:
    if message.channel == Channel.PHONE and not message.is_automatic:
        kind = "missed" if _is_missed(message) else _side(message)
        return CALL_ICONS.get(kind, CALL_ICONS["out"])["icon"]
    if message.direction == Direction.NOTE and message.channel == Channel.INTERNAL:
        return "eye" if message.is_public else "lock"
    if message.is_automatic:
        return "robot"
    return ICONS.get(Channel(message.channel), "message")


def _who(message: Message) -> str:
    if message.author is not None:
        return message.author.name
    if message.direction == Direction.OUTBOUND:
        return ""
    return message.author_label or message.from_address


def _title(message: Message) -> Any:
    if message.channel == Channel.PHONE:
        if message.direction == Direction.INBOUND:
            return _("Called us")
        # That nobody took it is said beside it, as a badge.
        return _("We called")
    if message.direction == Direction.NOTE:
        return _("Public note") if message.is_public else _("Internal note")
    if message.direction == Direction.INBOUND:
        if message.is_automatic:
            return _("Short text") if message.channel == Channel.SMS else _("Automatic mail from the other side")
        return _("Takes part") if message.participant_id is not None else _("From the customer")
    return _("Automatic message") if message.is_automatic else _("Our answer")
