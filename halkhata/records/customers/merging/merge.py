"""Two customers become one (A56.6, ADR 0015): nothing is lost, and everything is noted so that it can be undone."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit import trail
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.events import CustomersMerged
from halkhata.records.customers.merging.fields import MERGED, merge_lines, read_choices, take_columns
from halkhata.records.customers.merging.first_ones import settle_first_ones
from halkhata.records.customers.merging.locking import lock_customers, refuse_other_version
from halkhata.records.customers.merging.rows import last_id, links_that_move, move_rows
from halkhata.records.customers.models import (
    ContactPoint,
    Customer,
    CustomerMerge,
    DuplicatePair,
    MergedRows,
    PairState,
)
from halkhata.records.customers.registry import merge_participants
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.search_index import index_customers

ALIAS_LINK = (Customer._meta.label, "merged_into")


@transaction.atomic
def merge_customers(
    *,
    actor: Any,
    merged: Customer,
    survivor: Customer,
    chosen: Mapping[str, str] | None = None,
    reason: str = "",
    merged_version: int | None = None,
    survivor_version: int | None = None,
) -> CustomerMerge:
    """Merge ``merged`` into ``survivor``: its rows move there, and it stays as an alias whose id leads on.

    ``chosen`` says field by field whose value holds: {name: "survivor" | "merged", "note" also "both"}; without a
    word the survivor's, or the other's where the survivor has none. Raises PermissionRefused, NotFound; Conflict
    ``merge_same``, ``merge_again`` (one of them is merged already), ``demo_and_true``, ``changed_meanwhile``;
    DomainError ``unknown_choice``.
    """
    choices = read_choices(chosen or {})
    if merged.pk == survivor.pk:
        raise Conflict("merge_same", _("A customer cannot be merged into the same customer."), field="with")
    held = lock_customers(actor, [merged.pk, survivor.pk])
    source, target = held[merged.pk], held[survivor.pk]
    refuse_other_version(source, merged_version)
    refuse_other_version(target, survivor_version)
    if source.merged_into_id is not None or target.merged_into_id is not None:
        raise Conflict("merge_again", _("One of the two has been merged already. Please look at it again."))
    if source.is_demo != target.is_demo:
        raise Conflict("demo_and_true", _("An invented customer of the demo cannot be merged with a true one."))
    at = now()
    merge = CustomerMerge.objects.create(
        merged=source,
        survivor=target,
        at=at,
        by=actor if isinstance(actor, User) else None,
        by_label=actor.audit_label[:150] if actor is not None else "",
        reason=clean_text(reason, max_length=200),
    )
    kept: dict[str, Any] = {}
    for code, field in merge_lines():
        side = choices.get(f"more.{code}")
        if side == MERGED or (side is None and not field.read(target) and field.read(source)):
            kept[f"field.{code}"] = field.take(survivor=target, merged=source)
    moved = _move_everything(merge, source, target)
    merge.columns = take_columns(target, source, choices)
    merge.first_ones = settle_first_ones(target, set(moved.get((ContactPoint._meta.label, "customer"), ())))
    source.merged_into = target
    for one in (source, target):
        one.version += 1
        one.updated_at = at
        one.save()
    for code, participant in sorted(merge_participants.items(), key=lambda entry: entry[1].order):
        kept[code] = participant.merge(actor=actor, merge=merge, survivor=target, merged=source)
    merge.kept = kept
    merge.save(update_fields=["columns", "first_ones", "kept"])
    index_customers([target, source])
    _decide_pair(merge, PairState.MERGED)
    _tell(actor, merge, source, target, moved)
    for fresh, seen in ((target, survivor), (source, merged)):
        seen.version, seen.merged_into_id = fresh.version, fresh.merged_into_id
    return merge


def _move_everything(merge: CustomerMerge, source: Customer, target: Customer) -> dict[tuple[str, str], list[int]]:
    moved = {}
    for link in links_that_move():
        ids = move_rows(link, source_id=source.pk, target_id=target.pk)
        moved[link.model_label, link.field] = ids
        MergedRows.objects.create(
            merge=merge,
            model_label=link.model_label,
            field=link.field,
            ids=ids,
            last_id=last_id(link.model_label),
        )
    return moved


def _decide_pair(merge: CustomerMerge, state: PairState) -> None:
    first, second = sorted((merge.merged_id, merge.survivor_id))
    DuplicatePair.objects.filter(first_id=first, second_id=second).update(
        state=state, decided_at=now(), decided_by=merge.by
    )


def _tell(
    actor: Any, merge: CustomerMerge, source: Customer, target: Customer, moved: dict[tuple[str, str], list[int]]
) -> None:
    counts = {f"{label}.{field}": len(ids) for (label, field), ids in moved.items() if ids}
    trail.record(
        actor=actor,
        action="customer.take_in",
        record=target,
        before={name: values[0] for name, values in merge.columns.items()},
        after={"merged": source.pk, "moved": counts, **{name: values[1] for name, values in merge.columns.items()}},
        note=merge.reason,
    )
    trail.record(actor=actor, action="customer.merge", record=source, after={"into": target.pk}, note=merge.reason)
    record_activity(
        customer=target, verb="customer.merged", data={"name": str(source), "customer": source.pk}, actor=actor
    )
    publish(CustomersMerged(merged_id=source.pk, survivor_id=target.pk))
