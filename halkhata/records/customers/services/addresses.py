"""Where customers live."""

from typing import Any

from django.db import models

from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.customers.country_packs import read_place
from halkhata.records.customers.models import Address, Customer

ADDRESS_FIELDS = ("line", "landmark", "upazila", "district", "post_code")


def address_values(address: Address | None) -> dict[str, str]:
    """The address as plain values; all empty when there is none."""
    return {name: getattr(address, name) if address else "" for name in ADDRESS_FIELDS}


def store_address(customer: Customer, values: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Write the customer's first address from ``values`` (ADDRESS_FIELDS and "country"; others raise TypeError).

    District and upazila stay as typed; what the country's pack knows gets its code beside it. ``country`` is an ISO
    3166 code; without it a new address lies in the branch's country. An address without any text is removed. Returns
    what changed, as {field: (before, after)}. The caller holds the customer's lock and writes the audit entry.
    """
    values = dict(values)
    wanted_country = clean_text(values.pop("country", "")).upper()[:2]
    unknown = set(values) - set(ADDRESS_FIELDS)
    if unknown:
        raise TypeError(f"unknown address fields: {', '.join(sorted(unknown))}")
    address = Address.objects.filter(customer=customer).order_by("id").first()
    before = address_values(address)
    after = {**before, **{name: _clean(name, value) for name, value in values.items()}}
    changed = {name: (before[name], after[name]) for name in ADDRESS_FIELDS if before[name] != after[name]}
    new_country = customer.branch.country if customer.branch else "BD"
    country = address.country if address is not None else new_country
    if wanted_country and address is not None and wanted_country != country:
        changed["country"] = (country, wanted_country)
    country = wanted_country or country
    if not changed:
        return {}
    if not any(after.values()):
        if address is not None:
            address.delete()
        return {name: pair for name, pair in changed.items() if name != "country"}
    if address is None:
        address = Address(customer=customer, is_demo=customer.is_demo)
    for name, value in after.items():
        setattr(address, name, value)
    place = read_place(country, address.district, address.upazila)
    address.country = country
    address.district_code, address.upazila_code = place.district_code, place.upazila_code
    address.save()
    return changed


def _clean(name: str, value: Any) -> str:
    text = clean_text(value, max_length=_length_of(name))
    # A post code is compared and sorted: its digits are stored as ASCII and shown as the reader likes.
    return fold_digits(text) if name == "post_code" else text


def _length_of(name: str) -> int | None:
    field = Address._meta.get_field(name)
    return field.max_length if isinstance(field, models.CharField) else None
