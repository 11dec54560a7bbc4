"""Raw bytes of a mail to `ParsedMail`. Any bytes at all end as a ParsedMail or as `UnparseableMail`, within 2 s."""

import mimetypes
import re
from dataclasses import dataclass, field

from halkhata.engines.messaging.mime import caps
from halkhata.engines.messaging.mime.charsets import decode_bytes
from halkhata.engines.messaging.mime.headers import (
    decode_words,
    header_text,
    one_line,
    read_addresses,
    read_date,
    read_message_id,
    read_message_ids,
)
from halkhata.engines.messaging.mime.html.from_text import text_to_html
from halkhata.engines.messaging.mime.html.to_text import html_to_text
from halkhata.engines.messaging.mime.mail import Attachment, DeliveryReport, ParsedMail, UnparseableMail
from halkhata.engines.messaging.mime.structure import Part, part_bytes, read_structure
from halkhata.foundation.core.text import clean_text

__all__ = ["Attachment", "DeliveryReport", "ParsedMail", "UnparseableMail", "parse_mail"]

_SINGLE = (
    "message-id",
    "in-reply-to",
    "subject",
    "from",
    "sender",
    "date",
    "return-path",
    "auto-submitted",
    "precedence",
    "list-id",
    "list-unsubscribe",
    "x-auto-response-suppress",
    "content-type",
    "content-transfer-encoding",
    "content-disposition",
    "content-id",
)
_DELIVERED = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to")
_REPEATED = ("references", "reply-to", "to", "cc", "x-failed-recipients", *_DELIVERED)
_WANTED = dict.fromkeys(_SINGLE, 1) | dict.fromkeys(_REPEATED, 20) | {"authentication-results": 10}
_KNOWN_TYPES = mimetypes.MimeTypes(filenames=())
_UNSAFE_IN_NAME = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
# Thousands of spaces inside a line say nothing and make later patterns slow.
_LONG_SPACE = re.compile(r"[^\S\n]{80,}")
_META_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_IGNORED_BODIES = {"text/x-amp-html", "text/watch-html"}
_STATUS_TYPES = {
    "message/delivery-status",
    "message/global-delivery-status",
    "message/disposition-notification",
    "message/feedback-report",
}
_RETURNED_TYPES = {"message/rfc822", "text/rfc822-headers", "message/global", "message/global-headers"}


def parse_mail(raw: bytes) -> ParsedMail:
    """Read one RFC 5322 mail.

    Never raises anything but `UnparseableMail`. Above 40 MB only the headers are read (note `too_large`). A mail
    without sender or body is still returned, with those fields empty.
    """
    try:
        return _parse(bytes(raw))
    except UnparseableMail:
        raise
    except Exception as error:  # the boundary: one bad mail must never stop the ones behind it (A52.1, F29)
        raise UnparseableMail("parser_failed", type(error).__name__) from error


@dataclass
class _Content:
    """What the walk over the parts collects."""

    raw: bytes
    notes: caps.Notes
    attachments: list[Attachment] = field(default_factory=list)
    report_type: str | None = None
    status: list[str] = field(default_factory=list)
    original_message_id: str | None = None


