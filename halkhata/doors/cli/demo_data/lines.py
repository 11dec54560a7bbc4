"""The lines of an ended ticket's history, from its plan: what the services would have appended one by one."""

from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import Any

from halkhata.desks.tickets.choices import FLAG_OF_STATE, TicketState
from halkhata.doors.cli.demo_data.comments import CALLS_IN, CALLS_OUT, NOTES
from halkhata.doors.cli.demo_data.plot import TicketPlan
from halkhata.engines.messaging.choices import Direction
from halkhata.engines.work.choices import Channel, StateFlag, WorkEventKind
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM

BY_MAIL = {Channel.EMAIL.value, Channel.WEB_FORM.value}


@dataclass(kw_only=True)
class Line:
    """One thing that happened on a ticket: history, and what goes with it."""

    at: datetime
    kind: str
    actor: Any
    flag: str = ""
    data: dict[str, Any] = field(default_factory=dict)
    text: str = ""
    direction: str = ""
    by_mail: bool = False
    call: tuple[bool, bool] | None = None


def lines_of(plan: TicketPlan, item: WorkItem, *, resolver: User, closed: datetime | None, dice: Random) -> list[Line]:
    """Everything that happened on a ticket that has ended, in order of time."""
    words, owner = plan.scene.words(plan.language), item.owner
    by_mail = plan.channel in BY_MAIL
    lines = [
        Line(
            at=plan.opened_at,
            kind=WorkEventKind.OPENED,
            actor=SYSTEM,
            flag=StateFlag.OPEN,
            data={
                "priority": item.priority,
                "channel": item.channel,
                "state": "new",
                "owner": owner.audit_label,
                "owner_id": owner.pk,
            },
            text=words.text.format(**plan.filled),
            direction=Direction.INBOUND,
            by_mail=by_mail,
        )
    ]
    if plan.first_at:
        spoken = words.reply if by_mail or plan.language == "bn" else dice.choice(CALLS_OUT)
        lines.append(_answer(plan.first_at, owner, spoken, by_mail))
        lines.append(_state(plan.first_at, owner, "new", "open"))
    if plan.note_at:
        text = plan.scene.note or dice.choice(NOTES)
        lines.append(Line(at=plan.note_at, kind=WorkEventKind.NOTE, actor=owner, text=text, direction=Direction.NOTE))
    lines += [_answer(at, owner, dice.choice(CALLS_OUT), False) for at in plan.updates]
    lines += [_heard(at, owner, dice.choice(CALLS_IN)) for at in plan.contacts]
    if plan.wait and plan.wait[1]:
        lines.append(_state(plan.wait[0], owner, "open", plan.wait[2]))
        lines.append(_state(plan.wait[1], owner, plan.wait[2], "open"))
    endings = [plan.resolved_at, plan.resolved_again_at] if plan.back_at else [plan.resolved_at]
    how = {"root_cause": plan.scene.cause, "remedy": plan.scene.remedy}
    lines += [_state(at, resolver, "open", "resolved", kind=WorkEventKind.RESOLVED, **how) for at in endings if at]
    if plan.back_at:
        lines.append(_heard(plan.back_at, owner, "আবার একই সমস্যা। ঠিক হয়নি।"))
        more = {"reopened": True, "by_customer": True}
        lines.append(_state(plan.back_at, owner, "resolved", "open", kind=WorkEventKind.REOPENED, **more))
    if closed:
        lines.append(_state(closed, SYSTEM, "resolved", "closed", kind=WorkEventKind.CLOSED, closed=True))
    return sorted(lines, key=lambda line: line.at)


def _answer(at: datetime, owner: User, text: str, by_mail: bool) -> Line:
    return Line(
        at=at,
        kind=WorkEventKind.HUMAN_REPLY,
        actor=owner,
        text=text,
        direction=Direction.OUTBOUND,
        by_mail=by_mail,
        call=None if by_mail else (True, True),
    )


def _heard(at: datetime, owner: User, text: str) -> Line:
    return Line(
        at=at,
        kind=WorkEventKind.CUSTOMER_MESSAGE,
        actor=owner,
        text=text,
        direction=Direction.INBOUND,
        call=(False, True),
    )


def _state(at: datetime, actor: Any, old: str, new: str, kind: str = WorkEventKind.STATE_CHANGED, **data: Any) -> Line:
    flag = FLAG_OF_STATE[TicketState(new)]
    return Line(at=at, kind=kind, actor=actor, flag=flag, data={**data, "from": old, "to": new})


# What a late ticket was late for, by why it happened.
_WHY_LATE = {
    "product_defect": "part_missing", "part_unavailable": "part_missing", "service_delay": "staff_short",
    "workmanship": "wrong_estimate", "delivery": "power_network", "no_fault": "unreachable", "misuse": "unreachable",
}  # fmt: skip


def why_late(root_cause: str) -> str:
    """The reason of delay that fits a root cause (engines/work/choices.DelayCause)."""
    return _WHY_LATE.get(root_cause, "staff_short")
