"""A merge is undone: both are as they were, and what came later stays with, or goes to, the right person (A56.6)."""

from collections.abc import Collection
from datetime import timedelta
from typing import Any

from django.apps import apps
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.outbox import publish
from halkhata.records.customers.events import CustomersUnmerged
from halkhata.records.customers.merging.fields import give_columns_back, merge_lines
from halkhata.records.customers.merging.first_ones import give_first_ones_back, leave_one_first
from halkhata.records.customers.merging.locking import lock_customers, refuse_other_version
from halkhata.records.customers.merging.rows import holders, point_at
from halkhata.records.customers.merging.stragglers import gather_of
from halkhata.records.customers.models import (
    ContactPoint,
    Customer,
    CustomerMerge,
    DuplicatePair,
    MergedRows,
    PairState,
)
from halkhata.records.customers.registry import customer_traces, merge_participants
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.search_index import index_customers

UNDO_WITHIN = timedelta(days=30)
"""So long a merge can be undone (A56.6)."""
_FIELD = "field."
_ALIASES = Customer._meta.label


def standing_merge(customer: Customer) -> CustomerMerge | None:
    """The merge that made this customer an alias; None for somebody who is not merged."""
    return (
        CustomerMerge.objects.filter(merged=customer, undone_at__isnull=True).select_related("survivor", "by").first()
    )


@transaction.atomic
def unmerge_customer(*, actor: Any, customer: Customer, version: int | None = None) -> Customer:
    """Undo the merge of ``customer``, the alias; it comes back with everything it had.

    What the survivor had then is there again unless somebody has changed it since. Later rows stay with the survivor,
    but for those that came by a number or address which only the other one has (registry ``customer_traces``). Raises
    PermissionRefused, NotFound; Conflict ``not_merged``, ``undo_too_late`` after UNDO_WITHIN, ``changed_meanwhile``.
    """
    merge = standing_merge(customer)
    if merge is None:
        lock_customers(actor, [customer.pk])
        raise Conflict("not_merged", _("This customer is not merged into another one."))
    if now() > merge.at + UNDO_WITHIN:
        raise Conflict("undo_too_late", _("A merge can be undone for 30 days; this one is older."))
    root_id = Customer.objects.values_list("merged_into_id", flat=True).get(pk=customer.pk)
    held = lock_customers(actor, [pk for pk in (customer.pk, merge.survivor_id, root_id) if pk])
    source, survivor = held[customer.pk], held[merge.survivor_id]
    refuse_other_version(source, version)
    merge = CustomerMerge.objects.select_for_update().get(pk=merge.pk)
    if merge.undone_at is not None or source.merged_into_id is None or source.merged_into_id not in held:
        raise Conflict("not_merged", _("This merge has been undone already."))
    root = held[source.merged_into_id]
    merge.undone_at, merge.undone_by = now(), actor if isinstance(actor, User) else None
    merge.save(update_fields=["undone_at", "undone_by"])
    for code, participant in sorted(merge_participants.items(), key=lambda entry: -entry[1].order):
        if code in merge.kept:
            participant.unmerge(actor=actor, merge=merge, survivor=root, merged=source, kept=merge.kept[code])
    at_whom = holders(root, source)
    source.merged_into = None
    _save(source)
    _rows_back(merge, source, root, at_whom)
    for code, field in reversed(merge_lines()):
        if f"{_FIELD}{code}" in merge.kept:
            field.give_back(survivor=root, merged=source, kept=merge.kept[f"{_FIELD}{code}"])
    given_back = give_columns_back(survivor, merge.columns)
    _later_merges_give_back(merge, set(merge.columns) - set(given_back))
    _save(survivor)
    give_first_ones_back(merge.first_ones)
    for one in {source.pk: source, root.pk: root}.values():
        leave_one_first(one)
    _later_rows(merge, source, root)
    # What had its like here until now (the same number) comes from those who are still part of the root.
    for standing in CustomerMerge.objects.filter(merged__merged_into=root, undone_at__isnull=True).order_by("id"):
        gather_of(standing, root.pk)
    index_customers(list({one.pk: one for one in (source, survivor, root)}.values()))
    first, second = sorted((source.pk, survivor.pk))
    DuplicatePair.objects.filter(first_id=first, second_id=second).update(
        state=PairState.DIFFERENT, decided_at=now(), decided_by=merge.undone_by
    )
    _tell(actor, source, survivor, given_back)
    customer.version, customer.merged_into_id = source.version, None
    return source


