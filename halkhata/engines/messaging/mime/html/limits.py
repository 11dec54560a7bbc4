"""The limits that keep HTML from costing seconds: size, depth, number of tags and of references (B100)."""

import re

MAX_SANITISED_CHARS = 1_000_000
"""Longer HTML is cut here, after comments and style sheets were taken out (B100)."""
MAX_CHARS_FOR_TEXT = 500_000
"""So much of it is turned into text."""
MAX_DEPTH = 300
"""Deeper nesting is shown as text: HTML parsers are quadratic in depth (B100)."""
MAX_TREE_WORK = 3_000_000
"""Deepest nesting times number of tags; above it the mail is shown as text."""
MAX_REFERENCES = 40_000
"""Character references such as `&lt;`; the HTML parser needs some 12 microseconds for each."""

_HIDDEN_PIECES = re.compile(r"<!--.*?(?:-->|\Z)|<(style|script)\b.*?(?:</\1[^>]{0,100}>|\Z)", re.DOTALL | re.IGNORECASE)
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_LETTER_REFERENCE = re.compile(r"&(?:#([0-9]{3,7})|#[xX]([0-9a-fA-F]{2,6})|(nbsp));")
_LONE_AMPERSAND = re.compile(r"&(?!#[0-9]{1,7};?|#[xX][0-9a-fA-F]{1,6};?|[a-zA-Z][a-zA-Z0-9]{1,31})")
_OPEN_OR_CLOSE = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})")
# These close themselves when a sibling follows, or never hold anything.
_NO_DEPTH = {
    "p",
    "li",
    "dt",
    "dd",
    "td",
    "th",
    "tr",
    "thead",
    "tbody",
    "tfoot",
    "colgroup",
    "option",
    "br",
    "hr",
    "img",
    "input",
    "meta",
    "link",
    "base",
    "col",
    "area",
    "wbr",
    "embed",
    "param",
    "source",
    "track",
    "keygen",
    "frame",
}


def prepared(html: str) -> str:
    """Return HTML without comments, scripts and style sheets, cut to size, with few character references left.

    A million `&#` cost the HTML parser 24 s, so an ampersand that begins no reference is written out, and references
    to letters (mailers write Bengali as `&#2453;`) become those letters, which means the same.
    """
    html = _HIDDEN_PIECES.sub("", _NOT_TEXT.sub("", html))[:MAX_SANITISED_CHARS]
    return _LONE_AMPERSAND.sub("&amp;", _LETTER_REFERENCE.sub(_letter, html)) if "&" in html else html


def _letter(match: re.Match[str]) -> str:
    """Return the character of a reference, or the reference itself for ASCII, controls and what is no character."""
    if match.group(3):
        return "\u00a0"
    code = int(match.group(1)) if match.group(1) else int(match.group(2), 16)
    is_letter = 0xA0 <= code < 0xD800 or 0xE000 <= code < 0xFFFE or 0x10000 <= code <= 0x10FFFF
    return chr(code) if is_letter else match.group(0)


def too_deep(html: str) -> bool:
    """True when building the tree would be slow: elements nested deeper than `MAX_DEPTH`, too many tags at a depth
    (open formatting is rebuilt inside each block), or too many character references. Counted in one pass."""
    if html.count("&") > MAX_REFERENCES:
        return True
    open_tags: dict[str, int] = {}
    depth = deepest = tags = 0
    for closing, name in _OPEN_OR_CLOSE.findall(html):
        tags += 1
        name = name.lower()
        if name in _NO_DEPTH:
            continue
        if not closing:
            open_tags[name] = open_tags.get(name, 0) + 1
            depth += 1
            if depth > deepest:
                deepest = depth
                if depth > MAX_DEPTH:
                    return True
        elif open_tags.get(name):
            open_tags[name] -= 1
            depth -= 1
    return deepest * tags > MAX_TREE_WORK
