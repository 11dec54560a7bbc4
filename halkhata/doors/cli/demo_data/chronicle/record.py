"""What the older story leaves in the audit trail, in the customers' timelines and in the counters of numbers."""

from datetime import datetime
from typing import Any

from halkhata.doors.cli.demo_data.chronicle.story import BATCH, Story
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.models import NumberSequence
from halkhata.records.customers.models import Activity


class Record:
    """Collects entries while the story is told, and writes them in order of time."""

    def __init__(self) -> None:
        self._audit: list[AuditEntry] = []
        self._activities: list[Activity] = []
        self._numbers = {prefix: _last_number(prefix) for prefix in ("K", "F", "S")}

    def next_number(self, prefix: str) -> str:
        """The next number of this kind: "K-1001"."""
        self._numbers[prefix] += 1
        return f"{prefix}-{self._numbers[prefix]}"

    def note(self, story: Story, at: datetime, actor: Any, action: str, *, after: dict[str, Any] | None = None) -> None:
        """An act on the ticket, for the audit trail."""
        self._audit.append(_entry(story.item, at, actor, action, after, type_name="tickets.ticket"))

    def tell(self, story: Story, at: datetime, verb: str, actor: Any, **values: Any) -> None:
        """A line of the customer's timeline about the ticket."""
        place = "tickets" if verb.startswith("ticket.") else "work"
        self._activities.append(
            Activity(
                customer=story.customer,
                at=at,
                verb=verb,
                data={"number": story.item.number, **values},
                url="" if verb == "survey.answered" else f"/{place}/{story.item.number}/",
                actor_label=actor.audit_label if actor is not None else "",
                is_demo=True,
            )
        )

    def note_task(self, story: Story, item: WorkItem, *, opened: datetime, done: datetime, outcome: str) -> None:
        """A planned call that was made: two entries of the trail, one line of the timeline."""
        owner = story.item.owner
        self._audit.append(_entry(item, opened, SYSTEM, "work.open", {"kind": item.kind, "owner": owner.audit_label}))
        self._audit.append(_entry(item, done, owner, "work.state", {"state": "done", "flag": "resolved"}))
        values = {"number": item.number, "subject": item.subject, "kind": item.kind, "outcome": str(outcome)}
        self._activities.append(
            Activity(
                customer=story.customer,
                at=done,
                verb="work.task_done",
                data=values,
                url=f"/work/{item.number}/",
                actor_label=owner.audit_label,
                is_demo=True,
            )
        )

    def write(self) -> None:
        """Write all that was collected."""
        AuditEntry.objects.bulk_create(sorted(self._audit, key=lambda row: row.at), batch_size=BATCH)
        Activity.objects.bulk_create(sorted(self._activities, key=lambda row: row.at), batch_size=BATCH)
        for prefix, last in self._numbers.items():
            NumberSequence.objects.update_or_create(prefix=prefix, defaults={"last_value": last})


def _entry(
    item: WorkItem,
    at: datetime,
    actor: Any,
    action: str,
    after: dict[str, Any] | None,
    type_name: str = "work.workitem",
) -> AuditEntry:
    return AuditEntry(
        at=at,
        actor_id=actor.pk,
        actor_label=actor.audit_label,
        action=action,
        record_type=type_name,
        record_id=str(item.pk),
        record_label=str(item)[:200],
        after=after,
        is_demo=True,
    )


def _last_number(prefix: str) -> int:
    return NumberSequence.objects.filter(prefix=prefix).values_list("last_value", flat=True).first() or 1000
