"""Keyset pages of the API: ``after`` is the id of the last row seen, newest first."""

from typing import Annotated, Any

from ninja import Query, Schema
from pydantic import Field

MAX_ID = 2**63 - 1
PAGE_SIZE = 50


class Page(Schema):
    """How far, how many."""

    after: Annotated[int, Field(ge=1, le=MAX_ID)] | None = None
    limit: Annotated[int, Field(ge=1, le=200)] = PAGE_SIZE


PageQuery = Query[Page]


def slice_page(rows: Any, page: Page) -> tuple[list[Any], int | None]:
    """The rows of the page, newest first, and the ``after`` of the next one (None at the end)."""
    if page.after is not None:
        rows = rows.filter(pk__lt=page.after)
    found = list(rows.order_by("-pk")[: page.limit + 1])
    return found[: page.limit], found[page.limit - 1].pk if len(found) > page.limit else None
