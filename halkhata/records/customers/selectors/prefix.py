"""Prefix conditions that a B-tree answers on both databases.

SQLite's LIKE is case-insensitive and, with ESCAPE, never uses an index: there the prefix becomes a range, which the
BINARY collation (byte order of UTF-8 = order of code points) makes exact. PostgreSQL answers LIKE 'x%' from an index
with ``text_pattern_ops`` (migration 0002), whatever the collation of the database.
"""

from django.db import connection
from django.db.models import Q

_LAST_CODE_POINT = 0x10FFFF


def prefix_condition(field: str, prefix: str) -> Q:
    """The condition that ``field`` begins with ``prefix``. Raises ValueError for an empty prefix: it says nothing."""
    if not prefix:
        raise ValueError("an empty prefix matches everything")
    if connection.vendor == "postgresql":
        return Q(**{f"{field}__startswith": prefix})
    end = _next_after(prefix)
    condition = Q(**{f"{field}__gte": prefix})
    return condition & Q(**{f"{field}__lt": end}) if end else condition


def prefix_parameters(prefix: str) -> tuple[str, ...]:
    """The parameters of ``prefix_condition`` in a statement, in the same number for every prefix."""
    if connection.vendor == "postgresql":
        return (f"{connection.ops.prep_for_like_query(prefix)}%",)
    # Nothing is greater than the last code point: a text of sixteen of them ends the range just as well.
    return prefix, _next_after(prefix) or chr(_LAST_CODE_POINT) * 16


def _next_after(prefix: str) -> str:
    """The smallest text that is greater than every text with this prefix, or "" when there is none."""
    stem = prefix.rstrip(chr(_LAST_CODE_POINT))
    if not stem:
        return ""
    following = ord(stem[-1]) + 1
    if 0xD800 <= following <= 0xDFFF:  # surrogates are no characters
        following = 0xE000
    return stem[:-1] + chr(following)
