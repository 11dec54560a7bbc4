"""Writing service centres down."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.aftercare import policies
from halkhata.desks.aftercare.models import ServiceCentre
from halkhata.desks.aftercare.selectors.centres import spot_named
from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.models import Brand, ProductKind
from halkhata.records.customers.services.names import place_names

_TEXTS = {"address_bn": 200, "address_en": 200, "upazila": 80, "district": 80, "hours_bn": 120, "hours_en": 120}
MOST_CAPACITY = 1000


def save_centre(
    *,
    actor: Any,
    centre: ServiceCentre | None = None,
    name_bn: str = "",
    name_en: str = "",
    phone: str,
    district: str,
    upazila: str = "",
    address_bn: str = "",
    address_en: str = "",
    hours_bn: str = "",
    hours_en: str = "",
    capacity: int | None = None,
    brands: Sequence[Brand] = (),
    kinds: Sequence[ProductKind] = (),
    branch: Branch | None = None,
    is_public: bool = True,
    is_active: bool = True,
    version: int | None = None,
    is_demo: bool = False,
) -> ServiceCentre:
    """Add a centre or change one. Its place is read from the names, so that the nearest can be found.

    Raises PermissionRefused, DomainError ``no_name``, ``no_district``, ``out_of_range`` and those of phone numbers,
    Conflict ``changed_meanwhile``.
    """
    policies.require(actor, policies.SETTINGS)
    bn, en = place_names(name_bn, name_en)
    if not bn and not en:
        raise DomainError("no_name", _("Give it a name in one of the languages."), field="name_bn")
    number = parse_phone(phone, region="BD").e164
    if capacity is not None and not 1 <= capacity <= MOST_CAPACITY:
        raise DomainError("out_of_range", _("This number is too small or too large."), field="capacity")
    typed = {"address_bn": address_bn, "address_en": address_en, "upazila": upazila, "district": district,
             "hours_bn": hours_bn, "hours_en": hours_en}  # fmt: skip
    texts = {name: clean_text(value, max_length=_TEXTS[name]) for name, value in typed.items()}
    if not texts["district"]:
        raise DomainError("no_district", _("Write the district."), field="district")
    spot = spot_named(texts["district"], texts["upazila"])
    with transaction.atomic():
        row = (
            ServiceCentre.objects.select_for_update(of=("self",)).get(pk=centre.pk)
            if centre is not None
            else ServiceCentre(is_demo=is_demo)
        )
        if row.pk and version is not None and row.version != version:
            raise Conflict("changed_meanwhile", _("Somebody else changed it meanwhile. Please look again."))
        before = {"name": row.name_en or row.name_bn, "phone": row.phone} if row.pk else None
        for name, value in texts.items():
            setattr(row, name, value)
        row.name_bn, row.name_en, row.phone, row.capacity = bn, en, number, capacity
        row.upazila_code, row.district_code, row.division_code = spot.upazila, spot.district, spot.division
        row.branch, row.is_public, row.is_active = branch, is_public, is_active
        row.version += 1 if row.pk else 0
        row.save()
        row.brands.set(brands)
        row.kinds.set(kinds)
        after = {"name": en or bn, "phone": number, "district": texts["district"], "is_active": is_active}
        record(actor=actor, action="centre.save", record=row, before=before, after=after)
    return row
