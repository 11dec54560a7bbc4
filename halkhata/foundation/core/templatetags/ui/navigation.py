"""The navigation at the side and in the bar of a phone."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.escaping import escaped
from halkhata.foundation.core.templatetags.halkhata import num
from halkhata.foundation.core.templatetags.ui.icons import icon
from halkhata.foundation.core.templatetags.ui.markup import written


def side_menu(sections: Iterable[Mapping[str, Any]]) -> SafeString:
    """``{% side_menu nav_sections %}``: the navigation at the side, a heading and a list for each section."""
    parts = []
    for place, section in enumerate(sections or ()):
        label = section_label(section)
        if label and place:
            parts.append(f'<h2 class="hk-side-title">{escaped(label)}</h2>')
        parts.append("<ul>")
        for item in section["items"]:
            count = item["count"]
            number = f'<span class="hk-side-count">{escaped(num(count))}</span>' if count else ""
            new = f'data-new="{escaped(item["new_url"])}" ' if item.get("new_url") else ""
            parts.append(f'<li><a class="hk-side-link" {new}{_to_page(item)}{number}</a></li>')
        parts.append("</ul>")
    return written("\n".join(parts))


def phone_bar(sections: Iterable[Mapping[str, Any]], places: int = 4) -> SafeString:
    """``{% phone_bar nav_sections %}``: the first ``places`` items of the navigation, for the phone's bar."""
    items = [item for section in sections or () for item in section["items"]][:places]
    return written("\n".join(f"<a {_to_page(item)}</a>" for item in items))


def _to_page(item: Mapping[str, Any]) -> str:
    present = ' aria-current="page"' if item["active"] else ""
    drawing = icon(item["icon"])
    return f'href="{escaped(item["url"])}"{present}>{drawing}<span>{escaped(item["label"])}</span>'


SECTION_LABELS = {
    "work": _("Work"),
    "records": _("Customers"),
    "after_sale": _("After the sale"),
    "messages": _("Messages"),
    "insight": _("Numbers"),
    "settings": _("Settings"),
}


def section_label(section: Mapping[str, Any]) -> Any:
    """The heading of a section of the navigation: its own label, else the word for its key."""
    return section.get("label") or SECTION_LABELS.get(str(section.get("key", "")), "")
