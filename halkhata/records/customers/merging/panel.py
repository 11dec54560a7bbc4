"""The card of the 360 page that says who was merged into this customer, and who may be the same person."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.records.customers.merging.unmerge import UNDO_WITHIN
from halkhata.records.customers.models import Customer, CustomerMerge, DuplicatePair, PairState, customer_scope
from halkhata.records.customers.policies import can_edit_customers

MOST_SHOWN = 5


@dataclass(frozen=True, slots=True)
class Alias:
    """Somebody who was merged into this customer."""

    merge: CustomerMerge
    may_undo: bool


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Somebody who may be this customer."""

    customer: Customer
    score: int


def merging_panel(user: User, customer: Customer) -> dict[str, Any]:
    """Two queries; the template shows nothing when there is nobody."""
    may_edit = can_edit_customers(user)
    merges = (
        CustomerMerge.objects.filter(undone_at__isnull=True)
        .filter(Q(merged__merged_into=customer))
        .select_related("merged", "by")
        .order_by("-at", "-id")[:MOST_SHOWN]
    )
    return {
        "aliases": [Alias(merge, may_edit and now() <= merge.at + UNDO_WITHIN) for merge in merges],
        "lookalikes": lookalikes(user, customer) if may_edit else [],
        "may_merge": may_edit,
    }


def lookalikes(user: User, customer: Customer) -> list[Lookalike]:
    """Who was found to look like this customer and has not been looked at, the likeliest first: one query."""
    pairs = (
        DuplicatePair.objects.filter(state=PairState.OPEN)
        .filter(Q(first=customer) | Q(second=customer))
        .filter(first__merged_into__isnull=True, second__merged_into__isnull=True)
        .filter(customer_scope(user, "first__"), customer_scope(user, "second__"))
        .select_related("first", "second")
        .order_by("-score", "-id")[:MOST_SHOWN]
    )
    return [Lookalike(pair.second if pair.first_id == customer.pk else pair.first, pair.score) for pair in pairs]
