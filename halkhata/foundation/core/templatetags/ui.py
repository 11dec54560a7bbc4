"""Template tags of the design: icons, badges, countdowns, cards, menus, dialogs and form fields.

A tag has a template of the same name in ``templates/components`` whose first comment names its parameters, and a sample
on ``/styleguide/``. What stands on a page dozens of times (icon, badge, countdown, card) is written here instead: a
template takes ten times as long. Tags return markup; whatever they are given is escaped.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from zlib import crc32

from django import forms, template
from django.forms.boundfield import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.html import conditional_escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.templatetags.halkhata import duration, localdt, num

register = template.Library()

TONES = ("neutral", "info", "good", "warn", "bad", "alarm", "accent", "quiet")
# A state's colour and icon, by its code. The word comes from the model's choices; here only where code alone is known.
STATES: dict[str, tuple[str, str, Any]] = {
    "new": ("info", "circle-dashed", _("New")),
    "open": ("info", "circle-dashed", _("Open")),
    "assigned": ("info", "user-check", _("Assigned")),
    "in_progress": ("accent", "player-play", _("In progress")),
    "pending": ("warn", "clock-pause", _("Waiting for the customer")),
    "waiting": ("warn", "clock-pause", _("Waiting")),
    "waiting_customer": ("warn", "clock-pause", _("Waiting for the customer")),
    "on_hold": ("quiet", "player-pause", _("On hold")),
    "paused": ("quiet", "player-pause", _("Paused")),
    "resolved": ("good", "circle-check", _("Solved")),
    "solved": ("good", "circle-check", _("Solved")),
    "done": ("good", "circle-check", _("Done")),
    "closed": ("quiet", "archive", _("Closed")),
    "cancelled": ("quiet", "ban", _("Cancelled")),
    "reopened": ("warn", "refresh", _("Opened again")),
    "on_time": ("good", "clock", _("On time")),
    "running": ("info", "clock-play", _("Running")),
    "met": ("good", "circle-check", _("Met")),
    "due_soon": ("warn", "alarm", _("Due soon")),
    "late": ("bad", "alert-triangle", _("Late")),
    "breached": ("bad", "alert-triangle", _("Late")),
    "escalated": ("alarm", "stairs-up", _("Escalated")),
    "queued": ("quiet", "clock", _("Queued")),
    "sending": ("info", "send", _("Sending")),
    "sent": ("good", "check", _("Sent")),
    "failed": ("bad", "circle-x", _("Failed")),
    "in_doubt": ("warn", "question-mark", _("Not known whether it was sent")),
    "requested": ("info", "circle-dashed", _("Requested")),
    "opened": ("info", "circle-dashed", _("Opened")),
    "evidence": ("accent", "folder", _("Evidence is gathered")),
    "under_review": ("accent", "gavel", _("Under review")),
    "approved": ("good", "check", _("Approved")),
    "rejected": ("bad", "ban", _("Rejected")),
    "in_transit": ("info", "truck", _("On its way to us")),
    "received": ("accent", "package", _("Received")),
    "inspecting": ("accent", "search", _("Being inspected")),
    "decided": ("info", "gavel", _("Decided")),
    "remedy": ("warn", "tool", _("Remedy under way")),
    "settled": ("good", "circle-check", _("Settled by an offer")),
    "appealed": ("warn", "refresh", _("Appealed")),
    "refund": ("warn", "cash", _("Money is given back")),
    "store_credit": ("warn", "cash", _("Store credit is given")),
    "replacement": ("warn", "refresh", _("It is replaced")),
    "repair": ("warn", "tool", _("It is repaired")),
    "sent_back": ("warn", "truck", _("It is sent back")),
    "withdrawn": ("quiet", "x", _("Withdrawn")),
    "low": ("quiet", "arrow-down", _("Low")),
    "normal": ("neutral", "arrow-right", _("Normal")),
    "high": ("warn", "arrow-up", _("High")),
    "urgent": ("alarm", "urgent", _("Urgent")),
    "safety": ("alarm", "alert-octagon", _("Safety")),
}

DEFAULT_WARN = timedelta(minutes=30)


# ------------------------------------------------------------------------------------------------ once a language
class PerLanguageNode(template.Node):
    """Markup that is written once for each language and then remembered by the template."""

    def __init__(self, nodelist: template.NodeList) -> None:
        self.nodelist = nodelist
        self._remembered: dict[str | None, SafeString] = {}

    def render(self, context: template.Context) -> SafeString:
        """The markup; what is inside sees none of the page's values, so nothing of one reader can reach another."""
        language = get_language()
        known = self._remembered.get(language)
        if known is None:
            known = self._remembered[language] = self.nodelist.render(context.new())
        return known


