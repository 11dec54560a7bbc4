"""Rules a new shop starts with: what the books of the makers usually say. To be checked against them."""

from typing import Any

from halkhata.desks.aftercare.models import ServiceRule
from halkhata.records.catalog.models import ProductKind

# Code of the kind: months, use. bangladesh.md B1: services go by date and by use, whichever comes first.
USUAL: dict[str, tuple[int, int | None]] = {
    "motorcycle": (3, 3000),
    "air-conditioner": (6, None),
    "solar-system": (12, None),
    "agri-machine": (6, 250),
}


def create_usual_rules(*, is_demo: bool = False) -> int:
    """A rule for each of these kinds that the shop has and that has none. Returns how many were made."""
    made = 0
    for kind in ProductKind.objects.filter(code__in=USUAL, is_active=True).order_by("pk"):
        months, usage = USUAL[kind.code]
        _row, is_new = ServiceRule.objects.get_or_create(
            kind=kind, brand=None, product=None, is_active=True,
            defaults={"months": months, "usage_every": usage if kind.usage_unit else None, "is_demo": is_demo},
        )  # fmt: skip
        made += is_new
    return made


def prepare_aftercare(_installation: Any = None, _branch: Any = None, _answers: Any = None) -> None:
    """Step of the first-run set-up."""
    create_usual_rules()
