"""Customers as a table that becomes cards, written in Python: a list page is mostly this, and a template for each cell
takes ten times as long."""

from collections.abc import Iterable
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext

from halkhata.foundation.core.addresses import record_url
from halkhata.foundation.core.templatetags.halkhata import localdate
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.privacy import shown_point
from halkhata.records.customers.templatetags.private_fields import reader_of

register = template.Library()
_text = conditional_escape


@register.simple_tag(takes_context=True)
def customer_table(
    context: template.Context, people: Iterable[Customer], caption: Any, *, hide_organization: bool = False
) -> SafeString:
    """``{% customer_table customers caption %}``: customers with organization, branch and contact points at hand."""
    reader = reader_of(context)
    words: dict[str, str] = {
        "name": _text(gettext("Name")),
        "reached": _text(gettext("Phone and e-mail")),
        "organization": _text(gettext("Organization")),
        "branch": _text(gettext("Branch")),
        "language": _text(gettext("Language")),
        "changed": _text(gettext("Last change")),
    }
    lines = []
    for customer in people:
        points = list(customer.contact_points.all())[:2]
        changed = timezone.localtime(customer.updated_at)
        cells = [
            f'<td class="hk-list-title">{_name(customer, with_role=hide_organization)}</td>',
            f'<td class="is-wide">{"<br>".join(_contact(reader, point) for point in points)}</td>',
            "" if hide_organization else _labelled(words["organization"], _organization(customer)),
            _labelled(words["branch"], _text(str(customer.branch)) if customer.branch else ""),
            f'<td data-label="{words["language"]}">{_text(customer.get_language_display())}</td>',
            f'<td class="hk-num" data-label="{words["changed"]}"><time datetime="{changed.isoformat()}">'
            f"{_text(localdate(customer.updated_at, 'short'))}</time></td>",
        ]
        lines.append(f"<tr>\n    {''.join(cells)}\n  </tr>")
    heads = [word for name, word in words.items() if not (hide_organization and name == "organization")]
    columns = "".join(f'<th scope="col">{head}</th>' for head in heads)
    html = (
        f'<table class="hk-list">\n  <caption class="visually-hidden">{_text(caption)}</caption>\n'
        f"  <thead><tr>{columns}</tr></thead>\n  <tbody>\n  "
    )
    html += "\n".join(lines) + "\n  </tbody>\n</table>"
    return mark_safe(html)  # noqa: S308 - every value was escaped above


def _name(customer: Customer, *, with_role: bool) -> str:
    link = f'<a href="{record_url("customers:detail", customer.pk)}">{_text(str(customer))}</a>'
    if not (with_role and customer.organization_role):
        return link
    return f'{link}<span class="hk-list-sub">{_text(customer.organization_role)}</span>'


def _contact(reader: Any, point: ContactPoint) -> str:
    shown = shown_point(reader, point)
    if not shown.href:
        return f'<span class="hk-num">{_text(shown.text)}</span>'
    number = "hk-num " if point.kind == ContactKind.PHONE else ""
    return f'<a class="{number}hk-tap" href="{_text(shown.href)}">{_text(shown.text)}</a>'


def _organization(customer: Customer) -> str:
    if customer.organization is None:
        return ""
    url = record_url("customers:organization", customer.organization.pk)
    return f'<a href="{url}">{_text(str(customer.organization))}</a>'


def _labelled(label: str, content: str) -> str:
    return f'<td data-label="{label}">{content}</td>' if content else "<td></td>"
