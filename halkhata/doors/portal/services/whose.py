"""Whose a phone number is: one person's, or several's, of whom it then says nothing."""

from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer


def contacts_of(phone: str) -> list[ContactPoint]:
    """The row of this number for each person who has it (merged rows are one person), the first known first."""
    points = ContactPoint.objects.filter(kind=ContactKind.PHONE, value=phone, customer__isnull=False)
    found: dict[int, ContactPoint] = {}
    for point in points.select_related("customer__merged_into").order_by("pk")[:200]:
        found.setdefault(owner_of(point).pk, point)
    return list(found.values())


def owner_of(contact: ContactPoint) -> Customer:
    """The person; of somebody who was merged the survivor."""
    customer = contact.customer
    assert customer is not None  # asked for by contacts_of; a firm's own numbers open nothing
    return customer.merged_into or customer


def is_shared(contact: ContactPoint) -> bool:
    """Whether the number belongs to more than one person: then it says of none of them who is asking."""
    return len(contacts_of(contact.value)) > 1
