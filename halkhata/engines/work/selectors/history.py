"""From the stored history of an item to the events and clocks of the pure promise engine (A51.5)."""

from collections.abc import Iterable

from halkhata.engines.work.choices import Metric, StateFlag, WorkEventKind
from halkhata.engines.work.models import WorkEvent, WorkItem
from halkhata.engines.work.promise.history import ClockKind, ClockPlan, EventKind, HistoryEvent, Targets, plan_clocks
from halkhata.engines.work.selectors.merged import family, told_history
from halkhata.engines.work.selectors.promise_book import Terms

METRIC_OF = {
    ClockKind.FIRST_RESPONSE: Metric.FIRST_RESPONSE,
    ClockKind.NEXT_RESPONSE: Metric.NEXT_RESPONSE,
    ClockKind.RESOLUTION: Metric.RESOLUTION,
}
KIND_OF = {metric: kind for kind, metric in METRIC_OF.items()}
_PLAIN = {
    WorkEventKind.CUSTOMER_MESSAGE: EventKind.CUSTOMER_MESSAGE,
    WorkEventKind.HUMAN_REPLY: EventKind.HUMAN_REPLY,
    WorkEventKind.AUTOMATIC_REPLY: EventKind.AUTO_REPLY,
}
_NO_TARGETS = Targets()


def promise_events(
    rows: Iterable[WorkEvent], targets: dict[str, Targets], *, item_id: int | None = None
) -> list[HistoryEvent]:
    """The facts that matter to a promise, in the words of the pure engine.

    ``rows`` come in the order of time. ``targets`` are the policy's by priority. A change of the state flag becomes
    a pause, a resume, a resolve or a reopen; what leaves the flag alone is no event at all. With ``item_id`` the rows
    may also be those of items merged into it: of these only what was said counts, and every opening after the first is
    the customer writing again.
    """
    events: list[HistoryEvent] = []
    flag = StateFlag.OPEN
    for row in rows:
        kind = WorkEventKind(row.kind)
        if kind is WorkEventKind.OPENED:
            # At the first opening the engine takes no notice of the message; it is the opening itself.
            events += [HistoryEvent(row.at, EventKind.OPENED), HistoryEvent(row.at, EventKind.CUSTOMER_MESSAGE)]
        elif kind in _PLAIN:
            events.append(HistoryEvent(row.at, _PLAIN[kind]))
        elif kind is WorkEventKind.NOTE:
            # Only a person's: whatever a machine writes answers nobody.
            public = bool(row.data.get("public")) and row.actor_id_then is not None
            events.append(HistoryEvent(row.at, EventKind.PUBLIC_NOTE if public else EventKind.INTERNAL_NOTE))
        elif item_id is not None and row.item_id != item_id:
            continue
        elif kind is WorkEventKind.PRIORITY_CHANGED:
            new = targets.get(str(row.data.get("to", "")), _NO_TARGETS)
            events.append(HistoryEvent(row.at, EventKind.PRIORITY_CHANGED, new))
        if row.state_flag and row.state_flag != flag and item_id in (None, row.item_id):
            events.extend(HistoryEvent(row.at, change) for change in _flag_changes(flag, StateFlag(row.state_flag)))
            flag = StateFlag(row.state_flag)
    return events


def _flag_changes(old: StateFlag, new: StateFlag) -> list[EventKind]:
    if new is StateFlag.RESOLVED:
        return [EventKind.RESOLVED]
    changes = [EventKind.REOPENED] if old is StateFlag.RESOLVED else []
    if new is StateFlag.PAUSED:
        changes.append(EventKind.PAUSED)
    elif old is StateFlag.PAUSED:
        changes.append(EventKind.RESUMED)
    return changes


def plan_for(item: WorkItem, terms: Terms, rows: Iterable[WorkEvent] | None = None) -> ClockPlan:
    """All clocks of an item as its history tells them, under the terms given. HistoryError without an opening."""
    if rows is None:
        rows = WorkEvent.objects.filter(item__in=family(item.pk)).order_by("at", "id")
    history = told_history(item.pk, rows)
    opening = next((row for row in history if row.kind == WorkEventKind.OPENED and row.item_id == item.pk), None)
    priority = str(opening.data.get("priority", item.priority)) if opening is not None else item.priority
    return plan_clocks(
        promise_events(history, terms.targets, item_id=item.pk),
        terms.targets.get(priority, _NO_TARGETS),
        public_notes_count=terms.policy.notes_count_as_answer,
    )
