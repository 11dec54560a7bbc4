"""What higher floors tell this desk: which lines of a unit's life were a service, which units are in the workshop."""

from collections.abc import Callable, Collection

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