@register.tag
def per_language(parser: template.base.Parser, _token: template.base.Token) -> PerLanguageNode:
    """``{% per_language %}…{% endper_language %}``: what depends on nothing but the language is rendered once for each.

    Inside are words, icons and addresses without parameters; variables are empty there, and filters that ask how the
    reader wants digits (``num``, ``localdt``) do not belong there.
    """
    nodelist = parser.parse(("endper_language",))
    parser.delete_first_token()
    return PerLanguageNode(nodelist)


# ------------------------------------------------------------------------------------------------ small things
@register.simple_tag
def icon(name: str, label: str = "", css: str = "") -> SafeString:
    """``{% icon "phone" %}``: a drawing of the sprite, hidden from screen readers unless it has a ``label``.

    ``css`` may be ``icon-s`` (as high as the letters) or ``icon-l`` (40 px). A name that frontend/build.mjs cannot find
    in Tabler's set stops the build.
    """
    classes = f"icon {css}".strip()
    if not label:
        return _drawing(name, classes)
    return format_html(
        '<svg class="{}" role="img" aria-label="{}"><use href="{}"></use></svg>', classes, label, _sprite(name)
    )


def _sprite(name: str) -> str:
    return f"{static('built/icons.svg')}#{name}"


@lru_cache(maxsize=1024)
def _drawing(name: str, classes: str) -> SafeString:
    # A queue page has a hundred and fifty of them. The sprite's address changes with a new build, and so a new process.
    return format_html(
        '<svg class="{}" aria-hidden="true" focusable="false"><use href="{}"></use></svg>', classes, _sprite(name)
    )


@register.simple_tag
def state_badge(state: str, label: Any = None, tone: str = "", icon_name: str = "") -> SafeString:
    """``{% state_badge ticket.state ticket.get_state_display %}``: a state in colour, icon and word.

    A code that STATES does not know is shown neutral, with its label (or the code itself); ``tone`` and ``icon_name``
    overrule.
    """
    known_tone, known_icon, known_label = STATES.get(str(state), ("neutral", "", state))
    return badge(label or known_label, tone or known_tone, icon_name or known_icon)


@register.simple_tag
def badge(label: Any, tone: str = "neutral", icon_name: str = "") -> SafeString:
    """``{% badge _("VIP") "accent" "star" %}``: a word on a soft colour. Raises ``ValueError`` for an unknown tone."""
    if tone not in TONES:
        raise ValueError(f"unknown tone {tone!r}: one of {', '.join(TONES)}")
    return _badge(conditional_escape(label), tone, icon_name)


@lru_cache(maxsize=1024)
def _badge(label: SafeString, tone: str, icon_name: str) -> SafeString:
    drawing = icon(icon_name) if icon_name else ""
    return _written(f'<span class="hk-badge hk-badge-{tone}">{drawing}{label}</span>')


def _written(html: str) -> SafeString:
    """Markup of ours whose values were escaped one by one: ``format_html`` would ask each piece once more."""
    return mark_safe(html)  # noqa: S308


@register.simple_tag
def avatar(name: Any, size: str = "") -> SafeString:
    """``{% avatar customer.name %}``: initials on a colour that stays the same for a name. ``size``: "", "s", "l".

    It is decoration: the name itself stands beside it, so screen readers skip it.
    """
    return _avatar(str(name or ""), size)


