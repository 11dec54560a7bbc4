"""What this app tells the floors below about itself. Called once, when the apps are ready."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.registry import (
    DemoClearer,
    NavItem,
    SettingsPage,
    demo_clearers,
    navigation,
    settings_pages,
    setup_steps,
)
from halkhata.foundation.files.registry import file_guards
from halkhata.records.catalog.registry import (
    SaleStep,
    UnitAction,
    UnitPanel,
    forget_units,
    life_icons,
    life_sentences,
    sale_steps,
    unit_actions,
    unit_notes,
    unit_panels,
)
from halkhata.records.customers.registry import CustomerLink, customer_links
from halkhata.records.warranty.models import Coupon, Cover, Flag, Registration, WarrantyPolicy
from halkhata.records.warranty.panels import notes_of_units, unit_panel
from halkhata.records.warranty.selectors.registrations import may_see_photo
from halkhata.records.warranty.sentences import LIFE
from halkhata.records.warranty.services.defaults import prepare_warranty
from halkhata.records.warranty.services.selling import sold, undone


def register_all() -> None:
    """Fill the registries."""
    navigation.register(
        "warranty",
        NavItem(
            label=_("Warranty"), url_name="warranty:check", icon="shield-check", section="records", order=42,
            permission="warranty.view",
        ),
    )  # fmt: skip
    settings_pages.register(
        "warranty.policies",
        SettingsPage(
            label=_("Warranty terms"), description=_("What is covered for how long, free services, versions"),
            icon="shield-check", url_name="warranty:policies", order=64, permission="warranty.settings",
        ),
    )  # fmt: skip
    setup_steps.register("warranty", prepare_warranty)
    forget_units.register("warranty", forget_covers)
    demo_clearers.register("warranty", DemoClearer(order=55, clear=clear_demo))
    sale_steps.register("warranty", SaleStep(order=20, sold=sold, reversed=undone))
    unit_panels.register(
        "warranty",
        UnitPanel(order=5, template="warranty/unit_panel.html", context=unit_panel, permission="warranty.view"),
    )
    for order, (name, label, icon, permission) in enumerate(
        (
            ("card", _("Warranty card"), "printer", "warranty.view"),
            ("register", _("Register the warranty"), "shield-check", "warranty.register"),
        ),
        start=40,
    ):
        unit_actions.register(
            f"warranty.{name}",
            UnitAction(order=order, label=label, icon=icon, url_name=f"warranty:{name}", permission=permission),
        )
    for verb, sentence in LIFE.items():
        life_sentences.register(verb, sentence)
    life_icons.register("warranty", "shield-check")
    life_icons.register("coupon", "ticket")
    unit_notes.register("warranty", notes_of_units)
    customer_links.register(
        "warranty.Registration",
        CustomerLink(
            model_label="warranty.Registration", field="customer", on_merge="move", personal_data="history",
            label=_("warranty registrations"),
        ),
    )  # fmt: skip
    file_guards.register("warranty", may_see_photo)


def forget_covers(unit_ids: Sequence[int]) -> None:
    """Units that an import brought in go without a trace: so does what their sale promised."""
    Flag.objects.filter(unit__in=unit_ids).delete()
    Coupon.objects.filter(unit__in=unit_ids).delete()
    Registration.objects.filter(unit__in=unit_ids).delete()
    # The replacement's cover names the one before: the newest go first.
    for cover in Cover.objects.filter(unit__in=unit_ids).order_by("-pk"):
        cover.delete()


def clear_demo() -> int:
    """Remove what hangs on demo units, and the demo's terms. Returns how many rows went."""
    invented = Q(unit__is_demo=True) | Q(unit__branch__is_demo=True) | Q(unit__owner__is_demo=True)
    with transaction.atomic():
        gone = Flag.objects.filter(invented).delete()[0]
        gone += Coupon.objects.filter(invented | Q(is_demo=True)).delete()[0]
        gone += Registration.objects.filter(
            invented | Q(is_demo=True) | Q(customer__is_demo=True) | Q(branch__is_demo=True) | Q(product__is_demo=True)
        ).delete()[0]
        # The replacement's cover names the one before: the newest go first.
        for cover in Cover.objects.filter(invented | Q(is_demo=True)).order_by("-pk"):
            gone += cover.delete()[0]
        of_demo = Q(is_demo=True)
        for name in ("product", "brand", "product_kind", "sold_as"):
            of_demo |= Q(**{f"{name}__is_demo": True})
        return gone + WarrantyPolicy.objects.filter(of_demo, covers__isnull=True).delete()[0]
