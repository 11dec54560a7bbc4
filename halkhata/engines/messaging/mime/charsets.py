"""Bytes to text whatever the mail claims about its charset; never raises."""

import codecs
import re

# Python also registers codecs that are no charsets of text (punycode is quadratic, unicode_escape is code).
_REAL_CHARSET = re.compile(
    r"(utf|ascii|iso-?8859|iso-?2022|latin|cp-?\d|koi8|big5|gb|euc|shift|mac|tis|hz|johab|ptcp|kz1048|hp-roman)"
)
_ALIASES = {
    "utf8mb4": "utf-8",
    "unicode": "utf-8",
    "unicode-1-1-utf-8": "utf-8",
    "unicode-1-1-utf-7": "utf-7",
    "x-gbk": "gbk",
    "x-sjis": "cp932",
    "x-mac-roman": "mac-roman",
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "windows-874": "cp874",
    "cp-850": "cp850",
    "ansi": "cp1252",
}
_SURROGATE = re.compile("[\ud800-\udfff]")
_LATIN = {"ascii", "iso8859-1", "cp1252"}


def known_charset(name: str | None) -> str | None:
    """Return Python's name of the charset, or None when it is unknown or no charset of text."""
    wanted = (name or "").strip().strip("\"'").lower()[:40]
    if not wanted or not wanted.isascii() or "\0" in wanted:
        return None
    try:
        found = codecs.lookup(_ALIASES.get(wanted, wanted)).name
    except (LookupError, ValueError, TypeError):
        return None
    return found if _REAL_CHARSET.match(found) else None


def decode_bytes(data: bytes, declared: str | None = None) -> tuple[str, str | None]:
    """Return the text and a note (None, `charset_unknown:...`, `charset_wrong:...`).

    The declared charset is tried first, then UTF-8, then Windows-1252 (what undeclared Western mail is in practice);
    what still does not fit becomes U+FFFD. Mail that says us-ascii or latin-1 and is valid UTF-8 is read as UTF-8,
    because web forms and old gateways in Bangladesh mislabel Bengali that way.
    """
    charset = known_charset(declared)
    note = f"charset_unknown:{declared.strip()[:40]}" if declared and declared.strip() and charset is None else None
    if charset in _LATIN or charset is None:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            wrong = f"charset_wrong:{charset}" if charset == "ascii" else note
            return data.decode("cp1252", "replace"), wrong
        mislabelled = charset in _LATIN and not data.isascii()
        return text, f"charset_wrong:{charset}" if mislabelled else note
    try:
        # UTF-7 can spell halves of characters, which no database and no page takes.
        return _SURROGATE.sub("\ufffd", data.decode(charset)), note
    except (UnicodeError, ValueError, LookupError):
        try:
            return data.decode("utf-8"), f"charset_wrong:{charset}"
        except UnicodeDecodeError:
            return _SURROGATE.sub("\ufffd", data.decode(charset, "replace")), f"charset_wrong:{charset}"