@lru_cache(maxsize=256)
def _avatar(text: str, size: str) -> SafeString:
    colour = crc32(text.encode()) % 5
    classes = f"hk-avatar hk-avatar-{colour}" + (f" hk-avatar-{size}" if size else "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, initials(text))


def initials(name: str) -> str:
    """First letters of the first and the last word: "MR", "রক"; a Bengali conjunct stays whole ("শ্রী").

    Two conjuncts do not fit the circle: then the first alone.
    """
    words = [word for word in name.split() if word[:1].isalpha()]
    if not words:
        return "?"
    firsts = [_first_cluster(word) for word in (words[:1] if len(words) == 1 else [words[0], words[-1]])]
    joined = "".join(firsts)
    return (joined if len(joined) <= 4 else firsts[0]).upper()


def _first_cluster(word: str) -> str:
    """The first letter with its signs, and with the letters that a virama (U+09CD) joins to it."""
    end = 1
    while end < len(word):
        joined = word[end - 1] == "\u09cd"
        if unicodedata.category(word[end]) in {"Mn", "Mc"} or (joined and word[end].isalpha()):
            end += 1
        else:
            break
    return word[:end]


@register.simple_tag
def now_iso() -> str:
    """The server's time as ISO 8601 in UTC: scripts count from it, not from the PC's clock."""
    return now().isoformat(timespec="milliseconds")


@register.simple_tag
def side_menu(sections: Iterable[Mapping[str, Any]]) -> SafeString:
    """``{% side_menu nav_sections %}``: the navigation at the side, a heading and a list for each section."""
    parts = []
    for place, section in enumerate(sections or ()):
        label = section_label(section)
        if label and place:
            parts.append(f'<h2 class="hk-side-title">{conditional_escape(label)}</h2>')
        parts.append("<ul>")
        for item in section["items"]:
            count = item["count"]
            number = f'<span class="hk-side-count">{conditional_escape(num(count))}</span>' if count else ""
            parts.append(f'<li><a class="hk-side-link" {_to_page(item)}{number}</a></li>')
        parts.append("</ul>")
    return _written("\n".join(parts))


@register.simple_tag
def phone_bar(sections: Iterable[Mapping[str, Any]], places: int = 4) -> SafeString:
    """``{% phone_bar nav_sections %}``: the first ``places`` items of the navigation, for the phone's bar."""
    items = [item for section in sections or () for item in section["items"]][:places]
    return _written("\n".join(f"<a {_to_page(item)}</a>" for item in items))


def _to_page(item: Mapping[str, Any]) -> str:
    present = ' aria-current="page"' if item["active"] else ""
    drawing = icon(item["icon"])
    return (
        f'href="{conditional_escape(item["url"])}"{present}>{drawing}<span>{conditional_escape(item["label"])}</span>'
    )


SECTION_LABELS = {
    "work": _("Work"),
    "records": _("Customers"),
    "insight": _("Numbers"),
    "settings": _("Settings"),
}


def section_label(section: Mapping[str, Any]) -> Any:
    """The heading of a section of the navigation: its own label, else the word for its key."""
    return section.get("label") or SECTION_LABELS.get(str(section.get("key", "")), "")


# ------------------------------------------------------------------------------------------------ time
@register.simple_tag
def countdown(
    due_at: datetime | None, state: str = "", warn: timedelta | int | None = None, done_at: datetime | None = None
) -> SafeString:
    """``{% countdown clock.due_at %}``: what is left until ``due_at``, in word and colour, counted on by a script.

    ``state`` "paused" or "met" stops the counting; ``warn`` (seconds or timedelta, default 30 minutes) is when
    "soon" begins; ``done_at`` says when it was done, and so whether in time.
    """
    if not due_at:
        return _written(f'<span class="text-secondary">{conditional_escape(gettext("No due time"))}</span>')
    warn = warn if isinstance(warn, timedelta) else timedelta(seconds=warn) if warn else DEFAULT_WARN
    if done_at is not None:
        state = "met" if done_at <= due_at else "missed"
    left = due_at - (done_at or now())
    if not state:
        state = "late" if left < timedelta() else "soon" if left <= warn else "ontime"
    counted = f' data-countdown data-warn="{int(warn.total_seconds())}"' if state in _COUNTED else ""
    if state == "paused":
        words = gettext("Paused")
    elif state == "met":
        words = gettext("In time")
    elif state in {"late", "missed"}:
        words = gettext("Late by %(time)s") % {"time": duration(abs(left))}
    else:
        words = gettext("%(time)s left") % {"time": duration(abs(left))}
    return _written(
        f'<time class="hk-due" datetime="{due_at.isoformat(timespec="milliseconds")}"'
        f' title="{conditional_escape(localdt(due_at))}"'
        f' data-state="{"late" if state == "missed" else conditional_escape(state)}"{counted}>'
        f"{icon(_COUNTDOWN_ICONS.get(state, 'clock'))}<span data-text>{conditional_escape(words)}</span></time>"
    )


# What a script counts on, and the drawing of each state.
_COUNTED = {"late", "soon", "ontime"}
_COUNTDOWN_ICONS = {
    "late": "alert-triangle",
    "missed": "alert-triangle",
    "soon": "alarm",
    "paused": "clock-pause",
    "met": "circle-check",
}


# ------------------------------------------------------------------------------------------------ blocks
@register.simple_block_tag
def card(content: str, title: Any = "", icon_name: str = "", **options: Any) -> SafeString:
    """``{% card title=_("Open tickets") icon_name="ticket" more_url=… more_label=… flush=True id=… %}…{% endcard %}``.

    ``flush``: no inner margin, for a table.hk-list or a list inside. ``level``: that of the heading, 2 unless 3.
    """
    id_, more_url = options.get("id"), options.get("more_url")
    opened = f'<section class="card" id="{conditional_escape(id_)}">' if id_ else '<section class="card">'
    inside = content if options.get("flush") else f'<div class="card-body">{content}</div>'
    if not title:
        return _written(f"{opened}\n  {inside}\n</section>")
    drawing = icon(icon_name) if icon_name else ""
    heading = "h3" if options.get("level") == 3 else "h2"
    more = (
        f'<div class="hk-actions"><a class="btn btn-quiet btn-sm" href="{conditional_escape(more_url)}">'
        f"{conditional_escape(options.get('more_label', ''))}</a></div>"
        if more_url
        else ""
    )
    return _written(
        f'{opened}\n  <div class="card-header">{drawing}<{heading} class="card-title">{conditional_escape(title)}'
        f"</{heading}>{more}</div>\n  {inside}\n</section>"
    )


@register.simple_block_tag
def dialog(content: str, id: str, title: Any) -> SafeString:
    """``{% dialog id="confirm" title=_("Close it?") %}…{% enddialog %}``: opened by ``data-dialog="confirm"``."""
    return _block("dialog", content, id=id, title=title)


@register.simple_block_tag
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


@register.simple_block_tag
def alert(content: str, tone: str = "info", title: Any = "") -> SafeString:
    """``{% alert tone="warn" title=… %}…{% endalert %}``: a note that stays on the page."""
    return _block("alert", content, tone=tone, title=title)


def _block(name: str, content: str, **data: Any) -> SafeString:
    # Django hands over what the template inside rendered, already escaped and marked safe.
    return render_to_string(f"components/{name}.html", {**data, "content": content})


# ------------------------------------------------------------------------------------------------ forms
_CHOICE_WIDGETS = (forms.RadioSelect, forms.CheckboxSelectMultiple)


@register.simple_tag
def field(bound: BoundField, label: Any = None, help_text: Any = None, optional: bool = True) -> SafeString:
    """``{% field form.phone %}``: label, control, help and errors of one field, tied together for screen readers.

    ``label`` and ``help_text`` stand in place of the form's; ``optional`` marks fields that may stay empty. A hidden
    field is written without anything around it.
    """
    if bound.is_hidden:
        return _written(str(bound))
    name: str = conditional_escape(label or bound.label or "")
    notes, control = _field_notes(bound, help_text), field_control(bound)
    if isinstance(bound.field.widget, forms.CheckboxInput):
        return _written(
            f'<div class="hk-field">\n  <label class="form-check" for="{conditional_escape(bound.id_for_label)}">'
            f"{control}<span>{name}</span></label>\n  {notes}\n</div>"
        )
    # One of several buttons that is pressed already cannot be left empty any more.
    chosen = isinstance(bound.field.widget, forms.RadioSelect) and bound.value()
    if optional and not bound.field.required and not chosen:
        name += f' <span class="hk-optional">({conditional_escape(gettext("optional"))})</span>'
    if not isinstance(bound.field.widget, _CHOICE_WIDGETS):
        return _written(
            f'<div class="hk-field">\n  <label class="form-label" for="{conditional_escape(bound.id_for_label)}">'
            f"{name}</label>\n  {control}\n  {notes}\n</div>"
        )
    here = conditional_escape(bound.auto_id)
    by = [f"{here}_helptext"] if bound.help_text else []
    by += [f"{here}_error"] if bound.errors else []
    described = f' aria-describedby="{" ".join(by)}"' if by else ""
    return _written(
        f'<fieldset class="hk-fieldset"{described}>\n  <legend>{name}</legend>\n'
        f'  <div class="hk-choices">{control}</div>\n  {notes}\n</fieldset>'
    )


def _field_notes(bound: BoundField, help_text: Any) -> str:
    """Help and errors below a field; their ids are what the control names by ``aria-describedby``."""
    notes, here = "", conditional_escape(bound.auto_id)
    if help_text or bound.help_text:
        notes = f'<div class="hk-help" id="{here}_helptext">{conditional_escape(help_text or bound.help_text)}</div>'
    if bound.errors:
        drawing = icon("alert-circle", "", "icon-s")
        errors = "".join(
            f'<p class="hk-error">{drawing}<span>{conditional_escape(str(error))}</span></p>' for error in bound.errors
        )
        notes += f'<div id="{here}_error">{errors}</div>'
    return notes


@register.simple_tag
def field_control(bound: BoundField) -> SafeString:
    """The control of a bound field with the classes and ARIA references of the design."""
    widget = bound.field.widget
    attrs: dict[str, Any] = {}
    classes = {
        forms.CheckboxInput: "form-check-input",
        forms.Select: "form-select",
    }
    if not isinstance(widget, _CHOICE_WIDGETS):
        css = next((name for kind, name in classes.items() if isinstance(widget, kind)), "form-control")
        given = widget.attrs.get("class", "")
        attrs["class"] = " ".join(filter(None, [given, css, "is-invalid" if bound.errors else ""]))
    described = []
    if bound.help_text:
        described.append(f"{bound.auto_id}_helptext")
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
        attrs["aria-invalid"] = "true"
    if described and not bound.use_fieldset:
        attrs["aria-describedby"] = " ".join(described)
    return bound.as_widget(attrs=attrs)
