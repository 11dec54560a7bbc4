"""What items are about, and what that is part of, as their desks say: a sub-category counts for its parent (US-10).

Nothing of this is kept with the item: when somebody corrects the category, the promise and the steps follow.
"""

from collections.abc import Iterable
from typing import Any

from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.registry import item_kinds

Line = tuple[str, ...]
"""Codes of categories, the item's own first; empty for an item without one."""


def category_lines_of(items: Iterable[WorkItem]) -> dict[int, Line]:
    """The line of each item, by id: a statement for each kind that answers for many at once."""
    by_kind: dict[str, list[WorkItem]] = {}
    for item in items:
        by_kind.setdefault(item.kind, []).append(item)
    found: dict[int, Line] = {}
    for code, alike in by_kind.items():
        kind = item_kinds.find(code)
        lines: dict[int, Any] = {}
        if kind is not None and kind.category_lines is not None:
            lines = dict(kind.category_lines(alike))
        elif kind is not None and kind.category_of is not None:
            lines = {item.pk: [kind.category_of(item)] for item in alike}
        found |= {item.pk: tuple(filter(None, lines.get(item.pk, ()))) for item in alike}
    return found
