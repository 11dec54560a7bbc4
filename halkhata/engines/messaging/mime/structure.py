"""The tree of MIME parts of one mail, found as places in the raw bytes without copying them.

Depth, number of parts and delimiter lines are capped, so the work is linear in the size of the mail: the parser of the
standard library tests every line against every open boundary and fails at a depth of a few hundred (B100, F24).
"""

import binascii
import re
from dataclasses import dataclass, field

from halkhata.engines.messaging.mime import caps
from halkhata.engines.messaging.mime.headers import header_text, one_line, read_parameters

_PART_HEADERS = {
    "content-type": 1,
    "content-disposition": 1,
    "content-transfer-encoding": 1,
    "content-id": 1,
    "content-location": 1,
}
_MAX_PART_HEADER_LINES = 200
_MAX_FALSE_DELIMITERS = 20_000
_DELIMITER_END = re.compile(rb"(--)?[ \t]{0,200}(?=\r?\n|\r?\Z)")
_NOT_BASE64 = bytes(set(range(256)) - set(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"))


@dataclass
class Part:
    """One MIME entity: its content headers and where its body lies in the raw mail."""

    content_type: str
    parameters: dict[str, str]
    disposition: str
    filename: str
    transfer_encoding: str
    content_id: str
    start: int
    end: int
    children: list["Part"] = field(default_factory=list)

    @property
    def is_multipart(self) -> bool:
        """True when the parts inside were found and opened."""
        return bool(self.children)


def read_structure(raw: bytes, headers: dict[str, list[bytes]], body_start: int, notes: caps.Notes) -> Part:
    """Return the root part of a mail whose top headers are already read."""
    root = _part(headers, body_start, len(raw), default_type="text/plain")
    count = 1
    open_parts = [(root, 0)]
    while open_parts:
        part, depth = open_parts.pop()
        if not part.content_type.startswith("multipart/"):
            continue
        if depth >= caps.MAX_MIME_DEPTH:
            notes.add("mime_depth_cut")
            part.content_type = "application/octet-stream"
            part.parameters = {}
            continue
        boundary = part.parameters.get("boundary", "").rstrip()
        places = _split(raw, part.start, part.end, boundary, notes) if boundary and len(boundary) <= 250 else []
        if not places:
            # No delimiter at all: what is there is shown as text rather than lost.
            notes.add("multipart_without_parts")
            part.content_type = "text/plain"
            part.transfer_encoding = ""
            continue
        default = "message/rfc822" if part.content_type == "multipart/digest" else "text/plain"
        for start, end in places:
            if count >= caps.MAX_MIME_PARTS:
                notes.add("mime_parts_cut")
                break
            count += 1
            found, body = caps.read_headers(
                raw,
                start,
                end,
                wanted=_PART_HEADERS,
                notes=notes,
                header_cap=caps.MAX_PART_HEADER_BYTES,
                max_lines=_MAX_PART_HEADER_LINES,
            )
            child = _part(found, body, end, default_type=default)
            part.children.append(child)
            open_parts.append((child, depth + 1))
    return root


def _part(headers: dict[str, list[bytes]], start: int, end: int, *, default_type: str) -> Part:
    def first(name: str) -> str:
        values = headers.get(name)
        return header_text(values[0]) if values else ""

    content_type, parameters = read_parameters(first("content-type"))
    if content_type.count("/") != 1 or content_type.startswith("/") or content_type.endswith("/"):
        content_type = "text/plain" if content_type in ("", "text") else "application/octet-stream"
        if not first("content-type"):
            content_type = default_type
    disposition, disposition_parameters = read_parameters(first("content-disposition"))
    return Part(
        content_type=content_type,
        parameters=parameters,
        disposition=disposition,
        filename=disposition_parameters.get("filename") or parameters.get("name", ""),
        transfer_encoding=first("content-transfer-encoding")
        .split(";")[0]
        .split("(")[0]
        .strip()
        .strip('"')
        .lower()[:40],
        content_id=one_line(first("content-id"), 300).strip("<> "),
        start=start,
        end=end,
    )


def _split(raw: bytes, start: int, end: int, boundary: str, notes: caps.Notes) -> list[tuple[int, int]]:
    """Return the places of the parts between delimiter lines of `boundary` (RFC 2046 section 5.1.1)."""
    try:
        mark = b"--" + boundary.encode("utf-8")
    except UnicodeEncodeError:
        return []

    def next_mark(after: int) -> int:
        newline = raw.find(b"\n" + mark, after, end)
        return newline + 1 if newline >= 0 else -1

    places: list[tuple[int, int]] = []
    part_start: int | None = None
    false_hits = 0
    at = start if raw.startswith(mark, start, end) else next_mark(start)
    while at >= 0:
        match = _DELIMITER_END.match(raw, at + len(mark), end)
        if match is None:
            false_hits += 1
            if false_hits > _MAX_FALSE_DELIMITERS:
                notes.add("mime_parts_cut")
                break
            at = next_mark(at)
            continue
        if part_start is not None:
            # The line break before a delimiter belongs to the delimiter.
            stop = max(at - 1, part_start)
            if stop > part_start and raw[stop - 1] == 13:
                stop -= 1
            places.append((part_start, stop))
            part_start = None
        if match.group(1):
            # Parts after the closing line belong to a mailer that gave two levels one boundary; they are kept.
            at = next_mark(match.end())
            continue
        if len(places) >= caps.MAX_MIME_PARTS:
            notes.add("mime_parts_cut")
            return places
        newline = raw.find(b"\n", match.end(), end)
        part_start = newline + 1 if newline >= 0 else end
        # The line break that ends this delimiter line may also begin the next delimiter.
        at = next_mark(newline) if newline >= 0 else -1
    if part_start is not None:
        notes.add("multipart_not_closed")
        places.append((part_start, end))
    return places


def part_bytes(raw: bytes, part: Part, notes: caps.Notes) -> bytes:
    """Return the decoded bytes of a leaf; what is no valid base64 or uuencode is decoded as far as it goes."""
    data = raw[part.start : part.end]
    match part.transfer_encoding:
        case "base64":
            try:
                return binascii.a2b_base64(data)
            except ValueError:
                notes.add("base64_repaired")
                clean = data.translate(None, _NOT_BASE64)
                clean = clean[: len(clean) - 1] if len(clean) % 4 == 1 else clean
                return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))
        case "quoted-printable":
            return binascii.a2b_qp(data)
        case "x-uuencode" | "uuencode" | "uue" | "x-uue":
            return _uudecode(data, notes)
        case "" | "7bit" | "8bit" | "binary":
            return data
        case other:
            notes.add(f"encoding_unknown:{other}")
            return data


def _uudecode(data: bytes, notes: caps.Notes) -> bytes:
    lines = data.splitlines()
    begin = next((number for number, line in enumerate(lines) if line.startswith(b"begin ")), None)
    if begin is None:
        notes.add("uuencode_broken")
        return data
    out: list[bytes] = []
    for line in lines[begin + 1 :]:
        if line.strip() == b"end":
            break
        try:
            out.append(binascii.a2b_uu(line))
        except ValueError:
            # A common encoder writes a wrong length; the standard library repairs it the same way.
            size = (((line[0] - 32) & 63) * 4 + 5) // 3 if line else 0
            try:
                out.append(binascii.a2b_uu(line[:size]))
            except ValueError:
                notes.add("uuencode_broken")
    return b"".join(out)
