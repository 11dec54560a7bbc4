"""Where customers live."""

from typing import Any

from django.db import models

from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.customers.models import Address, Customer

ADDRESS_FIELDS = ("line", "landmark", "upazila", "district", "post_code")


def address_values(address: Address | None) -> dict[str, str]:
    """The address as plain values; all empty when there is none."""
    return {name: getattr(address, name) if address else "" for name in ADDRESS_FIELDS}


def store_address(customer: Customer, values: dict[str, Any]) -> dict[str, tuple[str, str]]:
    """Write the customer's first address from ``values`` (keys of ADDRESS_FIELDS; others raise TypeError).

    An address without any text is removed. Returns what changed, as {field: (before, after)}. The caller holds the
    customer's lock and writes the audit entry.
    """
    unknown = set(values) - set(ADDRESS_FIELDS)
    if unknown:
        raise TypeError(f"unknown address fields: {', '.join(sorted(unknown))}")
    address = Address.objects.filter(customer=customer).order_by("id").first()
    before = address_values(address)
    after = {**before, **{name: _clean(name, value) for name, value in values.items()}}
    changed = {name: (before[name], after[name]) for name in ADDRESS_FIELDS if before[name] != after[name]}
    if not changed:
        return {}
    if not any(after.values()):
        if address is not None:
            address.delete()
    elif address is None:
        country = customer.branch.country if customer.branch else "BD"
        Address.objects.create(customer=customer, country=country, is_demo=customer.is_demo, **after)
    else:
        for name, (_, value) in changed.items():
            setattr(address, name, value)
        address.save(update_fields=list(changed))
    return changed


def _clean(name: str, value: Any) -> str:
    text = clean_text(value, max_length=_length_of(name))
    # A post code is compared and sorted: its digits are stored as ASCII and shown as the reader likes.
    return fold_digits(text) if name == "post_code" else text


def _length_of(name: str) -> int | None:
    field = Address._meta.get_field(name)
    return field.max_length if isinstance(field, models.CharField) else None