def _save(customer: Customer) -> None:
    customer.version += 1
    customer.updated_at = now()
    customer.save()


def _rows_back(merge: CustomerMerge, source: Customer, root: Customer, at_whom: list[int]) -> None:
    """What the merge moved goes back, wherever it was carried since; later merges forget that they carried it."""
    carried = merges_above(merge)
    for rows in merge.rows.all():
        from_whom = [pk for pk in at_whom if rows.model_label != _ALIASES or pk == root.pk]
        point_at(rows.model_label, rows.field, rows.ids, source.pk, only_from=from_whom)
        ours = set(rows.ids) | ({source.pk} if rows.model_label == _ALIASES else set())
        for later in MergedRows.objects.filter(merge__in=carried, model_label=rows.model_label, field=rows.field):
            left = [pk for pk in later.ids if pk not in ours]
            if len(left) != len(later.ids):
                later.ids = left
                later.save(update_fields=["ids"])


def _later_merges_give_back(merge: CustomerMerge, names: Collection[str]) -> None:
    """Columns that a later merge changed again: that one will give back what was there before both."""
    for name in names:
        before, after = merge.columns[name]
        later_ones = CustomerMerge.objects.filter(
            survivor_id=merge.survivor_id, undone_at__isnull=True, pk__gt=merge.pk
        ).order_by("id")
        for later in later_ones:
            if later.columns.get(name, [None])[0] == after and name in later.columns:
                later.columns[name][0] = before
                later.save(update_fields=["columns"])
                break


def merges_above(merge: CustomerMerge) -> list[int]:
    """The standing merges by which the survivor itself became an alias later, up to who holds everything now."""
    found: list[int] = []
    above = CustomerMerge.objects.filter(merged_id=merge.survivor_id, undone_at__isnull=True).first()
    while above is not None:
        found.append(above.pk)
        above = CustomerMerge.objects.filter(merged_id=above.survivor_id, undone_at__isnull=True).first()
    return found


def _later_rows(merge: CustomerMerge, source: Customer, root: Customer) -> None:
    """Rows since the merge that came by a number or address only the merged one has go along."""
    points = ContactPoint.objects.filter(customer=source).values_list("value", flat=True)
    shared = ContactPoint.objects.filter(customer=root, value__in=points).values_list("value", flat=True)
    own = sorted(set(points) - set(shared))
    if not own:
        return
    for trace in customer_traces:
        noted = merge.rows.filter(model_label=trace.model_label, field=trace.field).first()
        if noted is None:
            continue
        manager: Any = apps.get_model(trace.model_label)._base_manager
        ids = list(
            manager.filter(**{trace.field: root.pk, "pk__gt": noted.last_id, f"{trace.path}__in": own}).values_list(
                "pk", flat=True
            )
        )
        point_at(trace.model_label, trace.field, ids, source.pk)


def _tell(actor: Any, source: Customer, survivor: Customer, given_back: list[str]) -> None:
    trail.record(actor=actor, action="customer.unmerge", record=source, after={"from": survivor.pk})
    trail.record(
        actor=actor, action="customer.give_back", record=survivor, after={"unmerged": source.pk, "fields": given_back}
    )
    for one, other in ((source, survivor), (survivor, source)):
        record_activity(
            customer=one, verb="customer.unmerged", data={"name": str(other), "customer": other.pk}, actor=actor
        )
    publish(CustomersUnmerged(merged_id=source.pk, survivor_id=survivor.pk))
