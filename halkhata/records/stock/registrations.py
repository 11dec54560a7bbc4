"""What this app tells the floors below about itself. Called once, when the apps are ready."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.registry import DemoClearer, NavItem, demo_clearers, navigation
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.registry import UnitPanel, unit_panels
from halkhata.records.stock.models import Balance, Movement, Place, UnitPosition
from halkhata.records.stock.selectors.positions import whereabouts_of
from halkhata.records.stock.services import selling

SHOWN_ON_UNIT_PAGE = 5


def register_all() -> None:
    """Fill the registries."""
    selling.register()
    navigation.register(
        "stock",
        NavItem(
            label=_("Where goods are"), url_name="stock:balances", icon="map-pin", section="after_sale", order=47,
            permission="stock.view",
        ),
    )  # fmt: skip
    unit_panels.register(
        "stock",
        UnitPanel(
            order=60, template="stock/unit_panel.html", context=unit_panel, permission="stock.view", column="side",
            later=True,
        ),
    )  # fmt: skip
    # After the returns, whose goods these are, and before the units.
    demo_clearers.register("stock", DemoClearer(order=50, clear=clear_demo))


def unit_panel(user: User, unit: Unit) -> dict[str, Any]:
    """Where the unit is, and its last movements. One query."""
    position, movements = whereabouts_of(unit, SHOWN_ON_UNIT_PAGE)
    return {"position": position, "movements": movements}


def clear_demo() -> int:
    """Remove the movements of demo goods with what the ledger made of them. Returns how many rows went."""
    with transaction.atomic():
        invented = Q(is_demo=True) | Q(unit__is_demo=True) | Q(product__is_demo=True)
        gone = UnitPosition.objects.filter(Q(unit__is_demo=True) | Q(movement__is_demo=True)).delete()[0]
        rows = Movement.objects.filter(invented)
        touched = set(rows.values_list("product_id", flat=True))
        with suspended("stock_movement"):
            gone += rows.delete()[0]
        left = set(Movement.objects.filter(product_id__in=touched).values_list("product_id", flat=True))
        gone += Balance.objects.filter(product_id__in=touched - left).delete()[0]
        unused = Place.objects.filter(Q(is_demo=True) | Q(branch__is_demo=True))
        used = set(Movement.objects.values_list("from_place_id", flat=True)) | set(
            Movement.objects.values_list("to_place_id", flat=True)
        )
        return gone + unused.exclude(pk__in=used).delete()[0]
