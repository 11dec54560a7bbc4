"""On to the next one: an agent works through the own queue without going back to the list."""

from django.db.models import F
from django.http import HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from halkhata.desks.tickets.models import Ticket
from halkhata.desks.tickets.selectors.detail import ticket_for
from halkhata.engines.work.choices import StateFlag
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest

MOST_LOOKED_AT = 500


@needs("ticket.view")
@require_safe
def following(request: StaffRequest, number: str) -> HttpResponse:
    """The own open ticket that comes after this one, the most pressing first; after the last the first again."""
    ticket = ticket_for(request.user, number)
    rows = (
        Ticket.objects.visible_to(request.user)
        .filter(owner=request.user)
        .exclude(state_flag=StateFlag.RESOLVED)
        .order_by(F("next_due_at").asc(nulls_last=True), "pk")
        .values_list("pk", "number", "next_due_at")[:MOST_LOOKED_AT]
    )
    mine = list(rows)
    here = next((place for place, row in enumerate(mine) if row[0] == ticket.pk), None)
    others = [row for row in mine if row[0] != ticket.pk]
    if not others:
        return redirect("work:queue")
    return redirect("tickets:detail", others[0 if here is None or here >= len(others) else here][1])
