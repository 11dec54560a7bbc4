"""Units in the search box of every page."""

from django.urls import reverse

from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.selectors.units import find_units
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import SearchHit


def unit_hits(user: User, text: str, limit: int) -> list[SearchHit]:
    """Search source: units by number or by any part of an identifier."""
    found = find_units(user, text, limit)
    owners = {unit.owner_id for unit in found if unit.owner_id}
    seen: set[int] = set()
    if owners and user.may("customer.view"):
        seen = set(Customer.objects.visible_to(user).filter(pk__in=owners).values_list("pk", flat=True))
    return [
        SearchHit(
            title=f"{shown_ref(unit.number)} {unit.product}",
            url=reverse("catalog:unit", args=[unit.number]),
            subtitle=" · ".join(
                filter(
                    None,
                    [
                        str(unit.owner) if unit.owner_id in seen else "",
                        *[one.value for one in unit.identifiers.all()],
                    ],
                )
            ),
            badge=unit.state_label,
            at=unit.updated_at,
        )
        for unit in found
    ]
