"""Opening a dispute: from a ticket, a job, a claim, a return, or by the customer's own word (A60.1)."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.choices import ENDED, KIND, DisputeState, Ground, RemedyKind
from halkhata.desks.disputes.events import DisputeOpened
from halkhata.desks.disputes.models import Dispute
from halkhata.desks.disputes.services.collecting import collect_evidence
from halkhata.desks.disputes.services.holding import hold_for
from halkhata.desks.disputes.services.moving import tell_timelines
from halkhata.engines.work.choices import Priority, StateFlag
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.items import hold, new_item_values, open_item
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.audit.trail import Actor
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.selectors.units import unit_of_item
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.customers.models import Customer

FURTHEST_BACK = timedelta(days=3660)


def open_dispute(
    *,
    actor: Actor | None,
    customer: Customer | None,
    branch: Branch,
    about: WorkItem | None,
    ground: str,
    statement: str,
    wish: str,
    channel: str,
    cause_on: date,
    unit: Unit | None = None,
    team: Team | None = None,
    owner: User | None = None,
    by_customer: bool = False,
    opened_at: datetime | None = None,
    is_demo: bool = False,
) -> Dispute:
    """Open a dispute with number, owner, clocks, legal hold and the first lines of its file, in one transaction.

    Raises DomainError at its field: ``bad_ground``, ``bad_wish``, ``empty``, ``no_customer``, ``cause_in_future``,
    ``cause_too_early``; Conflict ``disputed_already`` (``number`` in its data) while one about the same item goes on;
    NotFound for what is out of sight.
    """
    policies.require(actor, policies.OPEN)
    policies.require_about(actor, customer, about)
    text = clean_text(statement, multiline=True, max_length=20_000)
    if ground not in Ground.values:
        raise DomainError("bad_ground", _("Choose what it is about."), field="ground")
    if wish not in RemedyKind.values:
        raise DomainError("bad_wish", _("Choose what the customer wants."), field="wish")
    if not text:
        raise DomainError("empty", _("Write what the customer says, in his own words."), field="statement")
    if customer is None:
        raise DomainError("no_customer", _("A dispute needs its customer."), field="customer")
    moment = opened_at or now()
    _check_day(cause_on, moment, branch)
    with transaction.atomic():
        if about is not None:
            hold(about)
            _refuse_second(about)
            team = team or about.team
            unit = unit or unit_of_item(about.pk)
        values = new_item_values(
            actor=actor,
            kind=KIND,
            subject=text.splitlines()[0][:200],
            customer=customer,
            branch=branch,
            team=team,
            owner=owner,
            channel=channel,
            priority=Priority.HIGH,
            state=DisputeState.OPENED.value,
            state_flag=StateFlag.OPEN,
            opened_at=moment,
            is_demo=is_demo,
        )
        dispute = Dispute.objects.create(
            **values,
            about_id=None if about is None else about.pk,
            unit=unit,
            ground=ground,
            statement=text,
            wish=wish,
            cause_on=cause_on,
            by_customer=by_customer,
        )
        open_item(actor=actor, item=dispute)
        hold_for(dispute)
        tell_timelines(actor=actor, dispute=dispute, verb="dispute.opened", at=moment)
        collect_evidence(actor=actor, dispute=dispute, at=moment, is_first=True)
        publish(
            DisputeOpened(
                dispute_id=dispute.pk, number=dispute.number, about_id=dispute.about_id,
                customer_id=customer.pk, is_demo=dispute.is_demo,
            )
        )  # fmt: skip
    return dispute


def _check_day(cause_on: date, moment: datetime, branch: Branch) -> None:
    today = day_at(branch, moment)
    if cause_on > today:
        raise DomainError("cause_in_future", _("This day is still to come."), field="cause_on")
    if cause_on < today - FURTHEST_BACK:
        raise DomainError("cause_too_early", _("That is more than ten years ago."), field="cause_on")


def _refuse_second(about: WorkItem) -> None:
    if about.kind == KIND:
        raise DomainError("about_itself", _("A dispute is not about another dispute: appeal there."), field="about")
    other = Dispute.objects.filter(about=about.pk).exclude(state__in=ENDED).first()
    if other is not None:
        raise Conflict(
            "disputed_already",
            _("There is a dispute about this already: %(number)s.") % {"number": shown_ref(other.number)},
            number=other.number,
        )
