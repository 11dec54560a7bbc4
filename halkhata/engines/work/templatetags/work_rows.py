"""Items as a list that becomes cards, written in Python: a page of the queue is mostly this, and a template for each
cell takes ten times as long."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.selectors.rows import ItemRow
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.addresses import record_url
from halkhata.foundation.core.escaping import escaped
from halkhata.foundation.core.templatetags.halkhata import digits, localdt, ref
from halkhata.foundation.core.templatetags.ui.badges import state_badge
from halkhata.foundation.core.templatetags.ui.icons import icon
from halkhata.foundation.core.templatetags.ui.times import countdown

register = template.Library()
_text = escaped


@register.simple_tag
def item_table(
    rows: Iterable[ItemRow],
    caption: Any,
    *,
    markable: bool = False,
    hide_customer: bool = False,
    hide_owner: bool = False,
) -> SafeString:
    """``{% item_table rows caption markable=True %}``: rows of selectors/rows.py; late lines carry colour and word.

    ``markable`` gives each line a box that belongs to the form "bulk".
    """
    words = {
        "customer": _text(gettext("Customer")),
        "owner": _text(gettext("Owner")),
        "unknown": _text(gettext("Not known")),
        "mark": gettext("Mark %(number)s"),
        "paused": state_badge("paused"),
        "escalated": state_badge("escalated"),
    }
    heads = [
        f'<th scope="col"><span class="visually-hidden">{_text(gettext("Mark"))}</span></th>' if markable else "",
        _head(_text(gettext("Work"))),
        "" if hide_customer else _head(words["customer"]),
        _head(_text(gettext("State"))),
        "" if hide_owner else _head(words["owner"]),
        _head(_text(gettext("Due"))),
    ]
    lines = []
    for row in rows:
        item = row.item
        cells = [
            _mark(item, words["mark"]) if markable else "",
            _work(row, words["escalated"]),
            "" if hide_customer else f'<td data-label="{words["customer"]}">{_customer(item, words["unknown"])}</td>',
            f"<td>{state_badge(item.state, row.state_label)}</td>",
            "" if hide_owner else f'<td data-label="{words["owner"]}">{_text(str(item.owner))}</td>',
            f"<td>{_due(row, words['paused'])}</td>",
        ]
        opened = '<tr class="is-late">' if row.is_late else "<tr>"
        lines.append(f"{opened}\n    {''.join(cells)}\n  </tr>")
    html = (
        f'<table class="hk-list">\n  <caption class="visually-hidden">{_text(caption)}</caption>\n'
        f"  <thead><tr>{''.join(heads)}</tr></thead>\n  <tbody>\n  "
    )
    html += "\n".join(lines) + "\n  </tbody>\n</table>"
    return mark_safe(html)  # noqa: S308 - every value was escaped above


@register.simple_tag
def person_options(people: Iterable[User]) -> SafeString:
    """``{% person_options people %}``: the options of a choice among people, by their names."""
    options = (f'<option value="{person.pk}">{_text(person.name)}</option>' for person in people)
    return mark_safe("".join(options))  # noqa: S308 - every name was escaped above


def _head(word: str) -> str:
    return f'<th scope="col">{word}</th>'


def _mark(item: WorkItem, words: str) -> str:
    label = _text(words % {"number": ref(item.number)})
    return (
        '<td class="is-mark"><input class="form-check-input" type="checkbox" name="item"'
        f' value="{item.pk}" form="bulk" aria-label="{label}"></td>'
    )


def _work(row: ItemRow, escalated: str) -> str:
    item = row.item
    team = f" · {_text(str(item.team))}" if item.team else ""
    pressing = f" {state_badge(item.priority, row.priority_label)}" if row.is_pressing else ""
    sent_up = f" {escalated}" if item.escalation_level else ""
    return (
        f'<td class="hk-list-title"><a href="{_text(row.url)}">{icon(row.icon, "", "icon-s")} {_text(ref(item.number))}'
        f' {_text(digits(item.subject))}</a><span class="hk-list-sub">{_text(row.kind_label)}{team}{pressing}{sent_up}'
        "</span></td>"
    )


def _customer(item: WorkItem, unknown: str) -> str:
    if item.customer is None:
        return f'<span class="text-secondary">{unknown}</span>'
    return f'<a href="{record_url("customers:detail", item.customer.pk)}">{_text(str(item.customer))}</a>'


def _due(row: ItemRow, paused: str) -> str:
    item = row.item
    if row.is_paused:
        return paused
    if item.resolved_at:
        return f'<span class="text-secondary">{_text(localdt(item.resolved_at, "short"))}</span>'
    metric = f'<span class="hk-list-sub">{_text(row.metric_label)}</span>' if row.metric_label else ""
    return f"{countdown(item.next_due_at)}{metric if item.next_due_at else ''}"
