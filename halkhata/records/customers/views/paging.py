"""Links to the neighbouring pages of a keyset list."""

from typing import Any

from django.http import HttpRequest

from halkhata.records.customers.selectors.keyset import Page


def page_links(request: HttpRequest, page: Page[Any]) -> dict[str, str]:
    """``newer_url`` and ``older_url`` with the filters of this page; "" where there is nothing more."""
    return {
        "newer_url": _with(request, "after", page.newer),
        "older_url": _with(request, "before", page.older),
    }


def _with(request: HttpRequest, name: str, cursor: str) -> str:
    if not cursor:
        return ""
    query = request.GET.copy()
    query.pop("before", None)
    query.pop("after", None)
    query[name] = cursor
    return f"?{query.urlencode()}"
