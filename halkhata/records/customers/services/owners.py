"""Whose number it is: one active owner for each number or address, whoever else may use it (A56.3).

The database holds at most one owner (constraint ``customers_contact_one_owner``). Callers hold the locks on the values
(``locking.lock_values``).
"""

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q

from halkhata.foundation.audit import trail
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.locking import lock_customer, lock_values


def claim_unowned(customers: Collection[int]) -> int:
    """Make these customers the owners of those of their numbers and addresses that nobody owns; one statement.

    Among several of them with one number the first that was written down gets it. Returns how many were claimed. For
    writers in bulk, too: call it with the ids of each batch.
    """
    ids = list(customers)
    same = ContactPoint.objects.filter(kind=OuterRef("kind"), value=OuterRef("value"), customer__isnull=False)
    return (
        ContactPoint.objects.filter(customer__in=ids, is_owner=False)
        .exclude(Exists(same.filter(Q(is_owner=True) | Q(customer__in=ids, id__lt=OuterRef("id")))))
        .update(is_owner=True)
    )


def pass_on(kind: str, value: str) -> ContactPoint | None:
    """After an owner gave up a number: it is the longest known other user's now. None when nobody else has it."""
    points = ContactPoint.objects.filter(
        kind=kind, value=value, customer__isnull=False, customer__merged_into__isnull=True
    )
    if points.filter(is_owner=True).exists():
        return None
    heir = points.order_by("id").first()
    if heir is not None:
        heir.is_owner = True
        heir.save(update_fields=["is_owner"])
    return heir


@transaction.atomic
def take_number(*, actor: Any, point: ContactPoint) -> ContactPoint:
    """This number or address is this customer's from now on; whoever owned it may go on using it.

    Raises PermissionRefused and NotFound.
    """
    customer: Customer = lock_customer(actor=actor, pk=point.customer_id or 0)
    lock_values([f"{point.kind}:{point.value}"])
    if ContactPoint.objects.filter(pk=point.pk, is_owner=True).exists():
        return point
    same = ContactPoint.objects.filter(kind=point.kind, value=point.value, customer__isnull=False)
    before = list(same.filter(is_owner=True).values_list("customer_id", flat=True))
    same.filter(is_owner=True).update(is_owner=False)
    point.is_owner = True
    point.save(update_fields=["is_owner"])
    trail.record(
        actor=actor,
        action="customer.take_number",
        record=customer,
        before={"value": point.value, "owner": before[0] if before else None},
        after={"value": point.value, "owner": customer.pk},
    )
    record_activity(
        customer=customer, verb="customer.number_taken", data={"kind": point.kind, "value": point.value}, actor=actor
    )
    return point
