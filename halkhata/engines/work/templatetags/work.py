"""Working time as people say it: in hours, never in days, for a day of work is not 24 hours long."""

from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from halkhata.engines.work.registry import item_actions, item_parts
from halkhata.engines.work.selectors import given
from halkhata.foundation.core.formatting import format_number, show_digits
from halkhata.foundation.core.reader import current_reader

register = template.Library()


@register.filter
def hours(stretches: Iterable[tuple[int, int]]) -> str:
    """``{{ shift|hours }}``: stretches in minutes after midnight as "09:00–13:00, 14:00–20:00"."""
    digits = current_reader().digits
    return ", ".join(
        show_digits(f"{start // 60:02d}:{start % 60:02d}–{end // 60:02d}:{end % 60:02d}", digits=digits)
        for start, end in stretches
    )


@register.filter
def why_given(data: Mapping[str, Any] | None) -> str:
    """``{{ item.given_why|why_given }}``: why it went to the lead, or "" (selectors/given.py)."""
    return given.why_given(data)


@register.filter
def worktime(seconds: int | float | timedelta | None) -> str:
    """``{{ seconds|worktime }}``: "55 h", "1 h 30 min", "20 min"; what is left of a minute is cut."""
    if isinstance(seconds, timedelta):
        seconds = seconds.total_seconds()
    if not isinstance(seconds, int | float):
        return ""
    if seconds < 0:
        return f"−{worktime(-seconds)}"
    hours, minutes = divmod(int(seconds) // 60, 60)
    digits = current_reader().digits
    values = {"hours": format_number(hours, digits=digits), "minutes": format_number(minutes, digits=digits)}
    if hours and minutes:
        return _("%(hours)s h %(minutes)s min") % values
    return (_("%(hours)s h") if hours else _("%(minutes)s min")) % values


@register.simple_tag(takes_context=True)
def actions_of(context: Any, item: Any) -> list[dict[str, Any]]:
    """What other desks offer to do with an item, as far as the reader may. No query."""
    user = context["request"].user
    found = [
        action
        for action in item_actions
        if user.may(action.permission) and (not action.kinds or item.kind in action.kinds)
    ]
    return [
        {"label": one.label, "icon": one.icon, "url": f"{reverse(one.url_name)}?{urlencode({'about': item.number})}"}
        for one in sorted(found, key=lambda one: one.order)
    ]


@register.inclusion_tag("work/_parts_of.html", takes_context=True)
def parts_of(context: Any, item: Any) -> dict[str, Any]:
    """``{% parts_of ticket %}``: the parts that other desks bring to an item's page, as far as the reader may."""
    user = context["request"].user
    found = [part for part in item_parts if user.may(part.permission) and (not part.kinds or item.kind in part.kinds)]
    return {
        "parts": [
            {
                "label": one.label,
                "icon": one.icon,
                "url": f"{reverse(one.url_name)}?{urlencode({'about': item.number})}",
            }
            for one in sorted(found, key=lambda one: one.order)
        ]
    }
