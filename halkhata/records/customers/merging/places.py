"""The house address as a line of the merge: one of the two is the survivor's, the other stays with the alias."""

from typing import Any

from halkhata.records.customers.merging.rows import holders, point_at
from halkhata.records.customers.models import Address, Customer, CustomerMerge
from halkhata.records.customers.privacy import shown_address

_LABEL = Address._meta.label
KEPT = "field.address"


def address_text(customer: Customer) -> str:
    """Where the customer lives, in the reader's language; "" when nobody knows."""
    # Whoever merges may see it whole (policies.can_edit_customers).
    return shown_address(None, min(customer.addresses.all(), key=lambda one: one.pk, default=None))


def take_address(*, survivor: Customer, merged: Customer) -> dict[str, list[int]]:
    """The survivor gets the other's addresses, the alias the survivor's. Returns which rows went which way."""
    kept = {"given": _ids(survivor), "taken": _ids(merged)}
    point_at(_LABEL, "customer", kept["given"], merged.pk)
    point_at(_LABEL, "customer", kept["taken"], survivor.pk)
    return kept


def give_address_back(*, survivor: Customer, merged: Customer, kept: Any) -> None:
    """Each has the own addresses again; one that was written down since stays where it is.

    A later merge may have carried the taken ones on: the given ones go to where those are, and it carries them instead.
    """
    at_whom = holders(survivor, merged)
    taken = Address.objects.filter(pk__in=kept["taken"], customer_id__in=at_whom)
    place = taken.values_list("customer_id", flat=True).first() or survivor.pk
    point_at(_LABEL, "customer", kept["taken"], merged.pk, only_from=at_whom)
    point_at(_LABEL, "customer", kept["given"], place, only_from=[merged.pk])
    for later in CustomerMerge.objects.filter(undone_at__isnull=True, survivor_id__in=at_whom):
        carried = later.kept.get(KEPT)
        if not carried:
            continue
        for side in ("given", "taken"):
            if set(carried[side]) & set(kept["taken"]):
                carried[side] = [*(pk for pk in carried[side] if pk not in kept["taken"]), *kept["given"]]
                later.save(update_fields=["kept"])


def _ids(customer: Customer) -> list[int]:
    return list(Address.objects.filter(customer=customer).order_by("id").values_list("pk", flat=True))
