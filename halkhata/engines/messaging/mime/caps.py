"""The limits that every incoming mail is cut to, and the reader of header blocks that applies them.

Python's own e-mail parser spends 10 s on a 500 kB Subject and ends in RecursionError, IndexError or LookupError on
small crafted mails (reliability section 0.4, B100, F24, F25). So headers are measured and cut as bytes, before anything
looks into them. What was cut is said in a list of notes; the raw mail is kept by the caller, so nothing is lost.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

MAX_MAIL_BYTES = 40 * 1024 * 1024
"""Above this size only the headers are read (F25)."""
MAX_HEADER_BYTES = 16 * 1024
"""Longest single header that is looked at."""
MAX_HEADERS_BYTES = 64 * 1024
"""Sum of all headers that are kept for one header block."""
MAX_HEADER_SCAN_BYTES = 2 * 1024 * 1024
"""How far a header block is searched for the headers we need."""
MAX_HEADER_LINES = 20_000
MAX_PART_HEADER_BYTES = 8 * 1024
MAX_MIME_DEPTH = 25
MAX_MIME_PARTS = 1_000
MAX_ATTACHMENTS = 200
MAX_ADDRESSES = 500
MAX_REFERENCES = 100
MAX_TEXT_CHARS = 1_000_000
MAX_HTML_CHARS = 5_000_000
MAX_SUBJECT_CHARS = 1_000
MAX_NAME_CHARS = 200

_HEADER_NAME = re.compile(rb"([!-9;-~]{1,100})[ \t]*:")
_FROM_LINE = re.compile(rb">?From [^\r\n]{0,1000}")
_ONLY_SPACE = re.compile(rb"[ \t\r]*\Z")


@dataclass
class Notes:
    """What was cut, guessed or repaired, each said once, in the order found."""

    items: list[str] = field(default_factory=list)

    def add(self, note: str) -> None:
        """Remember `note` unless it is already there; at most 50 notes are kept."""
        if note not in self.items and len(self.items) < 50:
            self.items.append(note)


def normalise_start(raw: bytes, notes: Notes) -> bytes:
    """Return the mail without a byte order mark, blank lines at its top or an mbox `From ` line.

    A mail whose lines end in bare CR (no LF at all in its first 64 kB) gets LF instead; elsewhere a bare CR is no line
    break, because one party seeing a header where another sees none is how header smuggling works.
    """
    if raw.startswith(b"\xef\xbb\xbf"):
        raw = raw[3:]
        notes.add("byte_order_mark")
    if b"\r" in raw[:65536] and b"\n" not in raw[:65536]:
        raw = raw.replace(b"\r", b"\n")
        notes.add("bare_cr_lines")
    lead = len(raw[:4096]) - len(raw[:4096].lstrip(b"\r\n"))
    if lead and _HEADER_NAME.match(raw, lead):
        raw = raw[lead:]
        notes.add("leading_blank_lines")
    match = _FROM_LINE.match(raw)
    if match and not _HEADER_NAME.match(raw):
        raw = raw[match.end() :].lstrip(b"\r\n")
        notes.add("mbox_from_line")
    return raw


def read_headers(
    raw: bytes,
    start: int,
    end: int,
    *,
    wanted: dict[str, int],
    first_needed: frozenset[str] = frozenset(),
    notes: Notes,
    header_cap: int = MAX_HEADER_BYTES,
    max_lines: int = MAX_HEADER_LINES,
) -> tuple[dict[str, list[bytes]], int]:
    """Read the header block of `raw[start:end]`; return the wanted headers (lower-case name -> values) and where the
    body begins.

    `wanted` names the headers to keep and how many of each; all others are passed over without being stored. Folded
    lines are joined by one space. A value is cut at `header_cap` bytes, all values together at 64 kB: names in
    `first_needed` are served first, so a flood of `To:` cannot push `From:` out. NUL bytes become nothing and bare CR
    becomes a space.
    """
    found: list[tuple[str, bytes]] = []
    counts: dict[str, int] = {}
    name = ""
    pieces: list[bytes] = []
    length = 0
    cut = False

    def close() -> None:
        nonlocal name, pieces, cut
        if name and name in wanted:
            counts[name] = counts.get(name, 0) + 1
            if counts[name] <= wanted[name]:
                value = b" ".join(pieces)
                if cut or len(value) > header_cap:
                    value = value[:header_cap]
                    notes.add(f"header_cut:{name}")
                found.append((name, value.replace(b"\0", b"").replace(b"\r", b" ").strip()))
            else:
                notes.add(f"repeated_header:{name}")
        name, pieces, cut = "", [], False

    body = end
    lines = 0
    for line_start, line_end, next_start in _lines(raw, start, end):
        lines += 1
        if line_start - start > MAX_HEADER_SCAN_BYTES or lines > max_lines:
            notes.add("headers_cut")
            body = _after_blank_line(raw, line_start, end)
            break
        if line_start == line_end:
            body = next_start
            break
        first = raw[line_start]
        if first in b" \t":
            if _ONLY_SPACE.match(raw[line_start : min(line_end, line_start + 200)]) and line_end - line_start < 200:
                continue
            if name in wanted and length > header_cap:
                cut = True
            elif name in wanted:
                piece = raw[line_start : min(line_end, line_start + header_cap + 1)].strip()
                pieces.append(piece)
                length += len(piece) + 1
            continue
        match = _HEADER_NAME.match(raw, line_start, min(line_end, line_start + 200))
        if match is None:
            if lines > 1 and _FROM_LINE.match(raw, line_start, line_end):
                continue
            # Text where a header should be: the blank line was forgotten, so the body starts here.
            body = line_start
            notes.add("no_blank_line_after_headers")
            break
        close()
        name = match.group(1).decode("ascii").lower()
        pieces = []
        length = 0
        if name in wanted:
            piece = raw[match.end() : min(line_end, match.end() + header_cap + 1)].strip()
            pieces.append(piece)
            length = len(piece)
            cut = line_end - match.end() > header_cap + 1
    close()
    return _within_budget(found, first_needed, notes), body


def _within_budget(
    found: list[tuple[str, bytes]], first_needed: frozenset[str], notes: Notes
) -> dict[str, list[bytes]]:
    """Keep at most 64 kB of values, the needed names first, each name's values in their original order."""
    budget = MAX_HEADERS_BYTES
    kept: dict[str, list[bytes]] = {}
    for needed in (True, False):
        for name, value in found:
            if (name in first_needed) is not needed:
                continue
            if len(value) > budget:
                notes.add("headers_cut")
                value = value[:budget]
            budget -= len(value)
            if value or budget:
                kept.setdefault(name, []).append(value)
    return kept


def _lines(raw: bytes, start: int, end: int) -> Iterator[tuple[int, int, int]]:
    """Yield (start, end without the line break, start of the next line) for each line."""
    at = start
    while at < end:
        newline = raw.find(b"\n", at, end)
        if newline < 0:
            yield at, end, end
            return
        line_end = newline - 1 if newline > at and raw[newline - 1] == 13 else newline
        yield at, line_end, newline + 1
        at = newline + 1


def _after_blank_line(raw: bytes, start: int, end: int) -> int:
    """Return where the body begins when the header block is too large to be read line by line."""
    places = [at + len(mark) for mark in (b"\n\r\n", b"\n\n") if (at := raw.find(mark, start, end)) >= 0]
    return min(places) if places else end
