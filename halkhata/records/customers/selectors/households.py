"""Who lives with whom."""

from collections.abc import Iterable

from django.db.models import QuerySet

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_key
from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.records.customers.models import Customer, HouseholdMember


def household_of(user: User, customer: Customer) -> list[HouseholdMember]:
    """The members of the customer's household whom ``user`` sees, the customer among them; [] for none. One query."""
    return kept_objects(("household", scope_key(user)), lambda: _members(user, SOME_ID), {SOME_ID: customer.pk})


def _members(user: User, customer_id: int) -> QuerySet[HouseholdMember]:
    seen = Customer.objects.visible_to(user).active()
    return (
        HouseholdMember.objects.filter(household__members__customer=customer_id, customer__in=seen)
        .select_related("customer", "household")
        .order_by("id")
    )


def housemates(customer: Customer) -> QuerySet[HouseholdMember]:
    """The others of the household, whoever asks: for services that decide whether a number may be shared."""
    return HouseholdMember.objects.filter(household__members__customer=customer).exclude(customer=customer)


def share_household(first: Customer, others: Iterable[int]) -> bool:
    """Whether all of ``others`` live with ``first``; False for nobody."""
    wanted = set(others)
    if not wanted:
        return False
    return wanted <= set(housemates(first).values_list("customer_id", flat=True))
