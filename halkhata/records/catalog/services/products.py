"""Brands and products: renamed and switched off, never deleted: units keep theirs."""

from typing import Any

from django.db import IntegrityError, transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import record
from halkhata.foundation.core import free_codes
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text, search_key
from halkhata.records.catalog import policies
from halkhata.records.catalog.models import Brand, Product, ProductKind, Unit
from halkhata.records.customers.services.names import place_names

CHANGED = _("Somebody else changed this meanwhile. Please look at it again.")


def save_brand(
    *,
    actor: Any,
    brand: Brand | None = None,
    name_bn: str = "",
    name_en: str = "",
    is_active: bool = True,
    version: int | None = None,
    is_demo: bool = False,
) -> Brand:
    """Add a brand or change one. Raises PermissionRefused, DomainError ``no_name``, Conflict ``name_taken``."""
    policies.require(actor, policies.CATALOG)
    bn, en = _names(name_bn, name_en)
    with transaction.atomic():
        row = Brand.objects.select_for_update().get(pk=brand.pk) if brand is not None else Brand(is_demo=is_demo)
        _refuse_version(row, version)
        for other in Brand.objects.exclude(pk=row.pk):
            if {search_key(bn), search_key(en)} & {search_key(other.name_bn), search_key(other.name_en)} - {""}:
                raise Conflict("name_taken", _("There is a brand of this name already."), field="name_bn")
        before = _state(row, ("name_bn", "name_en", "is_active")) if row.pk else None
        row.name_bn, row.name_en, row.is_active = bn, en, is_active
        row.code = row.code or free_code(Brand, en or bn, "brand")
        row.version = row.version + 1 if row.pk else 1
        row.save()
        for product in Product.objects.filter(brand=row).select_related("brand"):
            Product.objects.filter(pk=product.pk).update(folded=folded_of(product, row))
        record(actor=actor, action="brand.save", record=row, before=before, after=_state(row, ("name_bn", "name_en")))
    return row


def save_product(
    *,
    actor: Any,
    product: Product | None = None,
    brand: Brand,
    kind: ProductKind,
    name_bn: str = "",
    name_en: str = "",
    model_code: str = "",
    is_active: bool = True,
    version: int | None = None,
    is_demo: bool = False,
) -> Product:
    """Add a product or change one. The kind stays once units of it are written down: their numbers hang on it.

    Raises PermissionRefused, DomainError ``no_name``, Conflict ``model_taken``, ``kind_in_use``, ``changed_meanwhile``.
    """
    policies.require(actor, policies.CATALOG)
    bn, en = _names(name_bn, name_en)
    code = clean_text(model_code, max_length=60)
    with transaction.atomic():
        row = (
            Product.objects.select_for_update(of=("self",)).select_related("brand", "kind").get(pk=product.pk)
            if product is not None
            else Product(is_demo=is_demo)
        )
        _refuse_version(row, version)
        if row.pk and row.kind_id != kind.pk and Unit.objects.filter(product=row).exists():
            raise Conflict(
                "kind_in_use", _("Units of this product are written down already: its kind stays."), field="kind"
            )
        names = ("name_bn", "name_en", "model_code", "is_active", "brand_id", "kind_id")
        before = _state(row, names) if row.pk else None
        row.brand, row.kind, row.name_bn, row.name_en, row.model_code, row.is_active = (
            brand,
            kind,
            bn,
            en,
            code,
            is_active,
        )
        row.folded = folded_of(row, brand)
        row.version = row.version + 1 if row.pk else 1
        try:
            with transaction.atomic():
                row.save()
        except IntegrityError as error:
            raise Conflict(
                "model_taken", _("There is a product of this brand and model already."), field="model_code"
            ) from error
        record(actor=actor, action="product.save", record=row, before=before, after=_state(row, names))
    return row


def find_or_create_brand(*, actor: Any, name: str) -> Brand:
    """The brand of this name in either language, made if there is none. Raises as ``save_brand`` does."""
    key = search_key(name)
    for one in Brand.objects.all():
        if key and key in {search_key(one.name_bn), search_key(one.name_en)}:
            return one
    return save_brand(actor=actor, name_bn=name)


def folded_of(product: Product, brand: Brand) -> str:
    """What the product is found by."""
    parts = (brand.name_bn, brand.name_en, product.name_bn, product.name_en, product.model_code)
    return search_key(" ".join(filter(None, parts)))[:400]


def free_code(model: Any, name: str, word: str) -> str:
    """A code of the table that nobody has yet."""
    return free_codes.free_code(model, slugify(name)[:32].strip("-") or word)


def _names(name_bn: str, name_en: str) -> tuple[str, str]:
    bn, en = place_names(name_bn, name_en)
    if not bn and not en:
        raise DomainError("no_name", _("Give it a name in one of the languages."), field="name_bn")
    return bn, en


def _refuse_version(row: Any, version: int | None) -> None:
    if row.pk and version is not None and row.version != version:
        raise Conflict("changed_meanwhile", CHANGED)


def _state(row: Any, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
