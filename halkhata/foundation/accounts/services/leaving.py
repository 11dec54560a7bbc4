"""Taking a hand-over back: somebody comes back after all, or the wrong button was pressed (US-22 AC 4)."""

from collections import defaultdict
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Handover, User
from halkhata.foundation.accounts.services.staff import reactivate_staff
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.registry import leaver_steps


def take_back(*, actor: User, handover: Handover) -> int:
    """Let the person sign in again and give back what the new owners still have. Returns how much came back.

    What was finished or given on meanwhile stays where it is; sessions and keys stay dead. Raises PermissionRefused,
    Conflict ``taken_back`` the second time.
    """
    with transaction.atomic():
        if not Handover.objects.filter(pk=handover.pk, undone_at__isnull=True).update(undone_at=now()):
            raise Conflict("taken_back", _("This hand-over has been taken back already."))
        leaver = User.objects.select_related("role", "branch").get(pk=handover.leaver_id)
        reactivate_staff(actor=actor, user=leaver)
        leaver.is_active = True
        by_step: dict[str, list[dict[str, Any]]] = defaultdict(list)
        for one in handover.moved:
            by_step[one["step"]].append(one)
        back = 0
        for name, moved in by_step.items():
            step = leaver_steps.find(name)
            if step is not None and step.give_back is not None:
                back += step.give_back(leaver=leaver, moved=moved)
        record(
            actor=actor,
            action="staff.handover_back",
            record=leaver,
            after={"handover": handover.pk, "moved": len(handover.moved), "back": back},
        )
    return back
