"""From a stored message to the bytes of a mail."""

import re
from contextlib import suppress

from django.utils.html import escape

from halkhata.engines.messaging.choices import Direction, OutboundState
from halkhata.engines.messaging.keys import thread_key
from halkhata.engines.messaging.mime.compose import build_mail
from halkhata.engines.messaging.mime.html.from_text import text_to_html
from halkhata.engines.messaging.mime.mail import Attachment
from halkhata.engines.messaging.mime.threading import make_message_id, make_token, plus_address
from halkhata.engines.messaging.models import Conversation, Delivery, Mailbox, Message
from halkhata.engines.messaging.services.consent_gate import way_out
from halkhata.foundation.files.services.storing import read_file

MAX_REFERENCES = 30
# What may stand in a header of ours: some programs write ids with spaces or letters beyond ASCII.
_USABLE_ID = re.compile(r"<[!-;=?-~]{1,253}>")


def new_message_id(conversation: Conversation, mailbox: Mailbox | None) -> str:
    """A Message-ID of our own that leads back to the conversation (A52.3)."""
    domain = mailbox.address.rpartition("@")[2] if mailbox else "halkhata.invalid"
    return make_message_id(conversation.pk, domain, thread_key())


def tagged_subject(subject: str, number: str, *, is_answer: bool = True) -> str:
    """``Re: subject [K-1045]``: the tag is a last resort for threading, and what people read out on the phone.

    At most 255 characters, with the tag whole.
    """
    tag = f"[{number}]"
    bare = " ".join(subject.replace(tag, " ").split())
    if is_answer and not bare.lower().startswith("re:"):
        bare = f"Re: {bare}"
    return f"{bare[: 254 - len(tag)].rstrip()} {tag}".strip()


def thread_headers(conversation: Conversation) -> tuple[str, list[str]]:
    """In-Reply-To and References for the next mail: the last message with an id, and all before it (RFC 5322 3.6.4)."""
    known = list(
        Message.objects.filter(conversation=conversation)
        .exclude(message_id="")
        # Nobody answers a bounce or an out-of-office mail, and the other side has not got what did not go out.
        .exclude(direction=Direction.INBOUND, is_automatic=True)
        .exclude(delivery__state__in=[OutboundState.BLOCKED, OutboundState.FAILED], delivery__is_demo=False)
        .order_by("at", "id")
        .values_list("message_id", "references")
    )
    usable = [(one, references) for one, references in known if _USABLE_ID.fullmatch(one)]
    if not usable:
        return "", []
    chain: list[str] = []
    for message_id, references in usable:
        chain.extend(one for one in (*references, message_id) if isinstance(one, str) and _USABLE_ID.fullmatch(one))
    unique = list(dict.fromkeys(chain))
    # The root holds a thread together; the latest ids are what mail programs look at.
    kept = unique if len(unique) <= MAX_REFERENCES else [unique[0], *unique[1 - MAX_REFERENCES :]]
    return usable[-1][0], kept


def mail_bytes(delivery: Delivery) -> bytes:
    """The mail as it goes out. The same delivery always gives the same Message-ID."""
    message = delivery.message
    mailbox = delivery.mailbox
    if mailbox is None:
        raise ValueError("a delivery without a mailbox cannot be sent")
    reply_to = []
    if mailbox.uses_plus_address:
        token = make_token(message.conversation_id, thread_key())
        # An address too long for a token (64 characters before the @) goes without; Message-IDs thread as well.
        with suppress(ValueError):
            reply_to = [(mailbox.display_name, plus_address(mailbox.address, token))]
    way_out_line, headers = way_out(delivery)
    text = message.full_text or message.text
    if way_out_line:
        text = f"{text.rstrip()}\n\n{way_out_line}"
    return build_mail(
        from_addr=mailbox.address,
        from_name=mailbox.display_name or mailbox.name,
        to=[("", delivery.to_address)],
        cc=[("", address) for address in message.cc_addresses],
        reply_to=reply_to,
        subject=message.subject,
        text=text,
        html=as_html(message.subject, text),
        message_id=message.message_id,
        in_reply_to=message.in_reply_to or None,
        references=message.references,
        auto_submitted="auto-replied" if message.is_automatic else None,
        attachments=[
            Attachment(name=part.file.original_name, content_type=part.file.content_type, data=read_file(part.file))
            for part in message.attachments.select_related("file")
        ],
        date=message.at,
        extra_headers=headers,
    )


def as_html(subject: str, text: str) -> str:
    """The HTML that stands beside the plain text of each mail of ours."""
    language = "bn" if any("\u0980" <= letter <= "\u09ff" for letter in text) else "en"
    body = text_to_html(text)
    return (
        f'<!doctype html><html lang="{language}"><head><meta charset="utf-8">'
        f"<title>{escape(subject)}</title></head>"
        '<body style="margin:0;padding:24px;background:#f6f3ee;font-family:system-ui,sans-serif;font-size:16px;'
        'line-height:1.6;color:#1f2328"><div style="max-width:600px;margin:0 auto;padding:24px;background:#ffffff;'
        f'border-radius:8px">{body}</div></body></html>'
    )
