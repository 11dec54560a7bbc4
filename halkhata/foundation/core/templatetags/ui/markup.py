"""Markup of ours, put together from pieces that are escaped."""

from django.utils.safestring import SafeString, mark_safe


def written(html: str) -> SafeString:
    """Markup of ours whose values were escaped one by one: ``format_html`` would ask each piece once more."""
    return mark_safe(html)  # noqa: S308
