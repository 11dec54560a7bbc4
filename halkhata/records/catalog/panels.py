"""What the catalogue shows on the customer's page."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_key
from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.records.catalog.models import Unit, unit_scope
from halkhata.records.catalog.registry import unit_notes
from halkhata.records.catalog.selectors.units import with_all
from halkhata.records.customers.models import Customer
from halkhata.records.customers.registry import CustomerAction, CustomerPanel, customer_actions, customer_panels

SHOWN = 8


def owned_panel(user: User, customer: Customer) -> dict[str, Any]:
    """What the customer owns now, in two queries and those of the notes beside each unit."""
    found = kept_objects(("owned", scope_key(user)), lambda: _owned_by(user, SOME_ID), {SOME_ID: customer.pk})
    return {
        "owned": with_notes(user, found[:SHOWN]),
        "has_more": len(found) > SHOWN,
        "more_url": f"{reverse('catalog:units')}?owner={customer.pk}",
        "sale_url": f"{reverse('catalog:sale_new')}?customer={customer.pk}" if user.may("sale.record") else "",
    }


def _owned_by(user: User, customer_id: int) -> QuerySet[Unit]:
    rows = with_all(Unit.objects.filter(unit_scope(user), owner_id=customer_id))
    return rows.order_by("-sold_on", "-pk")[: SHOWN + 1]


def with_notes(user: User, units: list[Unit]) -> list[dict[str, Any]]:
    """Each unit with what the floors above say about it in one look."""
    notes = [found(user, units) for found in unit_notes] if units else []
    return [{"unit": unit, "notes": [said[unit.pk] for said in notes if unit.pk in said]} for unit in units]


def register_panels() -> None:
    """Tell the customer's page."""
    customer_panels.register(
        "catalog.owned",
        CustomerPanel(
            order=15, template="catalog/panels/owned.html", context=owned_panel, permission="unit.view", column="main"
        ),
    )
    customer_actions.register(
        "catalog.sale",
        CustomerAction(
            order=40, label=_("New sale"), icon="cash", url_name="catalog:sale_new", permission="sale.record"
        ),
    )
