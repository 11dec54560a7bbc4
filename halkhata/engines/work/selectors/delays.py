"""The reasons of delay a shop knows, and what was said about the broken promises of an item (A51.9, US-12)."""

from collections.abc import Collection
from dataclasses import dataclass

from halkhata.engines.work.choices import ClockState, DelayCause
from halkhata.engines.work.models import DelayNote, DelayReason, SlaClock, WorkItem


@dataclass(frozen=True)
class Reason:
    """One reason as people choose it. ``is_known``: the product knows it; the shop may only rename or rest it."""

    code: str
    label: str
    needs_note: bool
    is_active: bool
    is_known: bool
    row: DelayReason | None = None


def delay_reasons(*, also_resting: bool = False) -> list[Reason]:
    """The reasons in the order of the list, "other" last: one query. Labels in the reader's language."""
    rows = {row.code: row for row in DelayReason.objects.order_by("position", "code")}
    found: list[tuple[int, int, Reason]] = []
    for number, cause in enumerate(DelayCause):
        row = rows.pop(cause.value, None)
        found.append(
            (
                row.position if row is not None else (number + 1) * 10,
                number,
                Reason(
                    code=cause.value,
                    label=row.name if row is not None else str(cause.label),
                    # "Other" says nothing by itself, whatever the shop calls it.
                    needs_note=cause is DelayCause.OTHER or (row is not None and row.needs_note),
                    is_active=row is None or row.is_active,
                    is_known=True,
                    row=row,
                ),
            )
        )
    for number, row in enumerate(rows.values(), start=len(found)):
        own = Reason(
            code=row.code, label=row.name, needs_note=row.needs_note, is_active=row.is_active, is_known=False, row=row
        )
        found.append((row.position, number, own))
    found.sort(key=lambda entry: (entry[2].code == DelayCause.OTHER, *entry[:2]))
    return [reason for _position, _number, reason in found if also_resting or reason.is_active]


def reason_labels() -> dict[str, str]:
    """The words of every reason by its code, those out of use too: one query. For lists of what was said."""
    return {reason.code: reason.label for reason in delay_reasons(also_resting=True)}


def broken_clocks(item: WorkItem) -> list[SlaClock]:
    """The broken promises of an item in the order in which they broke, whether somebody said why or not: one query."""
    return list(item.clocks.filter(breached_at__isnull=False).exclude(state=ClockState.MERGED).order_by("breached_at"))


def delay_notes(item: WorkItem) -> list[DelayNote]:
    """What was said about the delays of an item, oldest first: one query."""
    return list(item.delay_notes.select_related("clock").order_by("at", "id"))


def latest_delay_notes(ids: Collection[int]) -> dict[int, DelayNote]:
    """The last thing said about each of these items, by item id: one query."""
    return {note.item_id: note for note in DelayNote.objects.filter(item_id__in=ids).order_by("at", "id")}


def owes_reason(item: WorkItem) -> bool:
    """Whether a broken promise of the item waits for its reason, also one that broke after the end: one query."""
    waiting = item.clocks.filter(breached_at__isnull=False, explained_at__isnull=True)
    return waiting.exclude(state=ClockState.MERGED).exists()
