"""Cards, dialogs, menus and alerts around what stands in them."""

from typing import Any

from django.template.loader import render_to_string
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString

from halkhata.foundation.core.templatetags.ui.icons import icon
from halkhata.foundation.core.templatetags.ui.markup import written


def card(content: str, title: Any = "", icon_name: str = "", **options: Any) -> SafeString:
    """``{% card title=_("Open tickets") icon_name="ticket" more_url=… more_label=… flush=True id=… %}…{% endcard %}``.

    ``flush``: no inner margin, for a table.hk-list or a list inside. ``level``: that of the heading, 2 unless 3.
    """
    id_, more_url = options.get("id"), options.get("more_url")
    opened = f'<section class="card" id="{conditional_escape(id_)}">' if id_ else '<section class="card">'
    inside = content if options.get("flush") else f'<div class="card-body">{content}</div>'
    if not title:
        return written(f"{opened}\n  {inside}\n</section>")
    drawing = icon(icon_name) if icon_name else ""
    heading = "h3" if options.get("level") == 3 else "h2"
    more = (
        f'<div class="hk-actions"><a class="btn btn-quiet btn-sm" href="{conditional_escape(more_url)}">'
        f"{conditional_escape(options.get('more_label', ''))}</a></div>"
        if more_url
        else ""
    )
    return written(
        f'{opened}\n  <div class="card-header">{drawing}<{heading} class="card-title">{conditional_escape(title)}'
        f"</{heading}>{more}</div>\n  {inside}\n</section>"
    )


def dialog(content: str, id: str, title: Any) -> SafeString:
    """``{% dialog id="confirm" title=_("Close it?") %}…{% enddialog %}``: opened by ``data-dialog="confirm"``."""
    return _block("dialog", content, id=id, title=title)


def menu(
    content: str,
    label: Any,
    icon_name: str = "dots",
    text: bool = False,
    start: bool = False,
    key: str = "",
) -> SafeString:
    """``{% menu label=_("More") %}<a class="hk-menu-item" …>{% endmenu %}``: a drop-down that needs no script."""
    return _block("menu", content, label=label, icon_name=icon_name, text=text, start=start, key=key)


def alert(content: str, tone: str = "info", title: Any = "") -> SafeString:
    """``{% alert tone="warn" title=… %}…{% endalert %}``: a note that stays on the page."""
    return _block("alert", content, tone=tone, title=title)


def _block(name: str, content: str, **data: Any) -> SafeString:
    # Django hands over what the template inside rendered, already escaped and marked safe.
    return render_to_string(f"components/{name}.html", {**data, "content": content})
