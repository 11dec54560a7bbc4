"""Planned calls of the older story: made, with their outcome."""

from datetime import datetime

from halkhata.doors.cli.demo_data.chronicle.record import Record
from halkhata.doors.cli.demo_data.chronicle.story import Story
from halkhata.engines.work.choices import Channel, StateFlag, TaskState, WorkEventKind
from halkhata.engines.work.models import WorkEvent, WorkItem
from halkhata.engines.work.registry import item_kinds
from halkhata.foundation.audit.trail import SYSTEM


class Calls:
    """Writes calls one by one: each needs its number and its parent."""

    def __init__(self, record: Record) -> None:
        self.record = record

    def add(
        self,
        story: Story,
        *,
        kind: str,
        opened: datetime,
        planned: datetime,
        done: datetime,
        cause: str,
        subject: str,
        outcome: str,
        note: str,
    ) -> None:
        """Write one call, as plan_task and complete_task leave it."""
        owner = story.item.owner
        item = WorkItem.objects.create(
            number=self.record.next_number(item_kinds.get(kind).prefix),
            kind=kind,
            subject=subject[:200],
            customer=story.customer,
            parent=story.item,
            branch=story.item.branch,
            team=story.item.team,
            owner=owner,
            channel=Channel.INTERNAL,
            state=TaskState.DONE,
            state_flag=StateFlag.RESOLVED,
            opened_at=opened,
            resolved_at=done,
            last_activity_at=done,
            last_update_at=done,
            cause=cause,
            planned_at=planned,
            outcome=outcome,
            outcome_note=note,
            version=3,
            is_demo=True,
        )
        who = {"owner": owner.audit_label, "owner_id": owner.pk}
        WorkEvent.objects.bulk_create(
            [
                WorkEvent(
                    item=item,
                    at=opened,
                    kind=WorkEventKind.OPENED,
                    actor_label=SYSTEM.audit_label,
                    state_flag=StateFlag.OPEN,
                    data={"priority": item.priority, "channel": Channel.INTERNAL.value, "state": "new", **who},
                ),
                WorkEvent(
                    item=item,
                    at=done,
                    kind=WorkEventKind.RESOLVED,
                    actor_id_then=owner.pk,
                    actor_label=owner.audit_label,
                    state_flag=StateFlag.RESOLVED,
                    data={"outcome": str(outcome), "from": "new", "to": "done"},
                ),
            ]
        )
        self.record.note_task(story, item, opened=opened, done=done, outcome=outcome)
