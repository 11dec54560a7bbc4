"""What segments may ask about a customer: each app registers the fields it knows (A54.3).

A field answers with conditions on customers and knows no comparison: those are made of its parts (``compiling.py``), so
that every field of a kind behaves alike, and a page can say why somebody is in a segment.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from halkhata.foundation.core.registry import Registry


@dataclass(frozen=True, kw_only=True, slots=True)
class Asking:
    """For whom a condition is made. ``today`` decides what "the last 30 days" are.

    ``for_one``: about a single customer, so tables are probed by the customer's own index; else about all of them, so
    the table is read once by the index of the value.
    """

    today: date
    for_one: bool = False

    def has(self, rows: "QuerySet[Any]", column: str) -> Q:
        """The condition "one of ``rows`` is the customer's"; ``column`` is their link to the customer ("record_id")."""
        if self.for_one:
            return Q(Exists(rows.filter(**{column: OuterRef("pk")})))
        return Q(pk__in=rows.filter(**{f"{column}__isnull": False}).order_by().values(column))


# ``between(asking, low, high)``: the value lies there, ends included; None is no end.
Between = Callable[[Asking, Any, Any], Q]
# ``one_of(asking, codes)``: the value is, or the values have, one of these codes.
OneOf = Callable[[Asking, Sequence[str]], Q]
# ``text(asking, operator, text)``: "is", "contains" or "starts_with".
Text = Callable[[Asking, str, str], Q]
# ``holds(asking)``: it is filled in; for yes-or-no fields: it is yes.
Holds = Callable[[Asking], Q]


@dataclass(frozen=True, kw_only=True)
class SegmentField:
    """One thing that is known of a customer. ``kind`` as in foundation/fields; give the parts that the kind needs.

    text and phone: ``text``; number and date: ``between``; choice and several: ``one_of``; yes_no: ``holds``. All but
    yes_no may be empty and then need ``holds``; what always has a value leaves it out. Texts in a ``group``'s order.
    """

    code: str
    label: Any
    group: Any
    kind: str
    order: int = 100
    choices: Callable[[], Sequence[tuple[str, Any]]] | None = None
    between: Between | None = None
    one_of: OneOf | None = None
    text: Text | None = None
    holds: Holds | None = None
    # Whoever does not see private fields whole neither asks for this one nor reads what others asked.
    is_private: bool = False


segment_fields: Registry[SegmentField] = Registry("segment_fields")
# Fields that are not known before somebody sets them up: called whenever a page or a review begins.
segment_field_sources: Registry[Callable[[], Iterable[SegmentField]]] = Registry("segment_field_sources")


def all_fields() -> dict[str, SegmentField]:
    """Every field by its code, in the order of groups as they were registered."""
    found = {field.code: field for field in sorted(segment_fields, key=lambda one: one.order)}
    for source in segment_field_sources:
        found.update({field.code: field for field in source()})
    return found
