"""Readers of single header values: encoded words, addresses, message ids, parameters, dates. None of them raises.

They are written as straight scans over a value that was already cut to 16 kB: the readers of the standard library are
recursive or quadratic on crafted input (reliability section 0.4).
"""

import binascii
import re
import urllib.parse
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from halkhata.engines.messaging.mime import caps
from halkhata.engines.messaging.mime.charsets import decode_bytes, known_charset

_ENCODED_WORD = re.compile(r"=\?([!-+\--<>@-~]{1,60})\?([bBqQ])\?([^?\r\n]{0,4000})\?=")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SPACES = re.compile(r"\s+")
# Direction marks and other invisible characters that make a name look like another one.
_INVISIBLE = re.compile("[\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff]")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,900})>")
_PARAMETER = re.compile(r';\s*([^\s=;"]{1,80})\s*=\s*("(?:[^"\\]|\\.)*"|[^;]*)', re.DOTALL)
_ADDRESS = re.compile(r"[^\s@<>\"(),:;\[\]]+@[^\s@<>\"(),:;]+|\"[^\"\r\n]{1,64}\"@[^\s@<>\"(),:;]+")


def header_text(value: bytes) -> str:
    """Return header bytes as text: UTF-8 (RFC 6532), else Windows-1252."""
    return decode_bytes(value)[0]


def decode_words(value: str) -> str:
    """Return `value` with its RFC 2047 encoded words decoded; broken words stay as they were.

    Neighbouring words of one charset are joined as bytes first, because many senders cut a Bengali letter in two.
    """
    if "=?" not in value:
        return value
    out: list[str] = []
    pending = b""
    charset = ""
    position = 0
    for match in _ENCODED_WORD.finditer(value):
        between = value[position : match.start()]
        data = _word_bytes(match.group(2), match.group(3))
        if data is None:
            continue
        word_charset = match.group(1).split("*")[0].lower()
        if pending and (between.strip() or word_charset != charset):
            out.append(decode_bytes(pending, charset)[0])
            pending = b""
        # White space between two encoded words is no part of the text (RFC 2047 section 6.2).
        if between.strip() or position == 0:
            out.append(between)
        pending += data
        charset = word_charset
        position = match.end()
    if pending:
        out.append(decode_bytes(pending, charset)[0])
    out.append(value[position:])
    return "".join(out)


def _word_bytes(encoding: str, text: str) -> bytes | None:
    try:
        data = text.encode("ascii")
        if encoding in "qQ":
            return binascii.a2b_qp(data, header=True)
        return binascii.a2b_base64(data + b"=" * (-len(data.rstrip(b"=")) % 4))
    except (ValueError, UnicodeError):
        return None


def one_line(value: str, limit: int) -> str:
    """Return text fit for one line of a page: no control or direction characters, single spaces, at most `limit`."""
    value = _CONTROL.sub("", _INVISIBLE.sub("", value[: limit * 8]))
    return _SPACES.sub(" ", value).strip()[:limit]


def read_message_id(value: str) -> str | None:
    """Return `<...>` of the first message id in `value`, repaired if it can be, else None.

    `<[a b]@c>` (IndexError in the standard library) becomes `<[ab]@c>`; an id without brackets gets them.
    """
    match = _MESSAGE_ID.search(value)
    if match:
        return f"<{match.group(1)}>"
    start = value.find("<")
    stop = value.find(">", start + 1)
    inner = value[start + 1 : stop] if 0 <= start < stop else value
    inner = _SPACES.sub("", _CONTROL.sub("", inner)).replace("<", "").replace(">", "")
    if start < 0 and "@" not in inner:
        return None
    return f"<{inner}>" if 0 < len(inner) <= 900 else None


def read_message_ids(value: str) -> list[str]:
    """Return all message ids of a References or In-Reply-To value, oldest first, each once, at most 100.

    When there are more, the first (the root) and the latest 99 stay.
    """
    ids = list(dict.fromkeys(f"<{inner}>" for inner in _MESSAGE_ID.findall(value)))
    if len(ids) > caps.MAX_REFERENCES:
        ids = ids[:1] + ids[-(caps.MAX_REFERENCES - 1) :]
    return ids


