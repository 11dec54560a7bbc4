"""Somebody leaves: what he still holds goes to his successor, so that nothing is left with nobody (US-22)."""

from halkhata.engines.work.models import AssignmentCursor, WorkItem
from halkhata.engines.work.services.ownership import assign_item
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, Actor


def held_work(user: User) -> int:
    """How many unfinished items this person owns."""
    return WorkItem.objects.unfinished().filter(owner=user).count()


def hand_over_work(*, actor: Actor | None, leaver: User, successor: User) -> int:
    """Give the leaver's unfinished items to the successor, in the caller's transaction. Returns how many moved."""
    moved = 0
    # The system moves them: whoever may let somebody go need not be allowed to share out work.
    for item in WorkItem.objects.unfinished().filter(owner=leaver).order_by("pk"):
        assign_item(actor=SYSTEM, item=item, owner=successor, reason=f"{leaver.audit_label} left")
        moved += 1
    AssignmentCursor.objects.filter(last_user=leaver).update(last_user=None)
    return moved
