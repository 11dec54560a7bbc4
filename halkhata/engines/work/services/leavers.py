"""Somebody leaves: what he still holds goes to others, so that nothing is left with nobody (US-22)."""

from typing import Any

from halkhata.engines.work.models import AssignmentCursor, WorkItem
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.services.assignment import Choice, choose
from halkhata.engines.work.services.ownership import assign_item
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, Actor
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.registry import HandedOver


def held_work(user: User) -> int:
    """How many unfinished items this person owns."""
    return WorkItem.objects.unfinished().filter(owner=user).count()


def hand_over_work(*, actor: Actor | None, leaver: User, successor: User | None) -> list[HandedOver]:
    """Give the leaver's unfinished items to the successor, or (None) each to whom its team's rule chooses.

    In the caller's transaction. Returns what went to whom.
    """
    moved = []
    # The system moves them: whoever may let somebody go need not be allowed to share out work.
    for item in _unfinished(leaver).select_related("team", "branch", "customer").order_by("pk"):
        choice = Choice(owner=successor) if successor else _choice_for(item)
        owner = choice.owner
        assign_item(actor=SYSTEM, item=item, owner=owner, reason=f"{leaver.audit_label} left", why=choice.why)
        moved.append(HandedOver(ref=item.number, label=item.subject[:120], to_id=owner.pk, to=owner.audit_label))
    AssignmentCursor.objects.filter(last_user=leaver).update(last_user=None)
    return moved


def _choice_for(item: WorkItem) -> Choice:
    kind = item_kinds.find(item.kind)
    category = kind.category_of(item) if kind is not None and kind.category_of is not None else ""
    language = item.customer.language if item.customer else ""
    return choose(team=item.team, branch=item.branch, at=now(), category=category, language=language)


def give_work_back(*, leaver: User, moved: list[dict[str, Any]]) -> int:
    """Give back to somebody who returned what the new owners still have unfinished. Returns how much."""
    owner_of = {one["ref"]: one["to_id"] for one in moved}
    back = 0
    for item in WorkItem.objects.unfinished().filter(number__in=list(owner_of)).order_by("pk"):
        if item.owner_id == owner_of[item.number]:
            assign_item(actor=SYSTEM, item=item, owner=leaver, reason=f"{leaver.audit_label} is back")
            back += 1
    return back


def _unfinished(user: User) -> Any:
    return WorkItem.objects.unfinished().filter(owner=user)
