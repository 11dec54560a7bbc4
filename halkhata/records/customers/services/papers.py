"""Keeps the marks of identity papers in step with the fields that hold their numbers."""

from collections.abc import Collection

from django.db import transaction

from halkhata.records.customers.choices import SearchKind
from halkhata.records.customers.models import Customer, CustomerValue, SearchKey
from halkhata.records.customers.selectors.papers import papers_of

BATCH = 500


@transaction.atomic
def index_papers(ids: Collection[int]) -> int:
    """Write the marks of these customers anew where they changed: two statements when nothing did.

    Returns how many marks came or went.
    """
    wanted = {(pk, mark) for pk, marks in papers_of(ids).items() for mark in marks}
    rows = SearchKey.objects.filter(kind=SearchKind.PAPER, customer_id__in=ids).order_by()
    there = {(pk, mark): row for row, pk, mark in rows.values_list("pk", "customer_id", "key")}
    gone = [row for pair, row in there.items() if pair not in wanted]
    if gone:
        SearchKey.objects.filter(pk__in=gone).delete()
    new = sorted(wanted - there.keys())
    if new:
        alive = set(Customer.objects.active().filter(pk__in={pk for pk, _mark in new}).values_list("pk", flat=True))
        # In a fixed order, and once: two writers of one record do not fail.
        SearchKey.objects.bulk_create(
            [SearchKey(customer_id=pk, kind=SearchKind.PAPER, key=mark) for pk, mark in new if pk in alive],
            ignore_conflicts=True,
        )
    return len(gone) + len(new)


def index_all_papers() -> int:
    """The same for whoever has a paper or had one: after a field was made one for papers. Returns how many changed."""
    filled = CustomerValue.objects.filter(field__is_identity=True).order_by().values_list("record_id", flat=True)
    marked = SearchKey.objects.filter(kind=SearchKind.PAPER).order_by().values_list("customer_id", flat=True)
    changed = last = 0
    while True:
        ids = sorted(
            {*filled.filter(record_id__gt=last).order_by("record_id")[:BATCH],
             *marked.filter(customer_id__gt=last).order_by("customer_id")[:BATCH]}
        )[:BATCH]  # fmt: skip
        if not ids:
            return changed
        changed += index_papers(ids)
        last = ids[-1]
