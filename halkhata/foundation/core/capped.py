"""Counts that stop: a page says "99+" and costs the same at a million rows."""

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db.models import Func, IntegerField, QuerySet, Subquery

COUNTED = 100
"""Where counts stop."""


class CappedCount(Subquery):
    """Counts the rows of a sliced query: the database stops at the slice."""

    template = "(SELECT COUNT(*) FROM (%(subquery)s) counted)"
    output_field = IntegerField()

    @classmethod
    def of(cls, rows: "QuerySet") -> "CappedCount":
        """How many of these rows there are, up to COUNTED."""
        return cls(rows.order_by().values("pk")[:COUNTED])

    @classmethod
    def of_parts(cls, parts: "Sequence[QuerySet]") -> "CappedCount | _CountOfUnion":
        """How many rows these parts have together, up to COUNTED; a row of several parts counts once.

        Each part stops at its own slice: alternatives in one condition would be read to their ends first.
        """
        if len(parts) == 1:
            return cls.of(parts[0])
        return _CountOfUnion(*(Subquery(rows.order_by().values("pk")[:COUNTED]) for rows in parts))


class _CountOfUnion(Func):
    """Counts the distinct rows of several sub-queries; those that can find nothing are left out."""

    output_field = IntegerField()

    def as_sql(self, compiler: Any, connection: Any, **_context: Any) -> Any:  # type: ignore[override]
        """Each sub-query in a FROM of its own: SQLite takes no LIMIT in the middle of a UNION."""
        parts, values = [], []
        for rows in self.get_source_expressions():
            try:
                sql, parameters = compiler.compile(rows)
            except EmptyResultSet:
                continue
            parts.append(f"SELECT * FROM {sql} part")  # noqa: S608 - written by the compiler
            values += parameters
        if not parts:
            return "0", []
        return f"(SELECT COUNT(*) FROM ({' UNION '.join(parts)} LIMIT {COUNTED}) counted)", values  # noqa: S608


def shown_on_tab(count: int) -> dict[str, object]:
    """A capped count for ``components/tabs.html``: the number, and whether there are more."""
    return {"count": min(count, COUNTED - 1), "more": count >= COUNTED}
