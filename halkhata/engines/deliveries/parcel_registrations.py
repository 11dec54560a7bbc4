"""What parcels tell the floors below about themselves. Called once, when the apps are ready."""

from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.models import Courier, CourierMessage, Parcel, ParcelEvent
from halkhata.engines.deliveries.parcel_choices import Alarm
from halkhata.engines.deliveries.selectors.parcels import customer_parcels, parcels_of_unit
from halkhata.engines.work.registry import ItemAction, ItemPart, item_actions, item_parts, notification_sentences
from halkhata.foundation.accounts.models import User, in_reader_language
from halkhata.foundation.core.append_only import suspended
from halkhata.foundation.core.registry import (
    DemoClearer,
    NavItem,
    SettingsPage,
    demo_clearers,
    navigation,
    settings_pages,
)
from halkhata.foundation.core.templatetags.halkhata import digits
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.registry import UnitAction, UnitPanel, unit_actions, unit_panels
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import (
    CustomerLink,
    CustomerPanel,
    customer_links,
    customer_panels,
    timeline_icons,
    timeline_sentences,
)

ICON = "truck"


def register_all() -> None:
    """Fill the registries."""
    navigation.register(
        "deliveries.parcels",
        NavItem(
            label=_("Parcels"), url_name="deliveries:parcels", icon=ICON, section="after_sale", order=36,
            permission="work.view",
        ),
    )  # fmt: skip
    settings_pages.register(
        "deliveries.couriers",
        SettingsPage(
            label=_("Couriers"), description=_("Who carries parcels, how their news reach us, and what waits"),
            icon=ICON, url_name="deliveries:couriers", order=83,
        ),
    )  # fmt: skip
    notification_sentences.register("parcel.alarm", _alarm)
    customer_links.register(
        "deliveries.Parcel",
        CustomerLink(
            model_label="deliveries.Parcel", field="customer", on_merge="move", personal_data="history",
            label=_("parcels"),
        ),
    )  # fmt: skip
    customer_panels.register(
        "deliveries.parcels",
        CustomerPanel(
            order=16, template="deliveries/unit_panel.html", context=_of_customer, permission="work.view",
            column="side", later=True,
        ),
    )  # fmt: skip
    unit_panels.register(
        "deliveries.parcels",
        UnitPanel(
            order=60, template="deliveries/unit_panel.html", context=_of_unit, permission="work.view", column="main",
            later=True,
        ),
    )  # fmt: skip
    unit_actions.register(
        "deliveries.parcels",
        UnitAction(
            order=80, label=_("Give it to a courier"), icon=ICON, url_name="deliveries:parcel_new",
            permission="promise.edit",
        ),
    )  # fmt: skip
    item_actions.register(
        "deliveries.parcels",
        ItemAction(
            order=80, label=_("Give something to a courier"), icon=ICON, url_name="deliveries:parcel_new",
            permission="promise.edit",
        ),
    )  # fmt: skip
    item_parts.register(
        "deliveries.parcels",
        ItemPart(
            order=50, label=_("Parcels"), icon=ICON, url_name="deliveries:parcels_about", permission="work.view",
        ),
    )  # fmt: skip
    timeline_icons.register("parcel", ICON)
    for verb, sentence in (
        ("registered", _("%(what)s was given to %(courier)s: %(number)s")),
        ("picked_up", _("%(courier)s picked up %(what)s (%(number)s)")),
        ("in_transit", _("%(what)s (%(number)s) is on the way with %(courier)s")),
        ("at_branch", _("%(what)s (%(number)s) is at a branch of %(courier)s")),
        ("out", _("%(courier)s is bringing %(what)s (%(number)s) to the customer")),
        ("failed", _("%(courier)s could not deliver %(what)s (%(number)s)")),
        ("delivered", _("%(courier)s delivered %(what)s (%(number)s)")),
        ("returned", _("%(what)s (%(number)s) came back from %(courier)s")),
    ):
        timeline_sentences.register(f"parcel.{verb}", _sentence(sentence))
    demo_clearers.register("deliveries.parcels", DemoClearer(order=19, clear=clear_demo))


def clear_demo() -> int:
    """Remove invented parcels with what happened to them. Returns how many rows went."""
    invented = Q(is_demo=True) | Q(promise__is_demo=True) | Q(item__is_demo=True) | Q(customer__is_demo=True)
    with transaction.atomic():
        ids = list(Parcel.objects.filter(invented).values_list("pk", flat=True))
        with suspended("deliveries_parcelevent"):
            gone = ParcelEvent.objects.filter(parcel__in=ids).delete()[0]
        gone += Parcel.objects.filter(pk__in=ids).delete()[0]
        gone += CourierMessage.objects.filter(courier__is_demo=True).delete()[0]
        return gone + Courier.objects.filter(is_demo=True, parcels__isnull=True).delete()[0]


def _of_customer(user: User, customer: Customer) -> dict[str, Any]:
    return {"parcels": customer_parcels(user, customer)}


def _of_unit(user: User, unit: Unit) -> dict[str, Any]:
    return {"parcels": parcels_of_unit(user, unit.pk)}


def _sentence(text: Any) -> Any:
    def words(data: dict[str, Any]) -> str:
        names = [*data.get("courier", []), "", ""]
        said = str(text % {
            "what": str(data.get("what", "")), "number": digits(str(data.get("number", ""))),
            "courier": in_reader_language(str(names[0]), str(names[1])),
        })  # fmt: skip
        more = " · ".join(digits(str(data[name])) for name in ("place", "reason") if data.get(name))
        return f"{said} · {more}" if more else said

    return words


def _alarm(data: dict[str, Any]) -> str:
    sentences = {
        Alarm.SILENT: _("Nothing was heard of the parcel %(number)s (%(what)s). Ask the courier."),
        Alarm.FAILED: _("The courier could not deliver the parcel %(number)s (%(what)s). Call the customer."),
        Alarm.RETURNED: _("The parcel %(number)s (%(what)s) came back to us. Send it again, or call the customer."),
    }
    alarm = str(data.get("alarm", ""))
    text = sentences[Alarm(alarm)] if alarm in ("silent", "failed", "returned") else _("Parcel %(number)s (%(what)s)")
    return text % {"number": digits(str(data.get("parcel_number", ""))), "what": str(data.get("what", ""))}
