"""Rows written for an alias in the moment of its merge: somebody found the customer just before, and wrote after it."""

from datetime import timedelta

from django.db import transaction

from halkhata.foundation.core.clock import now
from halkhata.records.customers.merging.rows import links_that_move, move_rows
from halkhata.records.customers.models import Customer, CustomerMerge, MergedRows

LOOK_BACK = timedelta(days=1)


def gather_stragglers(*, since: timedelta = LOOK_BACK) -> int:
    """Bring such rows to the survivor, noted like all others. Returns how many there were."""
    gathered = 0
    for merge_id in CustomerMerge.objects.filter(undone_at__isnull=True, at__gt=now() - since).values_list(
        "pk", flat=True
    ):
        with transaction.atomic():
            merge = CustomerMerge.objects.select_for_update().get(pk=merge_id)
            alias = Customer.objects.select_for_update().get(pk=merge.merged_id)
            if merge.undone_at is not None or alias.merged_into_id is None:
                continue
            gathered += gather_of(merge, alias.merged_into_id)
    return gathered


def gather_of(merge: CustomerMerge, target_id: int) -> int:
    """Bring what the alias of this merge still has to whom it leads, but what is there already. Returns how many rows.

    Must run in a transaction that holds both customers.
    """
    gathered = 0
    for link in links_that_move():
        ids = move_rows(link, source_id=merge.merged_id, target_id=target_id)
        if ids:
            noted, _made = MergedRows.objects.get_or_create(merge=merge, model_label=link.model_label, field=link.field)
            noted.ids = sorted({*noted.ids, *ids})
            noted.save(update_fields=["ids"])
            gathered += len(ids)
    return gathered
