"""Opening and changing work items: what the desks build on."""

from datetime import datetime
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import Channel, Priority, StateFlag, WorkEventKind
from halkhata.engines.work.events import ItemOpened
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.services.assignment import Choice, choose
from halkhata.engines.work.services.clocks import Facts, recompute
from halkhata.engines.work.services.escalation import demand_manager, take_reopen_steps
from halkhata.engines.work.services.item_history import (
    add_to_history,
    append_event,
    hold,
    lock_item,
    record_event,
    update_item,
)
from halkhata.engines.work.services.notifications import notify
from halkhata.engines.work.services.ownership import assign_item, assign_items, change_priority
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.sequences import next_number
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.activities import record_activity

__all__ = [
    "assign_item",
    "assign_items",
    "change_priority",
    "change_state",
    "demand_manager",
    "hold",
    "lock_item",
    "new_item_values",
    "open_item",
    "record_event",
    "update_item",
]

CLOSED = "closed"
"""The state code every desk uses for what is ended for good."""


def new_item_values(
    *,
    actor: Actor | None,
    kind: str,
    subject: str,
    customer: Customer | None,
    branch: Branch,
    team: Team | None = None,
    owner: User | None = None,
    channel: str,
    priority: str = Priority.NORMAL,
    state: str = "new",
    state_flag: str = StateFlag.OPEN,
    opened_at: datetime | None = None,
    planned_at: datetime | None = None,
    parent: WorkItem | None = None,
    cause: str = "",
    is_demo: bool = False,
    category: str = "",
) -> dict[str, Any]:
    """Column values of a new item, with its number and an owner, for the desk's own ``create``.

    ``category`` is the desk's code for what it is about: skills may hang on it. Must run inside the transaction that
    uses them. Raises DomainError: ``subject_missing``, ``bad_kind``, ``bad_priority``, ``bad_channel``.
    """
    if not connection.in_atomic_block:
        raise transaction.TransactionManagementError("new_item_values() belongs inside a transaction")
    known = item_kinds.find(kind)
    if known is None:
        raise DomainError("bad_kind", _("There is no such kind of work."), field="kind", kind=kind)
    title = clean_text(subject, max_length=200)
    if not title:
        raise DomainError("subject_missing", _("Say in a few words what it is about."), field="subject")
    if priority not in Priority.values:
        raise DomainError("bad_priority", _("Choose a priority from the list."), field="priority")
    if channel not in Channel.values:
        raise DomainError("bad_channel", _("Choose how it came in."), field="channel")
    at = opened_at or now()
    language = customer.language if customer is not None else ""
    choice = (
        Choice(owner=owner)
        if owner is not None
        else choose(team=team, branch=branch, at=at, category=category, language=language)
    )
    return {
        "number": next_number(known.prefix),
        "kind": kind,
        "subject": title,
        "customer": customer,
        "parent": parent,
        "branch": branch,
        "team": team,
        "owner": choice.owner,
        "given_why": choice.why,
        "channel": channel,
        "priority": priority,
        "state": state,
        "state_flag": state_flag,
        "opened_at": at,
        "last_activity_at": at,
        "last_update_at": at,
        "planned_at": planned_at,
        "cause": cause[:120],
        "is_demo": is_demo,
    }


def open_item(*, actor: Actor | None, item: WorkItem) -> None:
    """Begin the life of an item that the desk has just created: history, promises, notices, audit, timeline, event.

    Must run in the same transaction as the ``create``.
    """
    opening = append_event(
        actor=actor,
        item=item,
        kind=WorkEventKind.OPENED,
        at=item.opened_at,
        state_flag=item.state_flag,
        data={
            "priority": item.priority,
            "channel": item.channel,
            "state": item.state,
            "owner": item.owner.audit_label,
            "owner_id": item.owner_id,
            **({"given_why": item.given_why} if item.given_why else {}),
        },
    )
    recompute(item, facts=Facts(history=[opening], clocks=[]))
    record(
        actor=actor,
        action="work.open",
        record=item,
        after={"kind": item.kind, "owner": item.owner.audit_label, "priority": item.priority, "channel": item.channel},
    )
    if actor is None or actor.pk != item.owner_id:
        notify(user=item.owner, verb="item.opened", item=item, cause=f"opened:{item.pk}")
    record_activity(
        customer=item.customer,
        verb="work.opened",
        data={"number": item.number, "subject": item.subject, "kind": item.kind, "channel": item.channel},
        url=f"/work/{item.number}/",
        actor=actor,
        at=item.opened_at,
    )
    publish(
        ItemOpened(
            item_id=item.pk,
            number=item.number,
            kind=item.kind,
            customer_id=item.customer_id,
            branch_id=item.branch_id,
            team_id=item.team_id,
            owner_id=item.owner_id,
            channel=item.channel,
            priority=item.priority,
            is_demo=item.is_demo,
        )
    )


@transaction.atomic
def change_state(
    *,
    actor: Actor | None,
    item: WorkItem,
    state: str,
    state_flag: str,
    at: datetime | None = None,
    data: dict[str, Any] | None = None,
) -> None:
    """Move an item to a state of its desk, with the flag that state carries for the clocks (A51.4).

    Sets when it was resolved and closed, counts reopens, and takes the escalation steps a reopen asks for. Whether the
    desk allows the transition is the desk's to say. Raises DomainError (``bad_state_flag``).
    """
    if state_flag not in StateFlag.values:
        raise DomainError("bad_state_flag", _("There is no such state."), field="state")
    hold(item)
    if item.state == state and item.state_flag == state_flag:
        return
    moment = at or now()
    before = {"state": item.state, "flag": item.state_flag}
    was_resolved, is_resolved = item.state_flag == StateFlag.RESOLVED, state_flag == StateFlag.RESOLVED
    changes: dict[str, Any] = {
        "state": state,
        "state_flag": state_flag,
        "last_activity_at": max(item.last_activity_at, moment),
    }
    kind = WorkEventKind.STATE_CHANGED
    if is_resolved and not was_resolved:
        kind = WorkEventKind.RESOLVED
        changes |= {"resolved_at": moment, "last_update_at": max(item.last_update_at, moment)}
    elif was_resolved and not is_resolved:
        kind = WorkEventKind.REOPENED
        changes |= {"resolved_at": None, "closed_at": None, "reopen_count": item.reopen_count + 1}
    elif state == CLOSED:
        kind = WorkEventKind.CLOSED
    if state == CLOSED:
        changes["closed_at"] = moment
    add_to_history(
        actor=actor,
        item=item,
        kind=kind,
        at=moment,
        state_flag=state_flag,
        data={**(data or {}), "from": before["state"], "to": state},
        changes=changes,
    )
    record(actor=actor, action="work.state", record=item, before=before, after={"state": state, "flag": state_flag})
    if kind is WorkEventKind.REOPENED:
        take_reopen_steps(item, at=moment, actor=None)
