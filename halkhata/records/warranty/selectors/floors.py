"""Terms below what the law asks for."""

from halkhata.foundation.core.models import Installation
from halkhata.records.warranty.choices import PolicyKind
from halkhata.records.warranty.country_floors import Floor, floor_of
from halkhata.records.warranty.models import WarrantyPolicy


def shop_floor() -> Floor | None:
    """What the law of the shop's country asks for; None when the pack says nothing of it."""
    return floor_of(Installation.current().country)


def is_below(policy: WarrantyPolicy, floor: Floor | None) -> bool:
    """Whether the whole unit is covered for less than the law's months. Terms bought on top are not measured by it."""
    if floor is None or not floor.months or policy.kind != PolicyKind.BASE:
        return False
    terms = list(policy.terms.all())
    whole = [term.months for term in terms if term.component == "all"]
    longest = max(whole or [term.months for term in terms], default=0)
    return longest < floor.months
