"""What this app tells the floors below about itself. Called once, when the apps are ready."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.registry import (
    DemoClearer,
    NavItem,
    SettingsPage,
    demo_clearers,
    navigation,
    settings_pages,
    setup_steps,
)
from halkhata.records.catalog import doubles, personal
from halkhata.records.catalog.hits import unit_hits
from halkhata.records.catalog.models import (
    Brand,
    Ownership,
    Price,
    PriceList,
    Product,
    ProductKind,
    Purchase,
    PurchaseLine,
    Reading,
    Unit,
    UnitLife,
)
from halkhata.records.catalog.panels import register_panels
from halkhata.records.catalog.registry import life_icons, life_sentences
from halkhata.records.catalog.sentences import LIFE, TIMELINE
from halkhata.records.catalog.services.defaults import prepare_catalog
from halkhata.records.customers.registry import (
    CustomerLink,
    SearchSource,
    UnitSigns,
    customer_links,
    search_sources,
    timeline_icons,
    timeline_sentences,
    unit_signs,
)


def register_all() -> None:
    """Fill the registries."""
    navigation.register(
        "units",
        NavItem(
            label=_("Units and sales"), url_name="catalog:units", icon="package", section="records", order=40,
            permission="unit.view",
        ),
    )  # fmt: skip
    for name, label, description, icon, order in (
        ("products", _("Products"), _("What the shop sells: brands and models"), "package", 60),
        ("prices", _("Price lists"), _("What it costs from which day"), "cash", 61),
        ("kinds", _("Kinds of products"), _("Which numbers and details a unit has"), "list", 62),
    ):
        settings_pages.register(
            f"catalog.{name}",
            SettingsPage(
                label=label, description=description, icon=icon, url_name=f"catalog:{name}", order=order,
                permission="catalog.edit",
            ),
        )  # fmt: skip
    setup_steps.register("catalog", prepare_catalog)
    demo_clearers.register("catalog", DemoClearer(order=600, clear=clear_demo))
    links: tuple[tuple[str, str, Any], ...] = (
        ("catalog.Unit", "owner", _("units")),
        ("catalog.Purchase", "customer", _("purchases")),
        ("catalog.Ownership", "customer", ""),
    )
    for model, field, words in links:
        customer_links.register(
            model, CustomerLink(model_label=model, field=field, on_merge="move", personal_data="history", label=words)
        )
    search_sources.register(
        "units", SearchSource(label=_("Units"), icon="package", order=15, permission="unit.view", find=unit_hits)
    )
    unit_signs.register("catalog", UnitSigns(owners=doubles.owners, marks_of=doubles.marks_of, holders=doubles.holders))
    timeline_icons.register("purchase", "cash")
    timeline_icons.register("unit", "package")
    life_icons.register("unit", "package")
    for verb, sentence in TIMELINE.items():
        timeline_sentences.register(verb, sentence)
    for verb, sentence in LIFE.items():
        life_sentences.register(verb, sentence)
    register_panels()
    personal.register()


def clear_demo() -> int:
    """Remove demo sales, units, products and what hangs on them. Returns how many rows went.

    Their life lines, which the database otherwise guards, go with them.
    """
    invented = Q(is_demo=True) | Q(customer__is_demo=True) | Q(branch__is_demo=True) | Q(created_by__is_demo=True)
    with transaction.atomic(), suspended("catalog_unitlife"):
        units = Unit.objects.filter(
            Q(is_demo=True) | Q(owner__is_demo=True) | Q(branch__is_demo=True) | Q(created_by__is_demo=True)
        )
        sales = Purchase.objects.filter(invented | Q(lines__unit__in=units))
        ids = list(sales.values_list("pk", flat=True))
        gone = UnitLife.objects.filter(unit__in=units).delete()[0]
        gone += Reading.objects.filter(unit__in=units).delete()[0]
        gone += Ownership.objects.filter(Q(unit__in=units) | Q(customer__is_demo=True) | Q(purchase__in=ids)).delete()[
            0
        ]
        gone += Purchase.objects.filter(pk__in=ids).delete()[0]
        gone += units.delete()[0]
        gone += _clear_products()
    return gone


def _clear_products() -> int:
    """Demo products, brands, lists and kinds; those that something real hangs on belong to the shop from now on."""
    sold = PurchaseLine.objects.values("product")
    Product.objects.filter(Q(units__isnull=False) | Q(pk__in=sold), is_demo=True).update(is_demo=False)
    gone = Price.objects.filter(product__is_demo=True).delete()[0]
    gone += Product.objects.filter(is_demo=True).delete()[0]
    PriceList.objects.filter(is_demo=True, prices__isnull=False).update(is_demo=False)
    gone += PriceList.objects.filter(is_demo=True).delete()[0]
    for model in (Brand, ProductKind):
        model._default_manager.filter(is_demo=True, products__isnull=False).update(is_demo=False)
        gone += model._default_manager.filter(is_demo=True).delete()[0]
    return gone
