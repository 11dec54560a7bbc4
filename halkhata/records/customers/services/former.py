"""What somebody was called or reached by before, kept so that an old slip of paper still leads to them."""

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.text import search_key
from halkhata.records.customers.choices import AliasKind
from halkhata.records.customers.models import Customer, CustomerAlias


def keep_former(customer: Customer, kind: str, value: str, *, key: str = "") -> None:
    """Remember a name, number or address that was the customer's until now. ``key`` is its normalised form.

    The caller is in the transaction of the change, and writes the search index afterwards.
    """
    key = key or search_key(value)
    if not key:
        return
    CustomerAlias.objects.update_or_create(
        customer=customer,
        kind=kind,
        key=key[:254],
        defaults={"value": value[:254], "until_at": now(), "is_demo": customer.is_demo},
    )


def keep_former_names(customer: Customer, before: tuple[str, str]) -> None:
    """Remember those of the two names before a change that none of the present ones says, and forget the present."""
    present = {search_key(customer.name_bn), search_key(customer.name_en)} - {""}
    for name in before:
        if search_key(name) not in present:
            keep_former(customer, AliasKind.NAME, name)
    CustomerAlias.objects.filter(customer=customer, kind=AliasKind.NAME, key__in=present).delete()


def is_current_again(customer: Customer, kind: str, key: str) -> None:
    """A former number that was added again is not former any more."""
    CustomerAlias.objects.filter(customer=customer, kind=kind, key=key).delete()
