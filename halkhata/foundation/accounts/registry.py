"""Where higher floors hook into the pages about staff: what they know of a person."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from halkhata.foundation.core.registry import Registry


@dataclass(frozen=True, kw_only=True)
class StaffPanel:
    """What another app shows of members of staff.

    ``context(viewer, person)`` gives the values of ``template``, a card of the person's page. ``columns`` are headings
    of the list of staff and ``cells(people)`` their texts by user id, in a fixed number of queries.
    """

    order: int
    template: str
    context: Callable[[Any, Any], dict[str, Any]]
    columns: Sequence[Any] = ()
    cells: Callable[[Sequence[Any]], dict[int, Sequence[Any]]] | None = None


staff_panels: Registry[StaffPanel] = Registry("staff_panels")


def in_order() -> list[StaffPanel]:
    """The panels as they are shown."""
    return sorted(staff_panels, key=lambda panel: panel.order)


def columns_of(people: Sequence[Any]) -> tuple[list[Any], dict[int, list[tuple[Any, Any]]]]:
    """Headings for the list of staff, and by user id pairs of heading and text."""
    headings: list[Any] = []
    cells: dict[int, list[tuple[Any, Any]]] = {person.pk: [] for person in people}
    for panel in in_order():
        if panel.cells is None:
            continue
        headings.extend(panel.columns)
        found = panel.cells(people)
        for person in people:
            texts = found.get(person.pk, [""] * len(panel.columns))
            cells[person.pk].extend(zip(panel.columns, texts, strict=True))
    return headings, cells
