"""An outgoing mail as bytes: RFC 5322, UTF-8 headers by RFC 2047, file names by RFC 2231, text beside HTML."""

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.headerregistry import Address as HeaderAddress
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Literal, cast

from django.utils.translation import gettext_lazy as _

from halkhata.engines.messaging.mime.html.to_text import html_to_text
from halkhata.engines.messaging.mime.mail import Attachment
from halkhata.foundation.core.errors import DomainError

MAX_REFERENCES = 20
"""The root and the latest 19: enough for every mail program, and far under the 998 characters of a line each."""
_BREAK = re.compile("[\r\n\0\u0085\u2028\u2029]")
_MESSAGE_ID = re.compile(r"<[^<>\s]{1,900}>")
_ADDRESS = re.compile(r"[^\s@<>\",;:()\[\]\\]{1,64}@[^\s@<>\",;:()\[\]\\]{1,255}")
_CONTENT_TYPE = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]{0,126}/[a-z0-9][a-z0-9!#$&^_.+-]{0,126}", re.IGNORECASE)


def build_mail(
    *,
    from_addr: str,
    from_name: str = "",
    to: Sequence[tuple[str, str]],
    cc: Sequence[tuple[str, str]] = (),
    reply_to: Sequence[tuple[str, str]] = (),
    subject: str,
    text: str,
    html: str | None = None,
    message_id: str,
    in_reply_to: str | None = None,
    references: Sequence[str] = (),
    auto_submitted: Literal["auto-replied", "auto-generated"] | None = None,
    attachments: Sequence[Attachment] = (),
    date: datetime,
    extra_headers: Mapping[str, str] | None = None,
) -> bytes:
    """Return a complete mail with CRLF line ends, at most 78 characters a line (a long address in `extra_headers`
    may take more), ASCII only.

    `to`, `cc` and `reply_to` are (name, address) pairs, `date` is aware. Without `text` it is made from `html`. Inline
    attachments with a content id go beside the HTML (multipart/related). Automatic mail carries `Auto-Submitted`
    (RFC 3834 section 5) and `X-Auto-Response-Suppress: All` (Exchange), and no `Precedence`: that one is for lists, and
    filters file it as bulk. `extra_headers` is for `List-Unsubscribe` and its like.

    Raises DomainError: `mail_header_line_break` (a line break or NUL in any header value), `mail_address_invalid`,
    `mail_message_id_invalid`, `mail_no_recipient`; ValueError for a naive date or an unknown `auto_submitted`.
    """
    if date.tzinfo is None:
        raise ValueError("date must be aware")
    if auto_submitted not in (None, "auto-replied", "auto-generated"):
        raise ValueError("auto_submitted must be auto-replied, auto-generated or None")
    if not to and not cc:
        raise DomainError("mail_no_recipient", _("The mail has no recipient."), field="to")
    mail = EmailMessage(policy=SMTP.clone(max_line_length=78))
    mail["From"] = _address(from_name, from_addr, "from")
    for header, people in (("To", to), ("Cc", cc), ("Reply-To", reply_to)):
        if people:
            mail[header] = [_address(name, address, header.lower()) for name, address in people]
    mail["Subject"] = _value(subject, "subject")
    mail["Date"] = format_datetime(date.astimezone(UTC))
    mail["Message-ID"] = _message_id(message_id)
    if in_reply_to:
        mail["In-Reply-To"] = _message_id(in_reply_to)
    thread = list(dict.fromkeys(_message_id(reference) for reference in references))
    if in_reply_to:
        thread = [reference for reference in thread if reference != in_reply_to] + [in_reply_to]
    if thread:
        kept = thread if len(thread) <= MAX_REFERENCES else thread[:1] + thread[-(MAX_REFERENCES - 1) :]
        mail["References"] = " ".join(kept)
    if auto_submitted:
        mail["Auto-Submitted"] = auto_submitted
        mail["X-Auto-Response-Suppress"] = "All"
    whole = []
    for name, value in (extra_headers or {}).items():
        if value.isascii() and len(value) + len(name) < 990 and max(map(len, value.split()), default=0) > 60:
            # An address that fits on no line would be encoded word by word, and no program would know it again: it
            # stands on one long line, which RFC 5322 allows up to 998 characters.
            whole.append(f"{_value(name, 'header')}: {_value(value, name)}\r\n")
        else:
            mail[_value(name, "header")] = _value(value, name)
    _set_body(mail, text or (html_to_text(html) if html else ""), html, attachments)
    return "".join(whole).encode("ascii") + mail.as_bytes()


def _set_body(mail: EmailMessage, text: str, html: str | None, attachments: Sequence[Attachment]) -> None:
    mail.set_content(_lines(text), charset="utf-8", cte="quoted-printable" if text.isascii() else "base64")
    related = [item for item in attachments if item.inline and item.content_id and html]
    if html:
        mail.add_alternative(_lines(html), subtype="html", charset="utf-8", cte="base64")
        html_part = cast(EmailMessage, list(mail.iter_parts())[-1])
        for item in related:
            main, sub = _content_type(item)
            html_part.add_related(
                item.data,
                maintype=main,
                subtype=sub,
                cid=f"<{_value(item.content_id, 'content-id').strip('<> ')}>",
                filename=_value(item.name, "filename"),
                disposition="inline",
            )
    for item in attachments:
        if item in related:
            continue
        main, sub = _content_type(item)
        mail.add_attachment(item.data, maintype=main, subtype=sub, filename=_value(item.name, "filename"))


def _lines(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "")


def _content_type(item: Attachment) -> tuple[str, str]:
    """Return main and sub type; containers and unknown types travel as octet-stream, because their bytes are opaque."""
    if not _CONTENT_TYPE.fullmatch(item.content_type) or item.content_type.lower().startswith(
        ("multipart/", "message/")
    ):
        return "application", "octet-stream"
    main, _sep, sub = item.content_type.lower().partition("/")
    return main, sub


def _value(value: str, field: str) -> str:
    """Return the value of a header, or refuse it when it could begin a header of its own."""
    if _BREAK.search(value):
        raise DomainError(
            "mail_header_line_break", _("A line break is not allowed here."), field=field, value=value[:100]
        )
    return value


def _address(name: str, address: str, field: str) -> HeaderAddress:
    address = _value(address, field).strip()
    if not _ADDRESS.fullmatch(address):
        raise DomainError("mail_address_invalid", _("This is not an e-mail address."), field=field, value=address[:100])
    local, _at, domain = address.rpartition("@")
    try:
        ascii_domain = domain if domain.isascii() else domain.encode("idna").decode("ascii")
        return HeaderAddress(display_name=_value(name, field).strip(), username=local, domain=ascii_domain)
    except (ValueError, IndexError) as error:
        raise DomainError(
            "mail_address_invalid", _("This is not an e-mail address."), field=field, value=address[:100]
        ) from error


def _message_id(value: str) -> str:
    value = _value(value, "message-id").strip()
    if not _MESSAGE_ID.fullmatch(value) or not value.isascii():
        raise DomainError(
            "mail_message_id_invalid", _("This is not a message id."), field="message_id", value=value[:100]
        )
    return value