def read_addresses(value: str, limit: int = caps.MAX_ADDRESSES) -> tuple[list[tuple[str, str]], bool]:
    """Return (name, address) pairs of an address list, and whether the list was cut at `limit`.

    One pass without recursion: quoted strings, nested comments, groups (`Team: a@x, b@x;`) and angle brackets.
    Entries without an address are left out. Names are decoded and on one line; the domain is lower-case.
    """
    pairs: list[tuple[str, str]] = []
    phrase: list[str] = []
    source: list[str] = []  # the phrase with its quotes, because "a b"@x.test is not b@x.test
    comment: list[str] = []
    angle: list[str] | None = None
    depth = 0
    quoted = False
    at = 0
    cut = False

    def close() -> None:
        nonlocal phrase, source, comment, angle
        text = "".join(phrase).strip()
        if angle is not None:
            address, name = _address_in("".join(angle)), text
            if address is None and (address := _address_in(text)):
                name = ""
        else:
            address, name = _address_in("".join(source)), ""
        if address:
            pairs.append((one_line(decode_words(name or "".join(comment)), caps.MAX_NAME_CHARS), address))
        phrase, source, comment, angle = [], [], [], None

    while at < len(value):
        char = value[at]
        at += 1
        if angle is None and not depth and char != "(":
            source.append(char)
        if char == "\\" and at < len(value) and (quoted or depth):
            (comment if depth else phrase).append(value[at])
            at += 1
        elif quoted:
            if char == '"':
                quoted = False
            if char != '"' or angle is not None:
                (phrase if angle is None else angle).append(char)
        elif depth:
            depth += {"(": 1, ")": -1}.get(char, 0)
            if depth:
                comment.append(char)
        elif char == '"':
            quoted = True
            if angle is not None:
                angle.append(char)
        elif char == "(":
            depth = 1
        elif char == "<":
            angle = []
        elif char == ">":
            continue
        elif char in ",;":
            if source:
                source.pop()
            close()
            if len(pairs) >= limit:
                cut = bool(value[at:].strip(" ,;"))
                break
        elif char == ":" and angle is None and "@" not in phrase:
            phrase, source = [], []  # the name of a group
        else:
            (phrase if angle is None else angle).append(char)
    else:
        close()
    return pairs, cut


def _address_in(text: str) -> str | None:
    """Return the address in `text` with a lower-case domain, or None."""
    match = _ADDRESS.search(text[:1000])
    if match is None:
        return None
    local, _, domain = match.group(0).rpartition("@")
    domain = domain.strip(".").lower()
    if not domain or len(local) > 256 or len(domain) > 255:
        return None
    return _CONTROL.sub("", f"{local}@{domain}")


def read_date(value: str) -> datetime | None:
    """Return the time of a Date header in UTC, or None when it is no date between 1970 and 2100."""
    try:
        found = parsedate_to_datetime(value[:200])
        found = (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (TypeError, ValueError, IndexError, OverflowError, KeyError, AttributeError):
        return None
    return found if 1970 <= found.year <= 2100 else None


def read_parameters(value: str) -> tuple[str, dict[str, str]]:
    """Return the lower-case main value and the parameters of Content-Type or Content-Disposition.

    RFC 2231 pieces (`filename*0*=`) are joined and decoded, and so are the RFC 2047 words that common mailers put
    into quoted strings. At most 200 parameters are read.
    """
    main = _SPACES.sub("", value.split(";", 1)[0]).strip('"').lower()[:200]
    plain: dict[str, str] = {}
    pieces: dict[str, dict[int, tuple[str, bool]]] = {}
    for count, match in enumerate(_PARAMETER.finditer(value)):
        if count >= 200:
            break
        name, content = match.group(1).lower(), match.group(2).strip()
        if content.startswith('"'):
            closed = content.endswith('"') and len(content) > 1
            content = re.sub(r'\\(["\\])', r"\1", content[1:-1] if closed else content[1:])
        name, star, rest = name.partition("*")
        if not star:
            plain.setdefault(name, decode_words(content))
            continue
        number, _, _ = rest.partition("*")
        index = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else 0
        encoded = rest.endswith("*") or not number
        pieces.setdefault(name, {}).setdefault(index, (content, encoded))
    for name, numbered in pieces.items():
        plain[name] = _join_pieces(numbered)
    return main, plain


def _join_pieces(numbered: dict[int, tuple[str, bool]]) -> str:
    """Join the pieces of one RFC 2231 parameter in their order and decode them."""
    charset = None
    data = b""
    for place, index in enumerate(sorted(numbered)):
        content, encoded = numbered[index]
        if encoded:
            if place == 0 and content.count("'") >= 2:
                charset, _, content = content.split("'", 2)
            data += urllib.parse.unquote_to_bytes(content)
        else:
            data += content.encode("utf-8", "replace")
    return decode_bytes(data, charset if known_charset(charset) else None)[0]
