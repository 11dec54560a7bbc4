"""What the customers' app gives to the house's registries. Called once, from AppConfig.ready()."""

from typing import Any

from django.db import transaction
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.registry import DemoClearer, NavItem, demo_clearers, navigation
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Activity, Customer, Household, Organization
from halkhata.records.customers.panels import about_panel, contact_panel, household_panel
from halkhata.records.customers.registry import (
    CustomerAction,
    CustomerLink,
    CustomerPanel,
    SearchSource,
    customer_actions,
    customer_links,
    customer_panels,
    search_sources,
    timeline_icons,
    timeline_sentences,
)
from halkhata.records.customers.selectors.search import find_customer_hits, find_organization_hits
from halkhata.records.customers.selectors.timeline import shown_value

# How a page names the fields of a customer, for "who changed what".
FIELD_LABELS: dict[str, Any] = {
    "name_bn": _("name in Bengali"),
    "name_en": _("name in English"),
    "honorific": _("title"),
    "language": _("language"),
    "preferred_channel": _("preferred channel"),
    "preferred_hours": _("preferred hours"),
    "organization": _("organization"),
    "organization_role": _("role there"),
    "branch": _("branch"),
    "home_team": _("team"),
    "note": _("note"),
    "address": _("address"),
    "custom": _("fields of your own"),
    "tags": _("tags"),
}


def register_all() -> None:
    """Fill the registries: navigation, panels, actions, search, timeline, links, demo clearing."""
    navigation.register(
        "customers",
        NavItem(
            label=_("Customers"),
            url_name="customers:list",
            icon="users",
            section="records",
            order=10,
            permission="customer.view",
        ),
    )
    customer_panels.register(
        "contact", CustomerPanel(order=5, template="customers/panels/contact.html", context=contact_panel)
    )
    customer_panels.register(
        "about", CustomerPanel(order=10, template="customers/panels/about.html", context=about_panel, column="side")
    )
    customer_panels.register(
        "household",
        CustomerPanel(order=20, template="customers/panels/household.html", context=household_panel, column="side"),
    )
    customer_actions.register(
        "complaint",
        CustomerAction(
            order=10,
            label=_("New complaint"),
            icon="ticket",
            url_name="tickets:new",
            permission="ticket.create",
            primary=True,
            key="n",
        ),
    )
    search_sources.register(
        "customers",
        SearchSource(label=_("Customers"), icon="users", order=10, permission="customer.view", find=find_customer_hits),
    )
    search_sources.register(
        "organizations",
        SearchSource(
            label=_("Organizations"), icon="building", order=90, permission="customer.view", find=find_organization_hits
        ),
    )
    _register_timeline()
    _register_links()
    demo_clearers.register("customers", DemoClearer(order=800, clear=clear_demo))


def _register_timeline() -> None:
    for first, icon in (("customer", "user"), ("organization", "building")):
        timeline_icons.register(first, icon)
    timeline_sentences.register("customer.created", _customer_created)
    timeline_sentences.register("customer.changed", _customer_changed)
    timeline_sentences.register("customer.contact_added", _contact_added)
    timeline_sentences.register("customer.contact_removed", _contact_removed)
    timeline_sentences.register("customer.contact_unreachable", _contact_unreachable)
    timeline_sentences.register("customer.number_taken", _number_taken)
    timeline_sentences.register("customer.household_joined", lambda _data: _("Lives in a household with others"))
    timeline_sentences.register("customer.household_left", lambda _data: _("Left the household"))
    timeline_sentences.register("customer.external_id_added", _external_id_added)


def _customer_created(data: dict[str, Any]) -> Any:
    return _("Written down as a customer")


def _customer_changed(data: dict[str, Any]) -> Any:
    names = dict.fromkeys(name.partition(".")[0] for name in data.get("fields", ()))
    labels = [str(FIELD_LABELS.get(name, name)) for name in names]
    return format_lazy(_("Changed: {fields}"), fields=", ".join(labels))


def _contact_added(data: dict[str, Any]) -> Any:
    text = _("Phone number added: {value}") if data.get("kind") == ContactKind.PHONE else _("E-mail added: {value}")
    return format_lazy(text, value=shown_value(data))


def _contact_removed(data: dict[str, Any]) -> Any:
    text = _("Phone number removed: {value}") if data.get("kind") == ContactKind.PHONE else _("E-mail removed: {value}")
    return format_lazy(text, value=shown_value(data))


def _contact_unreachable(data: dict[str, Any]) -> Any:
    return format_lazy(_("{value} does not receive mail any more"), value=shown_value(data))


def _number_taken(data: dict[str, Any]) -> Any:
    return format_lazy(_("{value} is this customer's own now"), value=shown_value(data))


def _external_id_added(data: dict[str, Any]) -> Any:
    return format_lazy(_("Id in {system} noted"), system=str(data.get("system", "")))


def _register_links() -> None:
    for name, link in {
        "customers.ContactPoint": CustomerLink(
            model_label="customers.ContactPoint",
            field="customer",
            on_merge="move",
            personal_data="contact",
            label=_("phone numbers and e-mail addresses"),
        ),
        "customers.Address": CustomerLink(
            # One of two addresses is chosen (merging/places.py); the other stays with the alias.
            model_label="customers.Address",
            field="customer",
            on_merge="keep",
            personal_data="contact",
        ),
        "customers.SearchKey": CustomerLink(
            model_label="customers.SearchKey", field="customer", on_merge="rebuild", personal_data="identity"
        ),
        "customers.SearchText": CustomerLink(
            model_label="customers.SearchText", field="customer", on_merge="rebuild", personal_data="identity"
        ),
        "customers.HouseholdMember": CustomerLink(
            model_label="customers.HouseholdMember", field="customer", on_merge="move", personal_data="identity"
        ),
        "customers.ExternalId": CustomerLink(
            model_label="customers.ExternalId", field="customer", on_merge="move", personal_data="identity"
        ),
        "customers.CustomerAlias": CustomerLink(
            model_label="customers.CustomerAlias", field="customer", on_merge="move", personal_data="identity"
        ),
        "customers.Activity": CustomerLink(
            model_label="customers.Activity",
            field="customer",
            on_merge="move",
            personal_data="history",
            label=_("lines of what happened"),
        ),
        "customers.Customer": CustomerLink(
            model_label="customers.Customer", field="merged_into", on_merge="move", personal_data="identity"
        ),
    }.items():
        customer_links.register(name, link)


@transaction.atomic
def clear_demo() -> int:
    """Remove invented customers and organizations with all that hangs on them; true ones lose only invented lines."""
    Activity.objects.filter(is_demo=True).delete()
    customers = Customer.objects.filter(is_demo=True)
    customers.filter(merged_into__isnull=False).update(merged_into=None)
    count = customers.count()
    customers.delete()
    Household.objects.filter(is_demo=True, members__isnull=True).delete()
    organizations = Organization.objects.filter(is_demo=True)
    count += organizations.count()
    organizations.delete()
    return count
