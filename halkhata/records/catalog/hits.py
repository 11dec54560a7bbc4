"""Units in the search box of every page."""

from django.urls import reverse

from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.selectors.units import find_units_with_owners
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.customers.registry import SearchHit


def unit_hits(user: User, text: str, limit: int) -> list[SearchHit]:
    """Search source: units by number or by any part of an identifier. Two queries."""
    return [
        SearchHit(
            title=f"{shown_ref(unit.number)} {unit.product}",
            url=reverse("catalog:unit", args=[unit.number]),
            subtitle=" · ".join(
                [*([str(owner)] if owner is not None else []), *(one.value for one in unit.identifiers.all())]
            ),
            badge=unit.state_label,
            at=unit.updated_at,
        )
        for unit, owner in find_units_with_owners(user, text, limit)
    ]
