"""The list of all tickets."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from halkhata.desks.tickets.choices import TicketKind
from halkhata.desks.tickets.models import Category
from halkhata.desks.tickets.selectors.board import FIRST_VIEW, VIEWS, BoardFilter, board_counts, board_page
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.capped import shown_on_tab

VIEW_LABELS = {
    "working": _("Being worked on"),
    "waiting": _("Waiting"),
    "resolved": _("Resolved"),
    "closed": _("Closed"),
    "all": _("All"),
}


@needs("ticket.view")
@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """Tickets by state; filters stand in the address."""
    query = request.GET
    category = query.get("category", "")
    wanted = BoardFilter(
        view=query["view"] if query.get("view") in VIEWS else FIRST_VIEW,
        kind=query["kind"] if query.get("kind") in TicketKind.values else "",
        category=int(category) if category.isascii() and category.isdigit() and len(category) < 10 else None,
        mine=query.get("mine") == "1",
    )
    counts = board_counts(request.user, wanted)
    page = board_page(request.user, wanted, before=query.get("before"), after=query.get("after"))
    context = {
        "page": page,
        "wanted": wanted,
        "tabs": [
            {"label": label, "url": _address(query, view=name), "active": name == wanted.view}
            | shown_on_tab(counts[name])
            for name, label in VIEW_LABELS.items()
        ],
        "kinds": TicketKind.choices,
        "categories": Category.objects.filter(is_active=True),
        "newer_url": _address(query, after=page.newer) if page.newer else "",
        "older_url": _address(query, before=page.older) if page.older else "",
        "is_filtered": bool(wanted.kind or wanted.category or wanted.mine),
        "may_create": request.user.may("ticket.create"),
    }
    return render(request, "tickets/board.html", context)


def _address(query: Mapping[str, str], **changes: str) -> str:
    """This page with other filters; a change of filter begins at the first page."""
    kept = {name: query[name] for name in ("view", "kind", "category", "mine") if query.get(name)}
    return "?" + urlencode({**kept, **changes})
