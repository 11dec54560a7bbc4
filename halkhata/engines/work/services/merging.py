"""Merging one item into another, and undoing it exactly (A52.14, docs/adr/0014).

Nothing is moved: the survivor's promises are reckoned from the histories of both, its page shows the messages of both.
The merged item's row and the promise clocks of both are kept in the merge as they were, and come back from there.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import DateTimeField
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import PRIORITY_ORDER, ClockState, Priority, StateFlag
from halkhata.engines.work.models import EscalationFiring, ItemMerge, SlaClock, SlaPolicy, WorkItem
from halkhata.engines.work.selectors.promise_book import PromiseBook
from halkhata.engines.work.services.batch import Batch
from halkhata.engines.work.services.clocks import reckon
from halkhata.engines.work.services.item_history import lock_items, update_item
from halkhata.engines.work.services.ownership import change_priority
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, NotFound
from halkhata.foundation.core.text import clean_text

MERGED = "merged"
"""The state code every desk uses for an item that became part of another."""
_KEPT_COLUMNS = (
    "state", "state_flag", "resolved_at", "closed_at", "next_due_at", "next_due_metric", "is_breached",
    "unexplained_delays",
)  # fmt: skip
_CLOCK_COLUMNS = tuple(f.attname for f in SlaClock._meta.concrete_fields)
_CLOCK_TIMES = frozenset(f.attname for f in SlaClock._meta.concrete_fields if isinstance(f, DateTimeField))


def merge_items(*, actor: Actor | None, item: WorkItem, survivor: WorkItem, reason: str = "") -> ItemMerge:
    """Merge ``item`` into ``survivor``, both held by the caller's transaction.

    The survivor gets the higher of the two priorities, and its promises count from the earlier opening. Open clocks of
    the merged item end as "merged": neither kept nor late. Raises Conflict: ``merge_same``, ``merge_again`` (either is
    merged already).
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("merge_items() belongs inside a transaction")
    if item.pk == survivor.pk:
        raise Conflict("merge_same", _("A ticket cannot be merged into itself."), field="into")
    locked = lock_items([item.pk, survivor.pk])
    if len(locked) != 2:
        raise NotFound("item_not_found", _("There is no such piece of work."))
    source, target = locked[item.pk], locked[survivor.pk]
    if source.merged_into_id is not None or target.merged_into_id is not None:
        raise Conflict("merge_again", _("One of the two has been merged already. Please look at it again."))
    at = now()
    was_over, told_already = source.state_flag == StateFlag.RESOLVED, source.is_breached or target.is_breached
    merge = ItemMerge.objects.create(
        merged=source,
        survivor=target,
        at=at,
        by=actor if isinstance(actor, User) else None,
        by_label=actor.audit_label[:150] if actor is not None else "",
        reason=clean_text(reason, max_length=200),
        before={
            "merged": {name: _plain(getattr(source, name)) for name in _KEPT_COLUMNS},
            "merged_clocks": _snapshot(source),
            "survivor_clocks": _snapshot(target),
            "priority": target.priority,
        },
    )
    SlaClock.objects.filter(item_id=source.pk, stopped_at__isnull=True).exclude(state=ClockState.CANCELLED).update(
        # Broken or not, it is the survivor's to answer for from now on; nothing is counted twice.
        state=ClockState.MERGED,
        stopped_at=at,
        breached_at=None,
        breached_policy_version=None,
    )
    SlaClock.objects.filter(item_id=source.pk).update(next_check_at=None)
    update_item(
        source,
        merged_into=target,
        state=MERGED,
        state_flag=StateFlag.RESOLVED,
        resolved_at=source.resolved_at or at,
        next_due_at=None,
        next_due_metric="",
        is_breached=SlaClock.objects.filter(item_id=source.pk, breached_at__isnull=False).exists(),
        unexplained_delays=0,
        last_activity_at=at,
    )
    # What had been merged into it goes along, so that the way to the survivor is always one step.
    WorkItem.objects.filter(merged_into_id=source.pk).update(merged_into=target)
    update_item(target, last_activity_at=at)
    higher = max(source.priority, target.priority, key=lambda code: PRIORITY_ORDER[Priority(code)])
    if higher != target.priority and not was_over:
        change_priority(actor=actor, item=target, priority=higher, reason=source.number)
    _reckon_anew(target, quiet=told_already)
    for one, other, action in ((source, target, "work.merge"), (target, source, "work.take_in")):
        record(actor=actor, action=action, record=one, after={"with": other.number, "reason": merge.reason})
    return merge


