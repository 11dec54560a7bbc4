"""The older story, written in bulk: tickets that ended before the last days, row for row as the services leave them.

Three hundred tickets through the services would take a minute; like this they take seconds. Their promise clocks are
not invented: the engine's own ``reckon`` computes them from this history, so a recomputation changes nothing.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Any

from halkhata.desks.feedback.models import Survey, SurveyInvitation, SurveyResponse
from halkhata.desks.feedback.services.asking import token_hash
from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Resolution, Ticket
from halkhata.desks.tickets.services.priority import priority_of
from halkhata.desks.tickets.services.states import REOPEN_WINDOW
from halkhata.doors.cli.demo_data.comments import (
    COMMENTS_BN,
    COMMENTS_EN,
    FOLLOW_UP_NOTES,
)
from halkhata.doors.cli.demo_data.furnishing import House
from halkhata.doors.cli.demo_data.lines import BY_MAIL, Line, lines_of
from halkhata.doors.cli.demo_data.plot import TicketPlan
from halkhata.engines.messaging.choices import BlockReason, Direction, OutboundState
from halkhata.engines.messaging.models import Conversation, Delivery, Message
from halkhata.engines.messaging.services.composing import new_message_id, tagged_subject
from halkhata.engines.work.choices import Channel, Outcome, StateFlag, TaskState, WorkEventKind
from halkhata.engines.work.models import (
    ChecklistItem,
    ChecklistTemplate,
    EscalationFiring,
    SlaWarning,
    WorkEvent,
    WorkItem,
)
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.selectors.ladder import told_for
from halkhata.engines.work.selectors.promise_book import PromiseBook
from halkhata.engines.work.services.checklists import template_for
from halkhata.engines.work.services.clocks import BROKEN, Reckoned, clock_rules, reckon, step_name
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.formatting import format_ref
from halkhata.foundation.core.models import NumberSequence
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Activity, ContactPoint, Customer

_BATCH = 400


@dataclass(kw_only=True)
class _Story:
    """One ticket with its lines and, once written, its rows."""

    plan: TicketPlan
    customer: Customer
    item: WorkItem
    lines: list[Line]
    ended_at: datetime
    closed_at: datetime | None
    resolver: User
    ticket: Ticket | None = None


class Chronicle:
    """Collects rows and writes them table by table."""

    def __init__(self, *, house: House, people: dict[str, Customer], now: datetime, dice: Random) -> None:
        self.house, self.people, self.now, self.dice = house, people, now, dice
        self._turn: dict[int, int] = {}
        self._agents = {
            team.pk: list(team.members.filter(role__level=1, is_active=True).order_by("pk"))
            for team in house.teams.values()
        }
        self._numbers = {prefix: _last_number(prefix) for prefix in ("K", "F", "S")}
        self._templates: dict[tuple[str, str], ChecklistTemplate | None] = {}
        self._addresses = dict(
            ContactPoint.objects.filter(customer__isnull=False, kind=ContactKind.EMAIL, is_primary=True).values_list(
                "customer_id", "value"
            )
        )
        self._audit: list[AuditEntry] = []
        self._activities: list[Activity] = []

    def write(self, plans: list[TicketPlan]) -> None:
        """Write these tickets, oldest first, with everything that hangs on them."""
        stories = [self._story(plan) for plan in plans]
        WorkItem.objects.bulk_create([story.item for story in stories], batch_size=_BATCH)
        for story in stories:
            story.ticket = self._ticket(story)
        self._write_history(stories)
        self._write_conversations(stories)
        self._write_endings(stories)
        self._write_promises(stories)
        AuditEntry.objects.bulk_create(sorted(self._audit, key=lambda row: row.at), batch_size=_BATCH)
        Activity.objects.bulk_create(sorted(self._activities, key=lambda row: row.at), batch_size=_BATCH)
        for prefix, last in self._numbers.items():
            NumberSequence.objects.update_or_create(prefix=prefix, defaults={"last_value": last})

    # -- planning ------------------------------------------------------------------------------------------------

    def _next(self, prefix: str) -> str:
        self._numbers[prefix] += 1
        return f"{prefix}-{self._numbers[prefix]}"

    def _story(self, plan: TicketPlan) -> _Story:
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
            number=self._next(item_kinds.get(plan.scene.kind).prefix),
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
        return _Story(
            plan=plan, customer=customer, item=item, lines=lines, ended_at=ended, closed_at=closed, resolver=resolver
        )

    # -- writing -------------------------------------------------------------------------------------------------

    def _ticket(self, story: _Story) -> Ticket:
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
        self._note(story, plan.opened_at, SYSTEM, "work.open", after={"kind": story.item.kind, "channel": plan.channel})
        self._tell(
            story,
            plan.opened_at,
            "work.opened",
            None,
            subject=story.item.subject,
            kind=story.item.kind,
            channel=plan.channel,
        )
        return ticket

    def _write_history(self, stories: list[_Story]) -> None:
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
            batch_size=_BATCH,
        )

    def _write_conversations(self, stories: list[_Story]) -> None:
        conversations = Conversation.objects.bulk_create(
            [
                Conversation(
                    item=story.item,
                    mailbox=self.house.mailboxes[story.plan.shop],
                    customer_address=self._addresses.get(story.customer.pk, ""),
                )
                for story in stories
            ],
            batch_size=_BATCH,
        )
        messages, sent = [], []
        for story, conversation in zip(stories, conversations, strict=True):
            for line in story.lines:
                if line.direction:
                    message = self._message(story, conversation, line)
                    messages.append(message)
                    if line.by_mail and line.direction == Direction.OUTBOUND:
                        sent.append(message)
        Message.objects.bulk_create(messages, batch_size=_BATCH)
        Delivery.objects.bulk_create(
            [
                Delivery(
                    message=message,
                    mailbox=message.conversation.mailbox,
                    to_address=message.to_addresses[0],
                    cause=f"message:{message.pk}",
                    state=OutboundState.BLOCKED,
                    block_reason=BlockReason.DEMO,
                    next_try_at=message.at,
                    queued_at=message.at,
                    is_demo=True,
                )
                for message in sent
            ],
            batch_size=_BATCH,
        )

    def _message(self, story: _Story, conversation: Conversation, line: Line) -> Message:
        is_first = line.kind == WorkEventKind.OPENED
        channel = story.plan.channel if is_first else Channel.EMAIL if line.by_mail else Channel.PHONE
        if line.direction == Direction.NOTE:
            channel = Channel.INTERNAL
        message = Message(
            conversation=conversation,
            direction=line.direction,
            channel=str(channel),
            at=line.at,
            customer=story.customer,
            text=line.text,
            full_text=line.text if line.by_mail else "",
            counts_as_answer=line.kind == WorkEventKind.HUMAN_REPLY,
        )
        if is_first:
            message.author_label, message.subject = str(story.customer), story.item.subject
            message.from_address = conversation.customer_address if line.by_mail else ""
            return message
        message.author, message.author_label = line.actor, line.actor.audit_label
        if line.by_mail:
            assert conversation.mailbox is not None
            message.message_id = new_message_id(conversation, conversation.mailbox)
            message.from_address, message.to_addresses = conversation.mailbox.address, [conversation.customer_address]
            message.subject = tagged_subject(story.item.subject, story.item.number)
            self._note(story, line.at, line.actor, "message.send", after={"to": conversation.customer_address})
            self._tell(story, line.at, "message.sent", line.actor, channel=Channel.EMAIL.value)
        elif line.call:
            outbound, answered = line.call
            values = {"outbound": outbound, "answered": answered}
            self._note(story, line.at, line.actor, "message.call", after=values)
            self._tell(story, line.at, "message.call", line.actor, **values)
        else:
            self._note(story, line.at, line.actor, "message.note")
        return message

    def _write_endings(self, stories: list[_Story]) -> None:
        survey = Survey.objects.get(code=Survey.CSAT)
        resolutions = Resolution.objects.bulk_create(
            [row for story in stories for row in self._resolutions(story)], batch_size=_BATCH
        )
        ChecklistItem.objects.bulk_create(
            [row for story in stories for row in self._checklist(story)], batch_size=_BATCH
        )
        by_id = {story.item.pk: story for story in stories}
        invitations, answered, calls = [], [], []
        for resolution in resolutions:
            story = by_id[resolution.ticket_id]
            invitations.append(self._invitation(story, resolution, survey))
            if resolution.undone_at is None:
                answered.append(invitations[-1] if story.plan.score is not None else None)
                if story.plan.serial % 4 == 0:
                    calls.append((story, resolution))
        made = SurveyInvitation.objects.bulk_create(invitations, batch_size=_BATCH)
        wanted = {id(invitation) for invitation in answered if invitation is not None}
        self._write_answers([(by_id[row.item_id], row) for row in made if id(row) in wanted], survey)
        for story, resolution in calls:
            self._add_task(
                story,
                kind="follow_up",
                opened=story.ended_at,
                planned=story.ended_at + timedelta(days=3),
                done=story.ended_at + timedelta(days=3, minutes=40),
                cause=f"resolution:{resolution.pk}:day-3",
                subject=f"সমাধান টিকে আছে কি না জিজ্ঞেস করুন: {_bengali(story.item.number)}, ৩য় দিন",
                outcome=Outcome.SOLVED,
                note=self.dice.choice(FOLLOW_UP_NOTES),
            )

    def _resolutions(self, story: _Story) -> list[Resolution]:
        plan, rows = story.plan, []
        for number, at in enumerate(at for at in (plan.resolved_at, plan.resolved_again_at) if at):
            rows.append(
                Resolution(
                    ticket=story.ticket,
                    root_cause=plan.scene.cause,
                    action=plan.scene.words(story.resolver.language).action,
                    remedy=plan.scene.remedy,
                    told_by=story.resolver,
                    told_at=at,
                    told_how="e-mail" if plan.channel in BY_MAIL else "ফোন",
                    resolved_by=story.resolver,
                    resolved_at=at,
                    undone_at=plan.back_at if number == 0 else None,
                )
            )
            after = {"root_cause": plan.scene.cause, "remedy": plan.scene.remedy, "category": plan.scene.category}
            self._note(story, at, story.resolver, "ticket.resolve", after=after)
            self._tell(
                story, at, "ticket.resolved", story.resolver, subject=story.item.subject, remedy=plan.scene.remedy
            )
        if plan.back_at:
            self._tell(story, plan.back_at, "ticket.reopened", story.item.owner, subject=story.item.subject)
        if story.closed_at:
            self._tell(story, story.closed_at, "ticket.closed", None, subject=story.item.subject)
        return rows

    def _checklist(self, story: _Story) -> list[ChecklistItem]:
        key = (story.item.kind, story.plan.scene.category)
        if key not in self._templates:
            self._templates[key] = template_for(kind=key[0], category=key[1])
        template = self._templates[key]
        if template is None:
            return []
        return [
            ChecklistItem(
                item=story.item,
                position=line.position,
                name_bn=line.name_bn,
                name_en=line.name_en,
                is_required=line.is_required,
                done_at=story.ended_at + timedelta(hours=2),
                done_by=story.item.owner,
            )
            for line in template.lines.all()
        ]

    def _invitation(self, story: _Story, resolution: Resolution, survey: Survey) -> SurveyInvitation:
        cause = f"resolution:{resolution.pk}"
        return SurveyInvitation(
            survey=survey,
            item=story.item,
            customer=story.customer,
            agent=story.item.owner,
            # Nobody has these links; a hash of dice keeps the column unique.
            token_hash=token_hash(f"{cause}:{self.dice.getrandbits(192)}"),
            cause=cause,
            language=story.plan.language,
            created_at=resolution.resolved_at,
            expires_at=resolution.resolved_at + timedelta(days=survey.valid_days),
            is_demo=True,
        )

    def _write_answers(self, answers: list[tuple[_Story, SurveyInvitation]], survey: Survey) -> None:
        rows = []
        for story, invitation in answers:
            plan = story.plan
            assert plan.score is not None
            assert plan.answered_at is not None
            comments = COMMENTS_BN if plan.language == "bn" else COMMENTS_EN
            rows.append(
                SurveyResponse(
                    invitation=invitation,
                    score=plan.score,
                    comment=self.dice.choice(comments[plan.score]),
                    answered_at=plan.answered_at,
                )
            )
            self._tell(story, plan.answered_at, "survey.answered", None, score=plan.score)
        made = SurveyResponse.objects.bulk_create(rows, batch_size=_BATCH)
        for (story, _invitation), response in zip(answers, made, strict=True):
            if response.score > survey.recovery_threshold:
                continue
            at = response.answered_at
            if at + timedelta(hours=26) > self.now:
                continue
            self._add_task(
                story,
                kind="recovery",
                opened=at,
                planned=at + timedelta(hours=48),
                done=at + timedelta(hours=26),
                cause=f"survey-response:{response.pk}",
                subject=f"সম্পর্ক ফেরান: {_bengali(story.item.number)}, নম্বর ৫-এ {_bengali(str(response.score))}",
                outcome=Outcome.REACHED,
                note="ফোনে দুঃখ প্রকাশ করা হয়েছে, গ্রাহক কথা শুনে খুশি।",
            )

    def _add_task(
        self,
        story: _Story,
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
        """A planned call that was made, as plan_task and complete_task leave it."""
        owner = story.item.owner
        item = WorkItem.objects.create(
            number=self._next(item_kinds.get(kind).prefix),
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
        self._audit.append(_entry(item, opened, SYSTEM, "work.open", {"kind": kind, "owner": owner.audit_label}))
        self._audit.append(_entry(item, done, owner, "work.state", {"state": "done", "flag": "resolved"}))
        values = {"number": item.number, "subject": item.subject, "kind": kind, "outcome": str(outcome)}
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

    def _write_promises(self, stories: list[_Story]) -> None:
        """Clocks by the engine; for broken promises the steps of the matrix that were due before the end."""
        book = PromiseBook()
        for story in stories:
            clocks = reckon(story.item, at=self.now, book=book)
            if story.item.is_breached:
                self._escalate(story, clocks, book)

    def _escalate(self, story: _Story, clocks: list[Reckoned], book: PromiseBook) -> None:
        item, events, level = story.item, [], 0
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
                self._note(story, reached, SYSTEM, "work.escalate", after=data)
                level = max(level, rule.level)
        WorkEvent.objects.bulk_create(sorted(events, key=lambda event: event.at))
        WorkItem.objects.filter(pk=item.pk).update(escalation_level=level)

    def _note(
        self, story: _Story, at: datetime, actor: Any, action: str, *, after: dict[str, Any] | None = None
    ) -> None:
        self._audit.append(_entry(story.item, at, actor, action, after, type_name="tickets.ticket"))

    def _tell(self, story: _Story, at: datetime, verb: str, actor: Any, **values: Any) -> None:
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


def _bengali(text: str) -> str:
    return format_ref(text, language="bn", digits="bengali")


def _last_number(prefix: str) -> int:
    return NumberSequence.objects.filter(prefix=prefix).values_list("last_value", flat=True).first() or 1000
