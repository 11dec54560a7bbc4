"""HTML of mails made safe to show. It is done last, when a page is made.

Nothing that comes through makes the reader's browser ask another server for anything: remote pictures become their
description.
"""

import html as html_entities
import re
from collections.abc import Callable, Mapping
from urllib.parse import unquote

import nh3
from django.utils.translation import gettext

from halkhata.engines.messaging.mime.html.allowed import (
    ATTRIBUTES,
    DROPPED_WITH_CONTENT,
    LINK_REL,
    LINK_SCHEMES,
    TAGS,
)
from halkhata.engines.messaging.mime.html.from_text import text_to_html
from halkhata.engines.messaging.mime.html.limits import MAX_CHARS_FOR_TEXT, prepared, too_deep
from halkhata.engines.messaging.mime.html.to_text import text_of

_NUMBER = re.compile(r"[0-9]{1,4}%?")
# What html5ever writes: quoted attributes with `"` escaped, so this cannot run past the end of the tag.
_IMG = re.compile(r'<img((?: [a-z]+="[^"]*")*)>')
_IMG_ATTRIBUTE = re.compile(r' ([a-z]+)="([^"]*)"')


def sanitise_html(html: str, *, cid_map: Mapping[str, str] | None = None) -> str:
    """Return HTML that is safe inside our pages and asks no other server for anything.

    `cid_map` names our own URL for each content id of an inline picture. Every other picture is replaced by its
    alternative text or "[picture]"; pictures of one or two pixels (trackers) vanish. Links keep only http, https,
    mailto and tel, and open in a new tab without referrer. No id, class, name or style comes through.
    """
    html = prepared(html)
    if too_deep(html):
        return text_to_html(text_of(html[:MAX_CHARS_FOR_TEXT]))
    pictures = {key.strip("<> ").lower(): url for key, url in (cid_map or {}).items()}
    cleaned = nh3.clean(
        html,
        tags=TAGS,
        clean_content_tags=DROPPED_WITH_CONTENT,
        attributes=ATTRIBUTES,
        attribute_filter=_attribute_filter(pictures),
        url_schemes={*LINK_SCHEMES, "cid"},
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


def _attribute_filter(pictures: dict[str, str]) -> Callable[[str, str, str], str | None]:
    def keep(tag: str, attribute: str, value: str) -> str | None:
        if attribute == "src":
            return value if _content_id(value) in pictures else None
        if attribute == "href":
            return value if value.strip().partition(":")[0].lower() in LINK_SCHEMES else None
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
