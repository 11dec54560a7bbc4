"""Tells the plot through the product's own services, as staff and customers would have done it."""

from dataclasses import dataclass, field
from datetime import timedelta
from random import Random

from django.conf import settings
from django.db import transaction
from django.urls import NoReverseMatch, reverse

from halkhata.desks.feedback.models import SurveyInvitation
from halkhata.desks.feedback.services.answering import record_answer
from halkhata.desks.feedback.services.asking import invite_customer
from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Resolution, Ticket
from halkhata.desks.tickets.services.answering import add_internal_note, answer_ticket, log_ticket_call
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.desks.tickets.services.priority import priority_of
from halkhata.desks.tickets.services.resolving import resolve_ticket
from halkhata.desks.tickets.services.states import REOPEN_WINDOW, change_ticket_state, close_ticket, reopen_ticket
from halkhata.desks.tickets.services.work import demand_manager, set_ticket_priority
from halkhata.doors.cli.demo_data.comments import (
    ANGRY,
    CALLS_IN,
    CALLS_OUT,
    COMMENTS_BN,
    COMMENTS_EN,
    FOLLOW_UP_NOTES,
    NOTES,
)
from halkhata.doors.cli.demo_data.furnishing import House
from halkhata.doors.cli.demo_data.lines import why_late
from halkhata.doors.cli.demo_data.plot import TicketPlan
from halkhata.doors.cli.demo_data.post import customer_mail
from halkhata.doors.cli.demo_data.stage import Stage
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.messaging.models import Message
from halkhata.engines.messaging.services.automatic import send_automatic
from halkhata.engines.messaging.services.conversations import add_customer_message
from halkhata.engines.messaging.services.inbound import process_raw, store_raw
from halkhata.engines.work.choices import Channel, Outcome, StateFlag
from halkhata.engines.work.models import ChecklistItem, WorkItem
from halkhata.engines.work.selectors.promise_text import promise_sentence
from halkhata.engines.work.services.tasks import complete_task, replan_task
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.clock import now as clock_now
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import Customer

# Who takes down what is said on the phone or at the counter of each shop.
TAKERS = {
    "demo-bogura": ("desk", "desk", "manager"),
    "demo-naogaon": ("desk3",),
    "demo-rajshahi": ("desk2", "desk2", "manager3"),
    "demo-natore": ("desk4", "manager4"),
}
_BY_MAIL = {Channel.EMAIL.value, Channel.WEB_FORM.value}
# Follow-up calls that are younger than this are still to be made.
_STILL_TO_DO = timedelta(hours=30)


