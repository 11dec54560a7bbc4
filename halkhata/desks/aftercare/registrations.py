"""What this desk tells the floors below about itself. Called once, when the apps are ready."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.desks.aftercare.models import (
    Recall,
    RecallUnit,
    Reminder,
    ReminderRun,
    ReminderStop,
    ServiceCentre,
    ServiceRule,
)
from halkhata.desks.aftercare.panels import recall_panel, unit_panel
from halkhata.desks.aftercare.selectors.centres import numbers_of_centres
from halkhata.desks.aftercare.selectors.recalls import campaigns_of
from halkhata.desks.aftercare.sentences import LIFE
from halkhata.desks.aftercare.services.defaults import prepare_aftercare
from halkhata.desks.aftercare.services.stopping import end_with_sale, nothing_at_sale
from halkhata.engines.work.registry import ItemPart, item_parts
from halkhata.foundation.core.registry import (
    DemoClearer,
    NavItem,
    SettingsPage,
    demo_clearers,
    navigation,
    settings_pages,
    setup_steps,
)
from halkhata.records.catalog.registry import (
    SaleStep,
    UnitPanel,
    forget_units,
    life_icons,
    life_sentences,
    sale_steps,
    unit_panels,
)
from halkhata.records.customers.registry import CustomerLink, customer_links, public_numbers
from halkhata.records.warranty.registry import campaign_sources


def register_all() -> None:
    """Register everything, once, at start."""
    navigation.register(
        "aftercare",
        NavItem(
            label=_("Service reminders"), url_name="aftercare:reminders", icon="phone-call", section="after_sale",
            order=36, permission="aftercare.view",
        ),
    )  # fmt: skip
    navigation.register(
        "aftercare.recalls",
        NavItem(
            label=_("Recalls"), url_name="aftercare:recalls", icon="alert-octagon", section="after_sale", order=37,
            permission="aftercare.view",
        ),
    )  # fmt: skip
    settings_pages.register(
        "aftercare.rules",
        SettingsPage(
            label=_("Service reminders"),
            description=_("After how many months or kilometres a service is due, how early customers hear of it"),
            icon="phone-call", url_name="aftercare:rules", order=84,
        ),
    )  # fmt: skip
    settings_pages.register(
        "aftercare.centres",
        SettingsPage(
            label=_("Service centres"), description=_("Who serves which brands where, shown to customers"),
            icon="map-pin", url_name="aftercare:centres", order=85,
        ),
    )  # fmt: skip
    item_parts.register(
        "aftercare.nearest",
        ItemPart(
            order=70, label=_("Nearest service centre"), icon="map-pin", url_name="aftercare:nearest",
            permission="aftercare.view", kinds=frozenset({"complaint", "question", "request", "job"}),
        ),
    )  # fmt: skip
    setup_steps.register("aftercare", prepare_aftercare)
    demo_clearers.register("aftercare", DemoClearer(order=27, clear=clear_demo))
    forget_units.register("aftercare", forget)
    unit_panels.register(
        "aftercare.recalls",
        UnitPanel(
            order=3, template="aftercare/unit_recalls.html", context=recall_panel, permission="aftercare.view",
            column="main",
        ),
    )  # fmt: skip
    unit_panels.register(
        "aftercare",
        UnitPanel(
            order=40, template="aftercare/unit_panel.html", context=unit_panel, permission="aftercare.view",
            column="side", later=True,
        ),
    )  # fmt: skip
    sale_steps.register("aftercare", SaleStep(order=40, sold=nothing_at_sale, reversed=end_with_sale))
    public_numbers.register("aftercare.centres", numbers_of_centres)
    campaign_sources.register("recalls", campaigns_of)
    for model, words in (("aftercare.Reminder", _("service reminders")), ("aftercare.ReminderStop", "")):
        customer_links.register(
            model,
            CustomerLink(model_label=model, field="customer", on_merge="move", personal_data="history", label=words),
        )
    for verb, sentence in LIFE.items():
        life_sentences.register(verb, sentence)
    life_icons.register("reminder", "phone-call")
    life_icons.register("recall", "alert-octagon")


def forget(unit_ids: Sequence[int]) -> None:
    """Units that an import brought in go without a trace: so does what was planned for them."""
    Reminder.objects.filter(unit__in=unit_ids).delete()
    ReminderStop.objects.filter(unit__in=unit_ids).delete()
    RecallUnit.objects.filter(unit__in=unit_ids).delete()


def clear_demo() -> int:
    """Remove invented reminders, recalls, rules and centres, and how far the computing of each day came.

    Without that it is computed again, which makes nothing twice. Returns how many rows went.
    """
    invented = Q(is_demo=True) | Q(unit__is_demo=True) | Q(unit__branch__is_demo=True) | Q(unit__owner__is_demo=True)
    sort = Q(is_demo=True) | Q(brand__is_demo=True) | Q(product__is_demo=True)
    with transaction.atomic():
        gone = Reminder.objects.filter(invented | Q(customer__is_demo=True)).delete()[0]
        gone += ReminderStop.objects.filter(invented | Q(customer__is_demo=True)).delete()[0]
        gone += ReminderRun.objects.all().delete()[0]
        gone += RecallUnit.objects.filter(invented | Q(recall__is_demo=True)).delete()[0]
        gone += Recall.objects.filter(sort).delete()[0]
        gone += ServiceRule.objects.filter(sort | Q(kind__is_demo=True)).delete()[0]
        gone += ServiceCentre.objects.filter(Q(is_demo=True) | Q(branch__is_demo=True)).delete()[0]
    return gone
