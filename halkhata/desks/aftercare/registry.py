"""What higher floors tell this desk: which lines of a unit's life were a service, which units are in the workshop."""

from collections.abc import Callable, Collection
from typing import Any

from halkhata.foundation.core.registry import Registry

# Verbs of life lines after which the time to the next service begins anew: "job.delivered".
service_verbs: Registry[str] = Registry("service_verbs")
# ``in_house(unit_ids)``: those that stand in the workshop now, in a fixed number of queries.
in_house: Registry[Callable[[Collection[int]], set[int]]] = Registry("units_in_house")


def units_in_house(unit_ids: Collection[int]) -> set[int]:
    """Those of these units that somebody has taken in."""
    return {pk for source in in_house for pk in source(unit_ids)}


# ``book(actor, unit, customer, on, words, key)`` asks for a place in the workshop and returns its number; a DomainError
# says why there is none that day. Registered once, under "visits", by whoever keeps the days of the workshop.
visit_bookers: Registry[Callable[..., str]] = Registry("visit_bookers")


# ``unit_of(item_id)``: the unit a piece of work is about, where this desk's kinds of work name one; one query.
item_units: Registry[Callable[[int], Any]] = Registry("units_of_items")


def unit_of_item(item_id: int) -> Any:
    """The unit a piece of work is about; None where nobody knows one."""
    return next((unit for source in item_units if (unit := source(item_id)) is not None), None)
