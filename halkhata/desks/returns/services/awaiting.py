"""Old pieces that are awaited: customers are reminded before the last day and after it, the owner is told (A58.10)."""

from datetime import date, timedelta

from django.db import transaction

from halkhata.desks.returns.choices import Advanced, AdvanceState
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.selectors.advances import advances_due
from halkhata.desks.returns.services.advancing import tell_of
from halkhata.desks.returns.services.locking import lock_return
from halkhata.engines.work.services.notifications import notify
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.catalog.days import today

# So many days before the last one the customer is reminded.
SOON = 2


def look_after_advances(day: date | None = None) -> int:
    """Remind customers and tell owners, each once for each last day. Returns how many were told of. A daily job."""
    now_on = day or today()
    told = 0
    for pk in advances_due(now_on + timedelta(days=SOON)):
        with transaction.atomic():
            told += _look_at(lock_return(pk), now_on)
    return told


def _look_at(request: ReturnRequest, day: date) -> int:
    advance = request.in_advance
    if advance is None or advance.state != AdvanceState.WAITING:
        return 0
    if advance.due_on < day:
        if advance.late_for == advance.due_on:
            return 0
        advance.late_for = advance.reminded_for = advance.due_on
        notify(
            user=request.owner, verb="return.advance_late", item=request, data={"number": request.number},
            cause=f"return:{request.pk}:advance:{advance.due_on.isoformat()}",
        )  # fmt: skip
        what = Advanced.LATE
    elif advance.reminded_for == advance.due_on:
        return 0
    else:
        advance.reminded_for = advance.due_on
        what = Advanced.SOON
    advance.save(update_fields=["reminded_for", "late_for"])
    tell_of(actor=SYSTEM, request=request, advance=advance, what=what)
    return 1
