"""What a file is, told from its bytes: never from its name or from what the sender claims."""

import re

import filetype

DEFAULT = "application/octet-stream"
# Raster formats that browsers draw and Pillow reads. SVG is a program, not a picture.
SAFE_IMAGES = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
# What runs in a browser when it is shown inline; served as plain bytes.
ACTIVE = frozenset({"text/html", "application/xhtml+xml", "image/svg+xml", "application/xml", "text/xml"})

_HEAD = 4096
_MARKUP = re.compile(
    rb"<\s*(?:!doctype\s+html|html|head|body|script|iframe|svg|meta|style|title|img|a\s|div|table)", re.IGNORECASE
)
_XML = re.compile(rb"^\s*<\?xml", re.IGNORECASE)
_SVG = re.compile(rb"<\s*svg[\s>]", re.IGNORECASE)
_OFFICE = {
    b"word/": "vnd.openxmlformats-officedocument.wordprocessingml.document",
    b"xl/": "vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    b"ppt/": "vnd.openxmlformats-officedocument.presentationml.presentation",
}


def content_type_of(data: bytes) -> str:
    """The media type of ``data``: magic numbers first, then markup, then text; else ``application/octet-stream``.

    Markup that hides behind blanks or a comment is still called what it is; when in doubt the answer is the more
    dangerous type, which is never shown inline.
    """
    head = data[:_HEAD]
    plain = _without_nulls(head)
    kind = filetype.guess(head)
    if kind is not None and kind.mime not in {"application/xml", "text/xml"}:
        if kind.mime == "application/zip":
            return next((f"application/{name}" for mark, name in _OFFICE.items() if mark in data[:65536]), kind.mime)
        return kind.mime
    if _SVG.search(plain):
        return "image/svg+xml"
    if _XML.match(plain.lstrip(b"\xef\xbb\xbf")):
        return "application/xml"
    if _MARKUP.search(plain):
        return "text/html"
    return "text/plain" if _is_text(data) else DEFAULT


def _without_nulls(head: bytes) -> bytes:
    """UTF-16 and UTF-32 markup read as if it were ASCII."""
    return head.replace(b"\x00", b"")


def _is_text(data: bytes) -> bool:
    if b"\x00" in data[:_HEAD]:
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
