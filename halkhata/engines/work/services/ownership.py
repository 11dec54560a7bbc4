"""Who owns an item, and how soon it must be done."""

from collections.abc import Iterable
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.engines.work.choices import Priority, WorkEventKind
from halkhata.engines.work.events import ItemAssigned
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.policies import can_assign, can_assign_to
from halkhata.engines.work.services.item_history import add_to_history, hold
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.accounts.models import Team, User
from halkhata.foundation.audit.trail import Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.outbox import publish


@transaction.atomic
def assign_item(
    *,
    actor: Actor | None,
    item: WorkItem,
    owner: User,
    team: Team | None = None,
    reason: str = "",
    why: dict[str, Any] | None = None,
) -> WorkItem:
    """Give the item to ``owner`` (and ``team``; none given: it stays with its team).

    ``why``: the reason for which the rule found nobody of the team (``assignment.choose``). The new owner is told
    unless he took it himself. Giving it to whom it belongs already changes nothing. Raises DomainError
    (``owner_inactive``) for somebody who may no longer sign in, and PermissionRefused for a member of staff who may not
    give work, or not to this person.
    """
    hold(item)
    if not owner.is_active:
        raise DomainError("owner_inactive", _("This member of staff may no longer sign in."), field="owner")
    if isinstance(actor, User):
        _may_assign(actor, owner)
    team_id = item.team_id if team is None else team.pk
    if item.owner_id == owner.pk and item.team_id == team_id and item.given_why is None:
        return item
    before, before_id = item.owner.audit_label, item.owner_id
    at = now()
    # Another team may fall under another policy: the promises are recomputed with it.
    add_to_history(
        actor=actor,
        item=item,
        kind=WorkEventKind.ASSIGNED,
        at=at,
        data={"from": before, "from_id": before_id, "to": owner.audit_label, "to_id": owner.pk, "reason": reason}
        | ({"given_why": why} if why else {}),
        changes={
            "owner_id": owner.pk,
            "team_id": team_id,
            "last_activity_at": max(at, item.last_activity_at),
        },
    )
    if item.given_why != why:
        WorkItem.objects.filter(pk=item.pk).update(given_why=why)
        item.given_why = why
    record(
        actor=actor,
        action="work.assign",
        record=item,
        before={"owner": before},
        after={"owner": owner.audit_label, "team": team_id},
        note=reason,
    )
    if actor is None or actor.pk != owner.pk:
        notify(user=owner, verb="item.assigned", item=item, cause=f"assigned:{item.pk}:{item.version}")
    publish(
        ItemAssigned(
            item_id=item.pk,
            number=item.number,
            kind=item.kind,
            from_owner_id=before_id,
            owner_id=owner.pk,
            team_id=team_id,
            is_demo=item.is_demo,
        )
    )
    return item


@transaction.atomic
def assign_items(*, actor: User, ids: Iterable[int], owner: User) -> int:
    """Give several items to one person: all of them or, when one is out of reach, none. Returns how many.

    Raises PermissionRefused when one of the ids lies outside the actor's scope or does not exist: both answer alike.
    """
    wanted = sorted(set(ids))
    _may_assign(actor, owner)
    visible = list(WorkItem.objects.visible_to(actor).filter(pk__in=wanted).order_by("pk"))
    if len(visible) != len(wanted):
        raise PermissionRefused("items_out_of_reach", _("Some of these are not yours to give. Nothing was changed."))
    for item in visible:
        assign_item(actor=actor, item=item, owner=owner)
    return len(visible)


@transaction.atomic
def change_priority(*, actor: Actor | None, item: WorkItem, priority: str, reason: str = "") -> WorkItem:
    """Set the priority; running promises follow it from their own start, a broken one stays broken (A51.5).

    The promise is chosen anew with it: what policies ask of customer and product is read as it is now.
    Raises DomainError (``bad_priority``) for a word that is none.
    """
    if priority not in Priority.values:
        raise DomainError("bad_priority", _("Choose a priority from the list."), field="priority")
    hold(item)
    if item.priority == priority:
        return item
    before, at = item.priority, now()
    add_to_history(
        actor=actor,
        item=item,
        kind=WorkEventKind.PRIORITY_CHANGED,
        at=at,
        data={"from": before, "to": priority, "reason": reason},
        changes={
            "priority": priority,
            "promise_facts": None,
            "last_activity_at": max(at, item.last_activity_at),
        },
    )
    record(
        actor=actor,
        action="work.priority",
        record=item,
        before={"priority": before},
        after={"priority": priority},
        note=reason,
    )
    return item


def _may_assign(actor: User, owner: User) -> None:
    if not can_assign(actor) and actor.pk != owner.pk:
        raise PermissionRefused("assign_refused", _("You may not give work to others."))
    if not can_assign_to(actor, owner):
        raise PermissionRefused("owner_out_of_reach", _("You may not give work to this person."))
