"""Plans the tickets of the older story, writes them and their history, and lets the others write what hangs on them."""

from datetime import datetime, timedelta
from random import Random

from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.services.priority import priority_of
from halkhata.desks.tickets.services.states import REOPEN_WINDOW
from halkhata.doors.cli.demo_data.chronicle.calls import Calls
from halkhata.doors.cli.demo_data.chronicle.correspondence import Correspondence
from halkhata.doors.cli.demo_data.chronicle.endings import Endings
from halkhata.doors.cli.demo_data.chronicle.promises import Promises
from halkhata.doors.cli.demo_data.chronicle.record import Record
from halkhata.doors.cli.demo_data.chronicle.story import BATCH, Story
from halkhata.doors.cli.demo_data.furnishing import House
from halkhata.doors.cli.demo_data.lines import lines_of
from halkhata.doors.cli.demo_data.plot import TicketPlan
from halkhata.engines.work.choices import StateFlag
from halkhata.engines.work.models import WorkEvent, WorkItem
from halkhata.engines.work.registry import item_kinds
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.customers.models import Customer


class Chronicle:
    """Collects rows and writes them table by table."""

    def __init__(self, *, house: House, people: dict[str, Customer], now: datetime, dice: Random) -> None:
        self.house, self.people, self.now, self.dice = house, people, now, dice
        self._turn: dict[int, int] = {}
        self._agents = {
            team.pk: list(team.members.filter(role__level=1, is_active=True).order_by("pk"))
            for team in house.teams.values()
        }
        self.record = Record()
        self._correspondence = Correspondence(house=house, record=self.record)
        self._endings = Endings(record=self.record, calls=Calls(self.record), now=now, dice=dice)
        self._promises = Promises(record=self.record, now=now)

    def write(self, plans: list[TicketPlan]) -> None:
        """Write these tickets, oldest first, with everything that hangs on them."""
        stories = [self._story(plan) for plan in plans]
        WorkItem.objects.bulk_create([story.item for story in stories], batch_size=BATCH)
        for story in stories:
            story.ticket = self._ticket(story)
        self._write_history(stories)
        self._correspondence.write(stories)
        self._endings.write(stories)
        self._promises.write(stories)
        self.record.write()

    def _story(self, plan: TicketPlan) -> Story:
        customer, branch = self.people[plan.person], self.house.branches[plan.shop]
        team = self.house.team_for(plan.shop, plan.scene.category)
        agents = self._agents[team.pk]
        turn = self._turn[team.pk] = self._turn.get(team.pk, -1) + 1
        owner = agents[turn % len(agents)]
        ended = plan.ended_at
        assert ended is not None
        closes = ended + REOPEN_WINDOW + timedelta(minutes=7)
        closed = closes if closes <= self.now else None
        resolver = owner if owner.may("ticket.resolve") else (team.lead or self.house.staff["malik"])
        item = WorkItem(
            number=self.record.next_number(item_kinds.get(plan.scene.kind).prefix),
            kind=plan.scene.kind,
            subject=plan.scene.words(plan.language).subject,
            customer=customer,
            branch=branch,
            team=team,
            owner=owner,
            channel=plan.channel,
            priority=priority_of(plan.scene.impact, plan.scene.urgency).value,
            state=(TicketState.CLOSED if closed else TicketState.RESOLVED).value,
            state_flag=StateFlag.RESOLVED.value,
            opened_at=plan.opened_at,
            resolved_at=ended,
            closed_at=closed,
            last_activity_at=closed or ended,
            last_update_at=ended,
            reopen_count=int(plan.back_at is not None),
            is_demo=True,
        )
        lines = lines_of(plan, item, resolver=resolver, closed=closed, dice=self.dice)
        item.version = len(lines)
        return Story(
            plan=plan, customer=customer, item=item, lines=lines, ended_at=ended, closed_at=closed, resolver=resolver
        )

    def _ticket(self, story: Story) -> Ticket:
        plan = story.plan
        ticket = Ticket(
            workitem_ptr_id=story.item.pk,
            ticket_kind=plan.scene.kind,
            category=self.house.categories[plan.scene.category],
            impact=plan.scene.impact,
            urgency=plan.scene.urgency,
            description=plan.scene.words(plan.language).text.format(**plan.filled),
            serial=plan.unit,
        )
        # The row of the shared table is there already; only the desk's own is added.
        ticket.save_base(raw=True, force_insert=True)
        self.record.note(
            story, plan.opened_at, SYSTEM, "work.open", after={"kind": story.item.kind, "channel": plan.channel}
        )
        self.record.tell(
            story,
            plan.opened_at,
            "work.opened",
            None,
            subject=story.item.subject,
            kind=story.item.kind,
            channel=plan.channel,
        )
        return ticket

    def _write_history(self, stories: list[Story]) -> None:
        WorkEvent.objects.bulk_create(
            [
                WorkEvent(
                    item=story.item,
                    at=line.at,
                    kind=line.kind,
                    actor_id_then=line.actor.pk,
                    actor_label=line.actor.audit_label,
                    state_flag=line.flag,
                    data=line.data,
                )
                for story in stories
                for line in story.lines
            ],
            batch_size=BATCH,
        )
