"""HTML of mails made safe to show, HTML to text, and text to HTML. Sanitising is done last, when a page is made.

An allow-list, never a deny-list (B22, B33 to B36): what is not named here does not come through. Nothing that comes
through makes the reader's browser ask another server for anything: remote pictures become their description.
"""

import html as html_entities
import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import nh3
from django.utils.translation import gettext

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
LINK_REL = "noopener noreferrer nofollow"

_TAGS = {
    "a",
    "abbr",
    "address",
    "article",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
}
_ATTRIBUTES: dict[str, set[str]] = {
    "*": {"dir", "lang"},
    "a": {"href", "title"},
    "img": {"src", "alt", "width", "height"},
    "td": {"colspan", "rowspan", "align", "valign"},
    "th": {"colspan", "rowspan", "align", "valign"},
    "table": {"border", "cellpadding", "cellspacing"},
    "ol": {"start", "type"},
    "p": {"align"},
    "div": {"align"},
}
_DROPPED_WITH_CONTENT = {
    "script",
    "style",
    "title",
    "svg",
    "math",
    "noscript",
    "template",
    "iframe",
    "object",
    "embed",
    "applet",
    "audio",
    "video",
    "canvas",
    "noembed",
    "noframes",
    "frameset",
    "frame",
    "xmp",
    "xml",
    "select",
    "option",
}
_LINK_SCHEMES = ("http", "https", "mailto", "tel")
_NUMBER = re.compile(r"[0-9]{1,4}%?")
# What html5ever writes: quoted attributes with `"` escaped, so this cannot run past the end of the tag.
_IMG = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_IMG_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')
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
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9:]{0,30})([^>]{0,4000})>?")
_HREF = re.compile(r'href="([^"]{1,2000})"')
_ALT = re.compile(r'alt="([^"]{1,500})"')
_BREAKING = {
    "address",
    "article",
    "blockquote",
    "caption",
    "center",
    "dd",
    "div",
    "dl",
    "dt",
    "figcaption",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
}
_PARAGRAPHS = {"p", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "table", "ul", "ol", "dl", "pre"}
_INLINE_SPACE = re.compile(r"[ \t\r\n\f\u00a0]+")
_URL = re.compile(r"https?://[^\s<>\"'`\u201c\u201d]{1,2000}")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")


def sanitise_html(html: str, *, cid_map: Mapping[str, str] | None = None) -> str:
    """Return HTML that is safe inside our pages and asks no other server for anything.

    `cid_map` names our own URL for each content id of an inline picture. Every other picture is replaced by its
    alternative text or "[picture]"; pictures of one or two pixels (trackers) vanish. Links keep only http, https,
    mailto and tel, and open in a new tab without referrer. No id, class, name or style comes through.
    """
    html = _prepared(html)
    if _too_deep(html):
        return text_to_html(_text_of(html[:MAX_CHARS_FOR_TEXT]))
    pictures = {key.strip("<> ").lower(): url for key, url in (cid_map or {}).items()}
    cleaned = nh3.clean(
        html,
        tags=_TAGS,
        clean_content_tags=_DROPPED_WITH_CONTENT,
        attributes=_ATTRIBUTES,
        attribute_filter=_attribute_filter(pictures),
        url_schemes={*_LINK_SCHEMES, "cid"},
        url_relative="deny",
        link_rel=LINK_REL,
        set_tag_attribute_values={"a": {"target": "_blank"}},
        strip_comments=True,
    )
    return _IMG.sub(lambda match: _picture(match, pictures), cleaned)


def _content_id(url: str) -> str:
    """Return the content id of a `cid:` URL (RFC 2392) in lower case, else ""."""
    scheme, _, content_id = url.strip().partition(":")
    return unquote(content_id).strip("<> ").lower() if scheme.lower() == "cid" else ""


def _prepared(html: str) -> str:
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


def _attribute_filter(pictures: dict[str, str]) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            return value if _content_id(value) in pictures else None
        if attribute == "href":
            return value if value.strip().partition(":")[0].lower() in _LINK_SCHEMES else None
        if attribute in ("width", "height", "colspan", "rowspan", "border", "cellpadding", "cellspacing", "start"):
            return value if _NUMBER.fullmatch(value) else None
        return value

    return keep


