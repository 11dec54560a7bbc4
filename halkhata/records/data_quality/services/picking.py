"""The monthly look: so many customers of each branch are drawn, and somebody asks whether the record is still right."""

import hashlib
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Max, Min
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer
from halkhata.records.customers.policies import refuse_unless_may_edit
from halkhata.records.data_quality.models import AuditPick, AuditState

A_BRANCH = 10


@transaction.atomic
def draw_month(month: date) -> int:
    """Draw for every active branch; a second run of the month draws nothing. Returns how many were drawn.

    The place in the book comes from the digest of month and branch: nobody chooses, and everybody can check.
    """
    drawn = 0
    for branch in Branch.objects.filter(is_active=True).order_by("pk"):
        if AuditPick.objects.filter(month=month, branch=branch).exists():
            continue
        ids = _draw(branch, month)
        drawn += len(
            AuditPick.objects.bulk_create(
                AuditPick(month=month, customer_id=pk, branch=branch, drawn_at=now()) for pk in ids
            )
        )
    return drawn


def _draw(branch: Branch, month: date) -> list[int]:
    rows = Customer.objects.filter(branch=branch, merged_into__isnull=True, is_demo=False)
    ends = rows.aggregate(first=Min("pk"), last=Max("pk"))
    if ends["last"] is None:
        return []
    chosen: dict[int, None] = {}
    for turn in range(A_BRANCH * 3):
        digest = hashlib.sha256(f"{month:%Y-%m}:{branch.pk}:{turn}".encode()).digest()
        # Within the branch's own numbers: a branch that was imported late has high ones only.
        place = ends["first"] + int.from_bytes(digest[:8], "big") % (ends["last"] - ends["first"] + 1)
        pk = rows.filter(pk__gte=place).order_by("pk").values_list("pk", flat=True).first()
        if pk is not None:
            chosen[pk] = None
        if len(chosen) == A_BRANCH:
            return list(chosen)
    # A small book: the same few came up again and again.
    others = rows.exclude(pk__in=list(chosen)).order_by("pk").values_list("pk", flat=True)
    return [*chosen, *others[: A_BRANCH - len(chosen)]]


@transaction.atomic
def end_pick(*, actor: Any, pick: AuditPick, state: str, note: str = "") -> AuditPick:
    """Say what came of it. Raises PermissionRefused, NotFound, Conflict ``not_open``, DomainError ``bad_state``."""
    refuse_unless_may_edit(actor)
    row = AuditPick.objects.select_for_update().get(pk=pick.pk)
    seen = Customer.objects.visible_to(actor) if isinstance(actor, User) else Customer.objects.all()
    if not seen.filter(pk=row.customer_id).exists():
        raise NotFound("no_such_customer", _("There is no such customer, or it is not for you to see."))
    if row.state != AuditState.OPEN:
        raise Conflict("not_open", _("Somebody has looked at this customer already."))
    if state not in {AuditState.RIGHT, AuditState.MENDED, AuditState.UNREACHED}:
        raise DomainError("bad_state", _("Say what came of it."), field="state")
    row.state, row.note = state, clean_text(note, max_length=300)
    row.ended_at, row.ended_by_id = now(), getattr(actor, "pk", None)
    row.save(update_fields=["state", "note", "ended_at", "ended_by"])
    return row
