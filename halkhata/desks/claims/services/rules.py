"""Writing down what a company asks of a claim."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from halkhata.desks.claims import policies
from halkhata.desks.claims.choices import ASKABLE, DEADLINE_DAYS, WARN_DAYS, FieldCode, PhotoKind, Sort, Stage
from halkhata.desks.claims.models import Claim, CompanyRules
from halkhata.desks.claims.selectors.rules import terms_from
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.models import Brand


def save_rules(
    *,
    actor: Any,
    brand: Brand,
    name_bn: str = "",
    name_en: str = "",
    required_fields: Sequence[str] = (),
    required_photos: Sequence[str] = (),
    deadline_days: int = DEADLINE_DAYS,
    warn_days: int = WARN_DAYS,
    columns: Sequence[tuple[str, str]] = (),
    coupon_rate: Decimal = Decimal(0),
    wants_old_parts: bool = True,
    address: str = "",
    note: str = "",
    version: int | None = None,
    is_demo: bool = False,
) -> CompanyRules:
    """Make or change the brand's rules; drafts of the brand get the new deadline.

    Raises PermissionRefused, Conflict ``changed_meanwhile``, DomainError ``name_missing``, ``unknown_field``,
    ``unknown_photo``, ``unknown_column``, ``bad_days``, ``bad_amount``.
    """
    policies.require(actor, policies.SETTINGS)
    bn, en = clean_text(name_bn, max_length=120), clean_text(name_en, max_length=120)
    if not bn and not en:
        raise DomainError("name_missing", _("Give it a name."), field="name_bn")
    if set(required_fields) - {code.value for code in ASKABLE}:
        raise DomainError("unknown_field", _("Choose fields from the list."), field="required_fields")
    if set(required_photos) - set(PhotoKind.values):
        raise DomainError("unknown_photo", _("Choose photos from the list."), field="required_photos")
    if {code for code, _heading in columns} - set(FieldCode.values):
        raise DomainError("unknown_column", _("A column holds one of the fields of the list."), field="columns")
    if not 1 <= deadline_days <= 730:
        raise DomainError("bad_days", _("Write a number of days from 1 to 730."), field="deadline_days")
    if not 1 <= warn_days <= deadline_days:
        raise DomainError("bad_days", _("The warning comes before the last day."), field="warn_days")
    if not coupon_rate.is_finite() or not 0 <= coupon_rate < Decimal("1e11"):
        raise DomainError("bad_amount", _("Write an amount of money, like 1500."), field="coupon_rate")
    with transaction.atomic():
        row = CompanyRules.objects.select_for_update().filter(brand=brand).first()
        if row is not None and version is not None and row.version != version:
            raise Conflict("changed_meanwhile", _("Somebody has changed this meanwhile. Please look again."))
        before = {} if row is None else {"deadline_days": row.deadline_days, "fields": row.required_fields}
        row = row or CompanyRules(brand=brand, is_demo=is_demo, version=0)
        row.name_bn, row.name_en = bn, en
        row.required_fields, row.required_photos = list(required_fields), list(required_photos)
        row.deadline_days, row.warn_days, row.coupon_rate = deadline_days, warn_days, coupon_rate
        row.export_columns = [
            {"code": code, "heading": clean_text(heading, max_length=80)} for code, heading in columns
        ]
        row.wants_old_parts, row.address = wants_old_parts, clean_text(address, max_length=300)
        row.note, row.version = clean_text(note, max_length=300), row.version + 1
        row.save()
        _move_deadlines(row)
        record(
            actor=actor, action="claim_rules.save", record=row, before=before,
            after={"deadline_days": deadline_days, "fields": list(required_fields), "photos": list(required_photos)},
        )  # fmt: skip
    return row


def _move_deadlines(row: CompanyRules) -> None:
    terms = terms_from(row)
    drafts = Claim.objects.filter(brand=row.brand, stage=Stage.DRAFT, sort=Sort.REPAIR, repaired_on__isnull=False)
    for pk, repaired_on in drafts.values_list("pk", "repaired_on"):
        Claim.objects.filter(pk=pk).update(deadline_on=terms.deadline(repaired_on))
