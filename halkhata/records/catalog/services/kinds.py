"""Kinds of products: which numbers and details a unit has."""

import re
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog import policies
from halkhata.records.catalog.choices import IdentifierCheck, UsageUnit
from halkhata.records.catalog.models import ProductKind, UnitIdentifier
from halkhata.records.catalog.services.products import CHANGED, free_code
from halkhata.records.customers.services.names import place_names

MOST_FIELDS = 8
_NOT_IN_A_CODE = re.compile(r"[^a-z0-9]+")


def save_kind(
    *,
    actor: Any,
    kind: ProductKind | None = None,
    name_bn: str = "",
    name_en: str = "",
    usage_unit: str = "",
    identifiers: Sequence[dict[str, Any]] = (),
    extra: Sequence[dict[str, Any]] = (),
    notice_bn: str = "",
    notice_en: str = "",
    is_active: bool = True,
    version: int | None = None,
) -> ProductKind:
    """Add a kind or change one. A number that units have stays in the list.

    Raises PermissionRefused, DomainError ``no_name``, ``no_label``, ``too_many``, Conflict ``identifier_in_use``,
    ``changed_meanwhile``.
    """
    policies.require(actor, policies.CATALOG)
    bn, en = place_names(name_bn, name_en)
    if not bn and not en:
        raise DomainError("no_name", _("Give it a name in one of the languages."), field="name_bn")
    if usage_unit not in {"", *UsageUnit.values}:
        raise DomainError("unknown_usage", _("Choose from the list."), field="usage_unit")
    with transaction.atomic():
        row = (
            ProductKind.objects.select_for_update().get(pk=kind.pk)
            if kind is not None
            else ProductKind(code=free_code(ProductKind, en or bn, "kind"))
        )
        if row.pk and version is not None and row.version != version:
            raise Conflict("changed_meanwhile", CHANGED)
        before = {"identifiers": row.identifiers, "extra": row.extra} if row.pk else None
        numbers = [_identifier(one) for one in _entries(identifiers, "identifiers")]
        _refuse_loss(row, {one["code"] for one in numbers})
        row.name_bn, row.name_en, row.usage_unit, row.is_active = bn, en, usage_unit, is_active
        row.identifiers, row.extra = numbers, _entries(extra, "extra")
        row.notice_bn, row.notice_en = (clean_text(text, max_length=300) for text in (notice_bn, notice_en))
        row.version = row.version + 1 if row.pk else 1
        row.save()
        record(
            actor=actor,
            action="kind.save",
            record=row,
            before=before,
            after={"identifiers": row.identifiers, "extra": row.extra},
        )
    return row


def _entries(given: Sequence[dict[str, Any]], field: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    codes: set[str] = set()
    for one in given:
        bn, en = place_names(str(one.get("label_bn", "")), str(one.get("label_en", "")))
        if not bn and not en:
            continue
        code = _NOT_IN_A_CODE.sub("-", (str(one.get("code", "")) or en).casefold()).strip("-")[:24] or "number"
        base, number = code, 2
        while code in codes:
            code, number = f"{base}-{number}", number + 1
        codes.add(code)
        found.append({**one, "code": code, "label_bn": bn, "label_en": en})
    if len(found) > MOST_FIELDS:
        raise DomainError("too_many", _("A kind has at most %(count)s of them.") % {"count": MOST_FIELDS}, field=field)
    return [
        {name: one[name] for name in ("code", "label_bn", "label_en", "required", "check") if name in one}
        for one in found
    ]


def _identifier(one: dict[str, Any]) -> dict[str, Any]:
    check = str(one.get("check", ""))
    return {**one, "required": bool(one.get("required")), "check": check if check in IdentifierCheck.values else ""}


def _refuse_loss(row: ProductKind, codes: set[str]) -> None:
    if not row.pk:
        return
    gone = {str(one["code"]) for one in row.identifiers} - codes
    if gone and UnitIdentifier.objects.filter(product__kind=row, kind__in=gone).exists():
        raise Conflict(
            "identifier_in_use", _("Units have this number already: it stays in the list."), field="identifiers"
        )
