"""The rules of a company, or what holds while nobody has written them down."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from halkhata.desks.claims.choices import (
    DEADLINE_DAYS,
    DEFAULT_COLUMNS,
    DEFAULT_FIELDS,
    DEFAULT_PHOTOS,
    WARN_DAYS,
    FieldCode,
)
from halkhata.desks.claims.models import CompanyRules
from halkhata.records.catalog.models import Brand


@dataclass(frozen=True)
class Terms:
    """What a company asks for."""

    company: str
    required_fields: tuple[str, ...]
    required_photos: tuple[str, ...]
    deadline_days: int
    warn_days: int
    columns: tuple[tuple[str, str], ...]
    coupon_rate: Decimal
    wants_old_parts: bool
    address: str = ""
    note: str = ""
    is_written: bool = True

    def deadline(self, repaired_on: date | None) -> date | None:
        """By when a claim for a repair of this day must be sent."""
        return None if repaired_on is None else repaired_on + timedelta(days=self.deadline_days)


def terms_of(brand: Brand) -> Terms:
    """The brand's rules; the usual ones while there are none. One query."""
    row = CompanyRules.objects.filter(brand=brand).first()
    return terms_from(row) if row is not None else default_terms(brand)


def terms_by_brand(brands: Mapping[int, Brand]) -> dict[int, Terms]:
    """The rules of several brands, by id. One query."""
    rows = {row.brand_id: row for row in CompanyRules.objects.filter(brand__in=brands)}
    return {pk: terms_from(rows[pk]) if pk in rows else default_terms(brand) for pk, brand in brands.items()}


def terms_from(row: CompanyRules) -> Terms:
    """Of one row."""
    known = set(FieldCode.values)
    columns = tuple((one["code"], one.get("heading", "")) for one in row.export_columns if one.get("code") in known)
    return Terms(
        company=row.name, required_fields=tuple(row.required_fields), required_photos=tuple(row.required_photos),
        deadline_days=row.deadline_days, warn_days=row.warn_days,
        columns=columns or tuple((code.value, "") for code in DEFAULT_COLUMNS), coupon_rate=row.coupon_rate,
        wants_old_parts=row.wants_old_parts, address=row.address, note=row.note,
    )  # fmt: skip


def default_terms(brand: Any) -> Terms:
    """What most companies ask for."""
    return Terms(
        company=brand.name, required_fields=tuple(code.value for code in DEFAULT_FIELDS),
        required_photos=tuple(code.value for code in DEFAULT_PHOTOS), deadline_days=DEADLINE_DAYS, warn_days=WARN_DAYS,
        columns=tuple((code.value, "") for code in DEFAULT_COLUMNS), coupon_rate=Decimal(0), wants_old_parts=True,
        is_written=False,
    )  # fmt: skip
