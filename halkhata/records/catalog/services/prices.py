"""Price lists: what a product costs from a day on. What was in force on a past day stays as it was."""

from datetime import date
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog import policies
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Price, PriceList, Product
from halkhata.records.catalog.selectors.prices import shop_currency
from halkhata.records.catalog.services.products import CHANGED, free_code
from halkhata.records.customers.services.names import place_names

MOST = Decimal(10) ** 11


def save_price_list(
    *,
    actor: Any,
    price_list: PriceList | None = None,
    name_bn: str = "",
    name_en: str = "",
    branch: Branch | None = None,
    is_active: bool = True,
    version: int | None = None,
) -> PriceList:
    """Add a price list or change one. Raises PermissionRefused, DomainError ``no_name``, Conflict."""
    policies.require(actor, policies.CATALOG)
    bn, en = place_names(name_bn, name_en)
    if not bn and not en:
        raise DomainError("no_name", _("Give it a name in one of the languages."), field="name_bn")
    with transaction.atomic():
        row = (
            PriceList.objects.select_for_update().get(pk=price_list.pk)
            if price_list is not None
            else PriceList(code=free_code(PriceList, en or bn, "list"), currency=shop_currency())
        )
        if row.pk and version is not None and row.version != version:
            raise Conflict("changed_meanwhile", CHANGED)
        row.name_bn, row.name_en, row.branch, row.is_active = bn, en, branch, is_active
        row.version = row.version + 1 if row.pk else 1
        row.save()
        record(actor=actor, action="price_list.save", record=row, after={"name": row.name, "branch": branch})
    return row


def set_price(*, actor: Any, price_list: PriceList, product: Product, amount: Decimal, valid_from: date) -> Price:
    """Set what a product costs from a day on: today or a later one, for the past is history already sold by.

    The same day set again is put right. Raises PermissionRefused, DomainError ``bad_price``, ``in_past``.
    """
    policies.require(actor, policies.CATALOG)
    if not amount.is_finite() or not 0 <= amount < MOST or amount != amount.quantize(Decimal("0.01")):
        raise DomainError("bad_price", _("Write the price as an amount of money."), field="amount")
    with transaction.atomic():
        held = PriceList.objects.select_for_update().get(pk=price_list.pk)
        has_price = Price.objects.filter(price_list=held, product=product).exists()
        if valid_from < today() and has_price:
            raise DomainError(
                "in_past", _("A price of the past stays as it was. Choose today or a later day."), field="valid_from"
            )
        before = Price.objects.filter(price_list=held, product=product, valid_from__lte=valid_from).first()
        row, _made = Price.objects.update_or_create(
            price_list=held,
            product=product,
            valid_from=valid_from,
            defaults={
                "amount": amount,
                "currency": held.currency,
                "set_by": actor if isinstance(actor, User) else None,
                "set_at": now(),
            },
        )
        record(
            actor=actor,
            action="price.set",
            record=product,
            before={"amount": before.amount, "valid_from": before.valid_from} if before else None,
            after={"amount": amount, "valid_from": valid_from, "list": clean_text(held.code)},
        )
    return row