def _picture(match: re.Match[str], pictures: Mapping[str, str]) -> str:
    """Keep a picture of our own; replace any other by what it says it shows."""
    attributes = dict(_IMG_ATTRIBUTE.findall(match.group(1)))
    url = pictures.get(_content_id(html_entities.unescape(attributes.pop("src", ""))))
    if url:
        # The other values come escaped from the sanitiser; our own URL is escaped here.
        rest = "".join(f' {name}="{value}"' for name, value in attributes.items())
        return f'<img src="{html_entities.escape(url)}"{rest}>'
    if attributes.get("width") in ("0", "1", "2") or attributes.get("height") in ("0", "1", "2"):
        return ""
    shown = html_entities.unescape(attributes.get("alt", "")).strip() or gettext("[picture]")
    return html_entities.escape(shown)


def _too_deep(html: str) -> bool:
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


def html_to_text(html: str) -> str:
    """Return the readable text of HTML: paragraphs, lists and table rows on lines of their own, link targets after
    the link text when they differ from it, pictures as their alternative text."""
    html = _prepared(html)[:MAX_CHARS_FOR_TEXT]
    if not _too_deep(html):
        html = nh3.clean(
            html,
            tags=_TAGS,
            clean_content_tags=_DROPPED_WITH_CONTENT,
            attributes={"a": {"href"}, "img": {"alt"}},
            url_schemes=set(_LINK_SCHEMES),
            url_relative="deny",
            link_rel=None,
        )
    return _text_of(html)


def _text_of(html: str) -> str:
    lines: list[str] = [""]
    href = ""
    link_start = (0, 0)
    preformatted = 0

    def write(text: str) -> None:
        if not text:
            return
        if preformatted:
            first, *rest = text.split("\n")
            lines[-1] += first
            lines.extend(rest)
        elif lines[-1] or text.strip():
            lines[-1] += text if lines[-1] and not lines[-1].endswith(" ") else text.lstrip(" ")

    def text_between(start: int, end: int) -> str:
        text = html_entities.unescape(html[start:end])
        return text if preformatted else _INLINE_SPACE.sub(" ", text)

    at = 0
    for match in _TAG.finditer(html):
        write(text_between(at, match.start()))
        at = match.end()
        closing, name, rest = match.group(1), match.group(2).lower(), match.group(3)
        if name == "br":
            lines.append("")
        elif name in _BREAKING:
            if lines[-1].strip():
                lines.append("")
            if name in _PARAGRAPHS and len(lines) > 1 and lines[-2].strip():
                lines.append("")
            if name == "li" and not closing:
                lines[-1] = "- "
            if name == "pre":
                preformatted = max(0, preformatted - 1) if closing else preformatted + 1
        elif name in ("td", "th") and closing:
            write(" ")
        elif name == "img" and (alt := _ALT.search(rest)):
            write(_alt_text(alt.group(1)))
        elif name == "a" and not closing:
            found = _HREF.search(rest)
            href = html_entities.unescape(found.group(1)) if found else ""
            link_start = (len(lines) - 1, len(lines[-1]))
        elif name == "a" and href:
            shown = lines[-1][link_start[1] :].strip() if link_start[0] == len(lines) - 1 else ""
            target = href.removeprefix("mailto:").removeprefix("tel:")
            if shown and shown.rstrip("/") not in (target.rstrip("/"), target.split("://")[-1].rstrip("/")):
                write(f" ({target})")
            elif not shown and link_start[0] == len(lines) - 1:
                write(target)
            href = ""
    write(text_between(at, len(html)))
    return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip()


def _alt_text(value: str) -> str:
    """Return an alternative text as one line."""
    return _INLINE_SPACE.sub(" ", html_entities.unescape(value))


def text_to_html(text: str) -> str:
    """Return plain text as escaped paragraphs with line breaks and working http(s) links."""
    paragraphs = [part for part in _BLANK_LINES.split(text.replace("\r\n", "\n").strip()) if part.strip()]
    return "".join(f"<p>{_with_links(part).replace(chr(10), '<br>')}</p>" for part in paragraphs)


def _with_links(text: str) -> str:
    out: list[str] = []
    at = 0
    for match in _URL.finditer(text):
        url = match.group(0).rstrip(".,;:!?)]}।॥*_")
        if len(url) < 11:
            continue
        shown = html_entities.escape(url)
        out.append(html_entities.escape(text[at : match.start()]))
        out.append(f'<a href="{shown}" target="_blank" rel="{LINK_REL}">{shown}</a>')
        at = match.start() + len(url)
    out.append(html_entities.escape(text[at:]))
    return "".join(out)