def unmerge_item(*, actor: Actor | None, merge: ItemMerge) -> ItemMerge:
    """Undo a merge: both items are as they were, and what happened since counts for each of them from its own history.

    Runs in the caller's transaction. Raises Conflict ``not_merged`` when it is undone already.
    """
    ids = [merge.merged_id, merge.survivor_id]
    root_id = WorkItem.objects.values_list("merged_into_id", flat=True).get(pk=merge.merged_id)
    locked = lock_items([*ids, *([root_id] if root_id else [])])
    merge = ItemMerge.objects.select_for_update().get(pk=merge.pk)
    source, survivor = locked[merge.merged_id], locked[merge.survivor_id]
    if merge.undone_at is not None or root_id is None:
        raise Conflict("not_merged", _("This merge has been undone already."))
    at = now()
    merge.undone_at, merge.undone_by = at, actor if isinstance(actor, User) else None
    merge.save(update_fields=["undone_at", "undone_by"])
    kept = merge.before["merged"]
    update_item(
        source,
        merged_into=None,
        last_activity_at=at,
        **{name: _time(kept[name]) if name.endswith("_at") else kept[name] for name in _KEPT_COLUMNS},
    )
    WorkItem.objects.filter(pk__in=_led_through(source.pk)).update(merged_into=source)
    _restore(source, merge.before["merged_clocks"])
    _take_back(survivor, merge.before["survivor_clocks"])
    # A later merge into the same survivor remembers clocks that this one had changed.
    for later in ItemMerge.objects.filter(survivor=survivor, undone_at__isnull=True, pk__gt=merge.pk):
        later.before = {**later.before, "survivor_clocks": merge.before["survivor_clocks"]}
        later.save(update_fields=["before"])
    update_item(survivor, last_activity_at=at)
    _give_priority_back(actor, survivor, source, merge)
    for one in {source.pk: source, survivor.pk: survivor, root_id: locked[root_id]}.values():
        if one.merged_into_id is None:
            _reckon_anew(one)
    for one, other in ((source, survivor), (survivor, source)):
        record(actor=actor, action="work.unmerge", record=one, after={"from": other.number})
    return merge


def _take_back(survivor: WorkItem, clocks: list[dict[str, Any]]) -> None:
    """The survivor's clocks as before; when it was merged itself since, those that will come back with it."""
    above = ItemMerge.objects.filter(merged=survivor, undone_at__isnull=True).first()
    if above is None:
        _restore(survivor, clocks)
        return
    above.before = {**above.before, "merged_clocks": clocks}
    above.save(update_fields=["before"])
    while above is not None:
        top = above
        above = ItemMerge.objects.filter(merged_id=top.survivor_id, undone_at__isnull=True).first()
    _restore(WorkItem.objects.get(pk=top.survivor_id), top.before["survivor_clocks"])


def _led_through(item_id: int) -> list[int]:
    """Everything whose standing merges lead through this item."""
    found: list[int] = []
    level = [item_id]
    while level:
        level = list(
            ItemMerge.objects.filter(survivor_id__in=level, undone_at__isnull=True).values_list("merged_id", flat=True)
        )
        found += level
    return found


def _give_priority_back(actor: Actor | None, survivor: WorkItem, source: WorkItem, merge: ItemMerge) -> None:
    """The survivor's own priority again, unless somebody has set another meanwhile."""
    before = merge.before["priority"]
    if before != survivor.priority and survivor.priority == source.priority and survivor.merged_into_id is None:
        change_priority(actor=actor, item=survivor, priority=before, reason=source.number)


def _snapshot(item: WorkItem) -> list[dict[str, Any]]:
    rows = SlaClock.objects.filter(item_id=item.pk).order_by("pk").values(*_CLOCK_COLUMNS)
    return [{name: _plain(value) for name, value in row.items()} for row in rows]


def _restore(item: WorkItem, snapshot: Iterable[dict[str, Any]]) -> None:
    """The clocks as they were kept; clocks that only the merge had brought go."""
    kept = {row["id"]: row for row in snapshot}
    new = SlaClock.objects.filter(item_id=item.pk).exclude(pk__in=kept)
    # What was escalated stays escalated, also when its clock goes.
    EscalationFiring.objects.filter(clock__in=new).update(clock=None)
    new.delete()
    policies = set(SlaPolicy.objects.values_list("pk", flat=True))
    for pk, row in kept.items():
        if row["policy_id"] not in policies:
            row = {**row, "policy_id": None}
        values = {name: _time(value) if name in _CLOCK_TIMES else value for name, value in row.items() if name != "id"}
        SlaClock.objects.filter(pk=pk).update(**values)


def _reckon_anew(item: WorkItem, *, quiet: bool = True) -> None:
    """Bring the clocks in line with the history. ``quiet``: what is found broken has been told already."""
    batch = Batch()
    item.refresh_from_db()
    reckon(item, at=now(), book=PromiseBook(), batch=batch)
    if quiet:
        batch.events.clear()
    batch.write()


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _time(value: str | None) -> datetime | None:
    return None if value is None else parse_datetime(value)
