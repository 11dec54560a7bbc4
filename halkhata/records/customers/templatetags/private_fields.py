"""Template tags for private fields: they ask ``privacy`` with the reader of the page."""

from typing import Any

from django import template

from halkhata.records.customers import privacy

register = template.Library()


@register.simple_tag(takes_context=True)
def private_point(context: template.Context, point: Any) -> privacy.ShownPoint:
    """``{% private_point point as shown %}``: text, href ("" when masked), is_masked."""
    return privacy.shown_point(reader_of(context), point)


@register.simple_tag(takes_context=True)
def private_address(context: template.Context, address: Any) -> str:
    """``{% private_address address as shown %}``: the address, or only its district."""
    return privacy.shown_address(reader_of(context), address)


@register.simple_tag(takes_context=True)
def may_unmask(context: template.Context) -> bool:
    """``{% may_unmask as unmask %}``: whether the reader sees fields masked and may have one shown."""
    reader = reader_of(context)
    return bool(reader is not None and not privacy.may_see_private(reader) and reader.may(privacy.UNMASK))


def reader_of(context: template.Context) -> Any:
    """Who reads the page: the member of staff, or None."""
    request = context.get("request")
    user = context.get("user") or getattr(request, "user", None)
    return getattr(user, "_wrapped", user) if getattr(user, "is_authenticated", False) else None
