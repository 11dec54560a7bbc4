"""What HTML says, as plain text with paragraphs."""

import html as html_entities
import re

import nh3

from halkhata.engines.messaging.mime.html.allowed import DROPPED_WITH_CONTENT, LINK_SCHEMES, TAGS
from halkhata.engines.messaging.mime.html.limits import MAX_CHARS_FOR_TEXT, prepared, too_deep

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
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")


def html_to_text(html: str) -> str:
    """Return the readable text of HTML: paragraphs, lists and table rows on lines of their own, link targets after
    the link text when they differ from it, pictures as their alternative text."""
    html = prepared(html)[:MAX_CHARS_FOR_TEXT]
    if not too_deep(html):
        html = nh3.clean(
            html,
            tags=TAGS,
            clean_content_tags=DROPPED_WITH_CONTENT,
            attributes={"a": {"href"}, "img": {"alt"}},
            url_schemes=set(LINK_SCHEMES),
            url_relative="deny",
            link_rel=None,
        )
    return text_of(html)


def text_of(html: str) -> str:
    """The text of cleaned HTML, or of HTML too deep to be parsed: tags are only looked at one by one."""
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