@dataclass(kw_only=True)
class Teller:
    """Puts the acts of each ticket on the stage."""

    house: House
    people: dict[str, Customer]
    stage: Stage
    dice: Random
    mails: int = 0
    tickets: dict[int, int] = field(default_factory=dict)

    def tell(self, plan: TicketPlan) -> None:
        """Put the whole ticket on the stage."""
        at = self.stage.at
        at(plan.opened_at, lambda: self._open(plan))
        if plan.first_at:
            at(plan.first_at, lambda: self._answer(plan, first=True))
        if plan.note_at:
            at(plan.note_at, lambda: self._note(plan))
        for moment in plan.contacts:
            at(moment, lambda: self._customer_again(plan))
        for moment in plan.updates:
            at(moment, lambda: self._answer(plan, first=False))
        if plan.wait:
            begins, ends, state = plan.wait
            at(begins, lambda: self._wait(plan, state))
            if ends:
                at(ends, lambda: self._go_on(plan))
        if plan.demands_manager:
            at(max(plan.contacts), lambda: self._demand(plan))
        if plan.resolved_at:
            at(plan.resolved_at, lambda: self._resolve(plan, last=plan.back_at is None))
        if plan.back_at:
            at(plan.back_at, lambda: self._back(plan))
        if plan.resolved_again_at:
            at(plan.resolved_again_at, lambda: self._resolve(plan, last=True))

    # -- the acts ------------------------------------------------------------------------------------------------

    def _open(self, plan: TicketPlan) -> None:
        ticket = self._open_by_mail(plan) if plan.channel == Channel.EMAIL else self._open_at_the_desk(plan)
        self.tickets[plan.serial] = ticket.pk
        if plan.channel in _BY_MAIL:
            promise = promise_sentence(ticket, language=plan.language)
            send_automatic(
                item=ticket,
                code=TemplateCode.RECEIVED,
                cause=f"ticket:{ticket.pk}:received",
                context={"promise": promise},
                language=plan.language,
            )

    def _open_at_the_desk(self, plan: TicketPlan) -> Ticket:
        customer, words = self.people[plan.person], plan.scene.words(plan.language)
        text = words.text.format(**plan.filled)
        is_spoken = plan.channel in {Channel.PHONE, Channel.COUNTER}
        taker = self.house.staff[self.dice.choice(TAKERS[plan.shop])] if is_spoken else None
        ticket = open_ticket(
            actor=taker or SYSTEM,
            kind=plan.scene.kind,
            subject=words.subject,
            description=text,
            customer=customer,
            channel=plan.channel,
            branch=self.house.branches[plan.shop],
            team=self.house.team_for(plan.shop, plan.scene.category),
            category=self.house.categories[plan.scene.category],
            impact=plan.scene.impact,
            urgency=plan.scene.urgency,
            serial=plan.unit,
            taken_by=taker,
            is_demo=True,
        )
        add_customer_message(
            actor=taker or SYSTEM,
            item=ticket,
            channel=plan.channel,
            text=text,
            subject=words.subject,
            from_address="" if is_spoken else self._address(customer),
            author_label=str(customer),
            at=ticket.opened_at,
            is_first=True,
        )
        return ticket

    def _open_by_mail(self, plan: TicketPlan) -> Ticket:
        words = plan.scene.words(plan.language)
        number = self._receive(plan, subject=words.subject, text=words.text.format(**plan.filled) + self._signed(plan))
        # Somebody looks at the mail and says what it is about.
        Ticket.objects.filter(number=number).update(
            category=self.house.categories[plan.scene.category],
            impact=plan.scene.impact,
            urgency=plan.scene.urgency,
            serial=plan.unit,
            ticket_kind=plan.scene.kind,
        )
        ticket = self._fetch(Ticket.objects.get(number=number).pk)
        priority = priority_of(plan.scene.impact, plan.scene.urgency)
        if ticket.priority != priority and not ticket.safety_words:
            set_ticket_priority(actor=self._who(ticket, "ticket.edit"), ticket=ticket, priority=priority)
        return ticket

    def _answer(self, plan: TicketPlan, *, first: bool) -> None:
        ticket = self._fetch(self.tickets[plan.serial])
        words = plan.scene.words(plan.language)
        by_mail = plan.channel in _BY_MAIL
        if by_mail and first:
            answer_ticket(actor=self._who(ticket, "ticket.reply"), ticket=ticket, text=words.reply)
            return
        text = words.reply if first and plan.language == "bn" else self.dice.choice(CALLS_OUT)
        log_ticket_call(actor=self._who(ticket, "ticket.reply"), ticket=ticket, outbound=True, answered=True, text=text)

    def _note(self, plan: TicketPlan) -> None:
        ticket = self._fetch(self.tickets[plan.serial])
        text = plan.scene.note or self.dice.choice(NOTES)
        add_internal_note(actor=self._who(ticket, "ticket.note"), ticket=ticket, text=text)

    def _customer_again(self, plan: TicketPlan) -> None:
        ticket = self._fetch(self.tickets[plan.serial])
        text = self.dice.choice(ANGRY if plan.angry else CALLS_IN)
        if plan.channel == Channel.EMAIL:
            self._write_back(plan, ticket, text)
        else:
            taker = self._who(ticket, "ticket.reply")
            log_ticket_call(actor=taker, ticket=ticket, outbound=False, answered=True, text=text)

    def _write_back(self, plan: TicketPlan, ticket: Ticket, text: str) -> None:
        last = Message.objects.filter(conversation__item=ticket).exclude(message_id="").order_by("-at", "-pk").first()
        self._receive(
            plan,
            subject=f"Re: {ticket.subject} [{ticket.number}]",
            text=text,
            in_reply_to=last.message_id if last else "",
        )

    def _wait(self, plan: TicketPlan, state: str) -> None:
        ticket = self._fetch(self.tickets[plan.serial])
        change_ticket_state(actor=self._who(ticket, "ticket.edit"), ticket=ticket, state=state)

    def _go_on(self, plan: TicketPlan) -> None:
        ticket = self._fetch(self.tickets[plan.serial])
        if ticket.state == TicketState.WAITING_CUSTOMER and plan.channel == Channel.EMAIL:
            self._write_back(
                plan, ticket, "যা চেয়েছিলেন পাঠালাম। এবার দেখুন।" if plan.language == "bn" else "Here is what you asked for."
            )
            return
        change_ticket_state(actor=self._who(ticket, "ticket.edit"), ticket=ticket, state=TicketState.OPEN)

    def _demand(self, plan: TicketPlan) -> None:
        ticket = self._fetch(self.tickets[plan.serial])
        demand_manager(actor=self._who(ticket, "ticket.edit"), ticket=ticket)

    def _resolve(self, plan: TicketPlan, *, last: bool) -> None:
        ticket = self._fetch(self.tickets[plan.serial])
        actor = self._who(ticket, "ticket.resolve")
        resolution = resolve_ticket(
            actor=actor,
            ticket=ticket,
            root_cause=plan.scene.cause,
            action=plan.scene.words(actor.language).action,
            remedy=plan.scene.remedy,
            told_at=clock_now(),
            told_how="e-mail" if plan.channel in _BY_MAIL else "ফোন",
            category=self.house.categories[plan.scene.category],
            delay_reason=why_late(plan.scene.cause),
        )
        self._ask(plan, ticket, resolution, answers=last)
        self._plan_calls(ticket)
        if last:
            ends = clock_now() + REOPEN_WINDOW + timedelta(minutes=7)
            self.stage.at(ends - timedelta(hours=20), lambda: self._tick_off(ticket.pk))
            self.stage.at(ends, lambda: self._close(ticket.pk))

    def _back(self, plan: TicketPlan) -> None:
        ticket = self._fetch(self.tickets[plan.serial])
        text = "আবার একই সমস্যা। ঠিক হয়নি।"
        if plan.channel == Channel.EMAIL:
            self._write_back(plan, ticket, text)
            return
        log_ticket_call(
            actor=self._who(ticket, "ticket.reply"), ticket=ticket, outbound=False, answered=True, text=text
        )
        ticket = self._fetch(ticket.pk)
        if ticket.state == TicketState.RESOLVED:
            reopen_ticket(actor=self._who(ticket, "ticket.edit"), ticket=ticket, by_customer=True)

    def _tick_off(self, ticket_id: int) -> None:
        """The lines of the checklist, in one statement: three hundred tickets have a thousand of them."""
        owner = WorkItem.objects.values_list("owner_id", flat=True).get(pk=ticket_id)
        ChecklistItem.objects.filter(item_id=ticket_id, done_at__isnull=True).update(
            done_at=clock_now(), done_by_id=owner
        )

    def _close(self, ticket_id: int) -> None:
        ticket = self._fetch(ticket_id)
        if ticket.state == TicketState.RESOLVED:
            close_ticket(actor=SYSTEM, ticket=ticket)

    # -- what follows a resolution -------------------------------------------------------------------------------

    def _ask(self, plan: TicketPlan, ticket: Ticket, resolution: Resolution, *, answers: bool) -> None:
        """Ask as the reaction does (same cause, so it finds it done), and keep the token to answer with."""
        with transaction.atomic():
            invited = invite_customer(
                item=ticket,
                customer=ticket.customer,
                agent=ticket.owner,
                cause=f"resolution:{resolution.pk}",
                language=plan.language,
            )
            if invited is None:
                return
            invitation, token = invited
            link = survey_link(token)
            if link and plan.channel in _BY_MAIL:
                send_automatic(
                    item=ticket,
                    code=TemplateCode.FEEDBACK,
                    cause=f"survey:{invitation.pk}",
                    context={"link": link},
                    language=plan.language,
                )
        if answers and plan.score is not None and plan.answered_at is not None:
            self.stage.at(plan.answered_at, lambda: self._customer_answers(plan, invitation, token))

    def _customer_answers(self, plan: TicketPlan, invitation: SurveyInvitation, token: str) -> None:
        comments = COMMENTS_BN if plan.language == "bn" else COMMENTS_EN
        assert plan.score is not None
        response = record_answer(token=token, score=plan.score, comment=self.dice.choice(comments[plan.score]))
        if plan.score <= invitation.survey.recovery_threshold:
            self.stage.at(clock_now() + timedelta(hours=26), lambda: self._make_good(f"survey-response:{response.pk}"))

    def _make_good(self, cause: str) -> None:
        item = WorkItem.objects.filter(cause=cause).exclude(state_flag=StateFlag.RESOLVED).first()
        if item is None or self.stage.now - item.opened_at < timedelta(days=5):
            return
        for line in item.checklist.all():
            ChecklistItem.objects.filter(pk=line.pk).update(done_at=clock_now(), done_by=item.owner)
        complete_task(
            actor=item.owner, item=item, outcome=Outcome.REACHED, note="ফোনে দুঃখ প্রকাশ করা হয়েছে, গ্রাহক কথা শুনে খুশি।"
        )

    def _plan_calls(self, ticket: Ticket) -> None:
        """The reactions plan the calls on day 3 and 7 (``Stage`` lets them hear); here they are made."""
        for days in (3, 7):
            self.stage.at(clock_now() + timedelta(days=days, minutes=25), lambda: self._call_those_due(ticket.pk))

    def _call_those_due(self, ticket_id: int) -> None:
        at = clock_now()
        due = WorkItem.objects.filter(parent_id=ticket_id, kind="follow_up", planned_at__lte=at)
        for item_id in due.exclude(state_flag=StateFlag.RESOLVED).values_list("pk", flat=True):
            if self.stage.now - at > _STILL_TO_DO:
                self._call(item_id)

    def _call(self, item_id: int) -> None:
        item = WorkItem.objects.select_related("owner", "branch", "team", "customer").get(pk=item_id)
        if item.state_flag == StateFlag.RESOLVED:
            return
        chance = self.dice.random()
        if chance < 0.12 and self.stage.now - clock_now() > timedelta(days=2):
            tomorrow = clock_now() + timedelta(days=1)
            replan_task(actor=item.owner, item=item, planned_at=tomorrow, outcome=Outcome.NO_ANSWER)
            self.stage.at(tomorrow + timedelta(minutes=15), lambda: self._call(item_id))
            return
        outcome = Outcome.SOLVED if chance < 0.85 else Outcome.REACHED
        complete_task(actor=item.owner, item=item, outcome=outcome, note=self.dice.choice(FOLLOW_UP_NOTES))

    # -- small things --------------------------------------------------------------------------------------------

    def _receive(self, plan: TicketPlan, *, subject: str, text: str, in_reply_to: str = "") -> str:
        """A mail comes in as raw bytes and takes the road of all mail. Returns the number of its ticket."""
        customer, mailbox = self.people[plan.person], self.house.mailboxes[plan.shop]
        self.mails += 1
        raw = customer_mail(
            sender_name=(customer.name_bn or customer.name_en)
            if plan.language == "bn"
            else (customer.name_en or customer.name_bn),
            sender=self._address(customer),
            to=mailbox.address,
            subject=subject,
            text=text,
            at=clock_now(),
            serial=self.mails,
            in_reply_to=in_reply_to,
            as_html=self.mails % 3 == 0,
        )
        row, _new = store_raw(mailbox=mailbox, provider_id=f"demo:{self.mails}", raw=raw)
        result = process_raw(row.pk)
        if result.ticket is None:
            raise RuntimeError(f"the demo's mail {self.mails} became {result.outcome} ({result.reason})")
        WorkItem.objects.filter(number=result.ticket, is_demo=False).update(is_demo=True)
        return result.ticket

    def _signed(self, plan: TicketPlan) -> str:
        customer = self.people[plan.person]
        return f"\n\n{'ধন্যবাদ' if plan.language == 'bn' else 'Thank you'}\n{customer.name_bn or customer.name_en}"

    def _address(self, customer: Customer) -> str:
        point = customer.contact_points.filter(kind=ContactKind.EMAIL).order_by("pk").first()
        return point.value if point else ""

    def _fetch(self, ticket_id: int) -> Ticket:
        return Ticket.objects.select_related(
            "customer", "owner__role", "owner__branch", "branch", "team__lead__role", "category"
        ).get(pk=ticket_id)

    def _who(self, ticket: Ticket, permission: str) -> User:
        """The owner, else the team's lead, else the shop's manager, else the owner of the shops: whoever may."""
        manager = next(
            user for user in self.house.staff.values() if user.role.level >= 3 and user.branch_id in {ticket.branch_id}
        )
        lead = ticket.team.lead if ticket.team else None
        for user in (ticket.owner, lead, manager):
            if user is not None and user.may(permission):
                return user
        return self.house.staff["malik"]


def survey_link(token: str) -> str:
    """The address of the answer page, or "" in an install without the portal."""
    try:
        return f"{settings.BASE_URL}{reverse('portal:survey', args=[token])}"
    except NoReverseMatch:
        return ""
