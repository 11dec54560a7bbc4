"""The promises of the older story, reckoned by the engine itself, and what a broken one set off."""

from datetime import datetime

from halkhata.doors.cli.demo_data.chronicle.record import Record
from halkhata.doors.cli.demo_data.chronicle.story import Story
from halkhata.doors.cli.demo_data.lines import why_late
from halkhata.engines.work.choices import WorkEventKind
from halkhata.engines.work.models import DelayNote, EscalationFiring, SlaClock, SlaWarning, WorkEvent, WorkItem
from halkhata.engines.work.selectors.ladder import told_for
from halkhata.engines.work.selectors.promise_book import PromiseBook
from halkhata.engines.work.services.clocks import Reckoned, clock_rules, reckon, step_name
from halkhata.engines.work.services.thresholds import BROKEN
from halkhata.foundation.audit.trail import SYSTEM


class Promises:
    """Writes clocks, warnings and escalations."""

    def __init__(self, *, record: Record, now: datetime) -> None:
        self.record, self.now = record, now

    def write(self, stories: list[Story]) -> None:
        """Clocks by the engine; for broken promises the steps of the matrix that were due before the end."""
        book = PromiseBook()
        for story in stories:
            clocks = reckon(story.item, at=self.now, book=book)
            if story.item.is_breached:
                self._escalate(story, clocks, book)

    def _escalate(self, story: Story, clocks: list[Reckoned], book: PromiseBook) -> None:
        item, events, level = story.item, [], 0
        self._explain(story, [clock.row for clock in clocks if clock.row.breached_at is not None])
        for clock in clocks:
            stop = clock.row.stopped_at
            if clock.row.breached_at is None or stop is None:
                continue
            SlaWarning.objects.create(clock=clock.row, share=BROKEN, at=clock.row.breached_at)
            for rule, share in clock_rules(item, clock.row, book):
                reached = clock.instant_at(share)
                if reached is None or reached > stop:
                    continue
                person, rung = told_for(rule.level, item, reached)
                EscalationFiring.objects.create(
                    item=item,
                    rule=rule,
                    clock=clock.row,
                    step=step_name(rule, clock.row),
                    level=rule.level,
                    at=reached,
                    told_label=person.audit_label,
                )
                data = {
                    "level": rule.level,
                    "trigger": rule.trigger,
                    "threshold": rule.threshold,
                    "metric": clock.row.metric,
                    "told": person.audit_label,
                    "rung": rung,
                }
                events.append(
                    WorkEvent(
                        item=item, at=reached, kind=WorkEventKind.ESCALATED, actor_label=SYSTEM.audit_label, data=data
                    )
                )
                self.record.note(story, reached, SYSTEM, "work.escalate", after=data)
                level = max(level, rule.level)
        WorkEvent.objects.bulk_create(sorted(events, key=lambda event: event.at))
        WorkItem.objects.filter(pk=item.pk).update(escalation_level=level)

    def _explain(self, story: Story, broken: list[SlaClock]) -> None:
        """Whoever resolved it said why it was late."""
        at = story.ended_at
        DelayNote.objects.bulk_create(
            DelayNote(
                item=story.item,
                clock=clock,
                at=at,
                reason=why_late(story.plan.scene.cause),
                actor_id_then=story.resolver.pk,
                actor_label=story.resolver.audit_label,
            )
            for clock in broken
        )
        SlaClock.objects.filter(pk__in=[clock.pk for clock in broken]).update(explained_at=at)