def _parse(raw: bytes) -> ParsedMail:
    size = len(raw)
    if not raw.strip(b" \t\r\n\0"):
        raise UnparseableMail("empty")
    notes = caps.Notes()
    raw = caps.normalise_start(raw, notes)
    headers, body_start = caps.read_headers(
        raw, 0, len(raw), wanted=_WANTED, first_needed=frozenset(_SINGLE), notes=notes
    )
    content = _Content(raw=raw, notes=notes)
    text: str | None = None
    html: str | None = None
    root = read_structure(b"" if size > caps.MAX_MAIL_BYTES else raw, headers, body_start, notes)
    content_type = root.content_type
    if size > caps.MAX_MAIL_BYTES:
        notes.add("too_large")
    else:
        text, html = _body(root, content, is_root=True)

    def one(name: str) -> str:
        values = headers.get(name)
        return header_text(values[0]) if values else ""

    text = _cut(text or "", caps.MAX_TEXT_CHARS, "text_cut", notes)
    if html is not None:
        html = _cut(html, caps.MAX_HTML_CHARS, "html_cut", notes)
        if not text.strip() and (text := html_to_text(html)):
            notes.add("text_from_html")
    if not headers and not text.strip() and html is None and not content.attachments:
        raise UnparseableMail("nothing_there")
    if not headers and "nul_bytes" in notes.items:
        raise UnparseableMail("not_mail")

    senders, _ = read_addresses(one("from"), 10)
    from_name, from_address = senders[0] if senders else (one_line(decode_words(one("from")), 200), "")
    sender, _ = read_addresses(one("sender"), 1)
    references = read_message_ids(" ".join(map(header_text, headers.get("references", ()))))
    report = None
    if content.report_type is not None or content.status:
        report = DeliveryReport(content.report_type or "", "\n\n".join(content.status), content.original_message_id)
    return_path = headers.get("return-path")
    return ParsedMail(
        message_id=read_message_id(one("message-id")),
        in_reply_to=read_message_id(one("in-reply-to")),
        references=tuple(references),
        subject=one_line(clean_text(decode_words(one("subject"))), caps.MAX_SUBJECT_CHARS),
        from_address=from_address,
        from_name=clean_text(from_name),
        sender=sender[0][1] if sender else "",
        reply_to=_addresses(headers, ("reply-to",), notes),
        to=_addresses(headers, ("to",), notes),
        cc=_addresses(headers, ("cc",), notes),
        delivered_to=tuple(address for _, address in _addresses(headers, _DELIVERED, notes)),
        date=read_date(one("date")),
        text=clean_text(_LONG_SPACE.sub(" ", text), multiline=True),
        html=html,
        attachments=tuple(content.attachments),
        auto_submitted=one_line(one("auto-submitted"), 200).lower(),
        precedence=one_line(one("precedence"), 50).lower(),
        list_id=one_line(decode_words(one("list-id")), 300),
        list_unsubscribe=one_line(one("list-unsubscribe"), 1000),
        x_auto_response_suppress=one_line(one("x-auto-response-suppress"), 200),
        return_path=None if return_path is None else one_line(header_text(return_path[0]), 320).strip("<> "),
        authentication_results=tuple(map(header_text, headers.get("authentication-results", ()))),
        has_several_senders=len(senders) > 1 or "repeated_header:from" in notes.items,
        failed_recipients=tuple(address for _, address in _addresses(headers, ("x-failed-recipients",), notes)),
        content_type=content_type,
        delivery_report=report,
        size=size,
        notes=tuple(notes.items),
    )


def _addresses(
    headers: dict[str, list[bytes]], names: tuple[str, ...], notes: caps.Notes
) -> tuple[tuple[str, str], ...]:
    """Return the addresses of all headers with these names, each address once."""
    found: dict[str, tuple[str, str]] = {}
    for name in names:
        for value in headers.get(name, ()):
            pairs, cut = read_addresses(header_text(value), caps.MAX_ADDRESSES)
            for shown, address in pairs:
                if len(found) >= caps.MAX_ADDRESSES:
                    cut = True
                    break
                found.setdefault(address.lower(), (clean_text(shown), address))
            if cut:
                notes.add(f"addresses_cut:{name}")
    return tuple(found.values())


def _cut(text: str, limit: int, note: str, notes: caps.Notes) -> str:
    if len(text) <= limit:
        return text
    notes.add(note)
    return text[:limit]


def _body(part: Part, content: _Content, *, is_root: bool = False, parent: str = "") -> tuple[str | None, str | None]:
    """Return (plain text, HTML) of a part and all inside it; everything else goes to the attachments."""
    if part.is_multipart:
        if part.content_type == "multipart/report" and content.report_type is None:
            content.report_type = part.parameters.get("report-type", "").strip().lower()
        inner = [_body(child, content, parent=part.content_type) for child in part.children]
        shown = [pair for pair in inner if pair != (None, None)]
        if part.content_type == "multipart/alternative":
            # The last of each kind is the richest the sender could make (RFC 2046 section 5.1.4).
            return (
                next((text for text, _ in reversed(shown) if text is not None), None),
                next((html for _, html in reversed(shown) if html is not None), None),
            )
        return _join(shown)
    kind = part.content_type
    if kind in _IGNORED_BODIES and parent == "multipart/alternative":
        return None, None
    if kind in _STATUS_TYPES:
        data = part_bytes(content.raw, part, content.notes)[: 256 * 1024]
        content.status.append(decode_bytes(data, "utf-8")[0].replace("\r\n", "\n").strip())
        return None, None
    named = bool(part.filename) and not is_root
    if kind in ("text/plain", "text/html") and part.disposition != "attachment" and not named:
        return _readable(part, content)
    _attach(part, content, parent)
    return None, None


