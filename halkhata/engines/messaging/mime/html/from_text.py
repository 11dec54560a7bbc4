"""Plain text as HTML: paragraphs, line breaks, links."""

import html as html_entities
import re

from halkhata.engines.messaging.mime.html.allowed import LINK_REL

_URL = re.compile(r"https?://[^\s<>\"'`\u201c\u201d]{1,2000}")
_BLANK_LINES = re.compile(r"\n[ \t]*\n\s*")


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
