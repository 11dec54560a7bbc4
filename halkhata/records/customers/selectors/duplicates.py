"""Who is already known under the same number or address, or owns the unit of a serial number (A56.5, US-02)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from halkhata.foundation.accounts.models import User
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.registry import unit_signs


@dataclass(frozen=True, slots=True)
class DuplicateMatch:
    """Somebody who shares ``values`` (E.164 or addresses). ``is_hidden``: of a branch that the asker does not see.

    Who shares none but looks like the person (merging/nearby.py) comes with a chance in ``percent`` and with ``words``.
    """

    customer: Customer
    values: tuple[str, ...]
    is_hidden: bool
    percent: int = 100
    words: tuple[str, ...] = ()
    # Numbers of units that were named and are this customer's.
    serials: tuple[str, ...] = ()


def find_duplicates(
    actor: Any,
    *,
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    serials: Iterable[str] = (),
    except_for: Customer | None = None,
) -> list[DuplicateMatch]:
    """Customers with one of these normalised values, and owners of a unit with exactly one of these serial numbers.

    A user is told of strangers' customers only that they exist.
    """
    wanted = Q()
    for kind, values in ((ContactKind.PHONE, list(phones)), (ContactKind.EMAIL, list(emails))):
        if values:
            wanted |= Q(kind=kind, value__in=values)
    units = owners_of(serials)
    if not wanted and not units:
        return []
    points = ContactPoint.objects.filter(wanted, customer__isnull=False, customer__merged_into__isnull=True)
    if except_for is not None:
        points = points.exclude(customer=except_for)
    values_of: dict[int, list[str]] = {}
    for holder, value in points.order_by("id").values_list("customer_id", "value") if wanted else ():
        values_of.setdefault(holder, []).append(value)
    for holder in units:
        if except_for is None or holder != except_for.pk:
            values_of.setdefault(holder, [])
    if not values_of:
        return []
    known = (
        Customer.objects.select_related("organization", "branch").prefetch_related("contact_points").in_bulk(values_of)
    )
    visible = set(values_of)
    if isinstance(actor, User):
        visible = set(Customer.objects.visible_to(actor).filter(pk__in=values_of).values_list("pk", flat=True))
    return [
        DuplicateMatch(known[pk], tuple(values), pk not in visible, serials=units.get(pk, ()))
        for pk, values in values_of.items()
        if pk in known
    ]


def owners_of(serials: Iterable[str]) -> dict[int, tuple[str, ...]]:
    """Who owns a unit with exactly one of these numbers: by id, with the numbers."""
    typed = [serial for serial in serials if serial]
    found: dict[int, tuple[str, ...]] = {}
    for source in unit_signs if typed else ():
        for pk, numbers in source.owners(typed).items():
            found[pk] = (*found.get(pk, ()), *numbers)
    return found