def _join(shown: list[tuple[str | None, str | None]]) -> tuple[str | None, str | None]:
    """Join the bodies of a mixed mail, so that neither reading loses a piece that only the other has."""
    if not shown:
        return None, None
    if len(shown) == 1:
        return shown[0]
    has_text = any(text is not None for text, _ in shown)
    has_html = any(html is not None for _, html in shown)
    texts = [html_to_text(html) if text is None and html is not None else text or "" for text, html in shown]
    htmls = [text_to_html(text) if html is None and text is not None else html or "" for text, html in shown]
    return "\n\n".join(filter(None, texts)) if has_text else None, "\n".join(htmls) if has_html else None


def _readable(part: Part, content: _Content) -> tuple[str | None, str | None]:
    data = part_bytes(content.raw, part, content.notes)
    limit = (caps.MAX_TEXT_CHARS if part.content_type == "text/plain" else caps.MAX_HTML_CHARS) * 4
    if len(data) > limit:
        content.notes.add("text_cut" if part.content_type == "text/plain" else "html_cut")
        data = data[:limit]
    charset = part.parameters.get("charset", "")
    if part.content_type == "text/html" and not charset and (match := _META_CHARSET.search(data[:4096])):
        charset = match.group(1).decode("ascii")
    text, note = decode_bytes(data, charset)
    if note:
        content.notes.add(note)
    if "\0" in text:
        content.notes.add("nul_bytes")
        text = text.replace("\0", "")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if part.content_type == "text/html":
        return None, text
    if part.parameters.get("format", "").lower() == "flowed":
        text = _unflow(text, joined=part.parameters.get("delsp", "").lower() == "yes")
    return text, None


def _unflow(text: str, *, joined: bool) -> str:
    """Undo the soft line breaks of `format=flowed` (RFC 3676)."""
    out: list[str] = []
    flowing = False
    depth = 0
    for line in text.split("\n"):
        quotes = len(line) - len(line.lstrip(">"))
        rest = line[quotes:].removeprefix(" ")
        signature = rest == "-- "
        if flowing and quotes == depth and not signature:
            out[-1] += rest
        else:
            out.append((">" * quotes + " " if quotes else "") + rest)
        flowing = rest.endswith(" ") and not signature
        depth = quotes
        if flowing and joined:
            out[-1] = out[-1][:-1]
    return "\n".join(out)


def _attach(part: Part, content: _Content, parent: str) -> None:
    if len(content.attachments) >= caps.MAX_ATTACHMENTS:
        content.notes.add("attachments_cut")
        return
    data = part_bytes(content.raw, part, content.notes)
    if part.content_type in _RETURNED_TYPES:
        inner, _ = caps.read_headers(data, 0, len(data), wanted={"message-id": 1, "subject": 1}, notes=caps.Notes())
        if parent == "multipart/report" and "message-id" in inner:
            content.original_message_id = read_message_id(header_text(inner["message-id"][0]))
        if not part.filename and part.content_type in ("message/rfc822", "message/global"):
            subject = decode_words(header_text(inner.get("subject", [b""])[0]))
            part.filename = f"{one_line(subject, 100) or 'message'}.eml"
    if not data and not part.filename:
        return
    content.attachments.append(
        Attachment(
            name=_safe_name(part.filename, part.content_type, len(content.attachments) + 1),
            content_type=part.content_type,
            data=data,
            content_id=part.content_id,
            inline=bool(part.content_id) and part.disposition != "attachment",
        )
    )


def _safe_name(name: str, content_type: str, number: int) -> str:
    """Return a bare file name: no folder, no control or direction characters, at most 150 characters (B31, B61)."""
    name = one_line(clean_text(decode_words(name[:2000])), 1000).replace("\\", "/").rsplit("/", 1)[-1]
    name = _UNSAFE_IN_NAME.sub("_", name).strip(". ")
    if not name:
        return f"attachment-{number}{_KNOWN_TYPES.guess_extension(content_type) or '.bin'}"
    if len(name) > 150:
        stem, dot, extension = name.rpartition(".")
        name = f"{stem[: 149 - len(extension)]}.{extension}" if dot and len(extension) <= 10 else name[:150]
    return name
