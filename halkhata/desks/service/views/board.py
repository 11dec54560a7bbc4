"""The board of job cards, and the numbers of the turn-around."""

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from halkhata.desks.service.choices import JobState
from halkhata.desks.service.selectors.board import (
    AGES,
    FIRST_VIEW,
    VIEWS,
    BoardFilter,
    age_counts,
    board_rows,
    state_counts,
)
from halkhata.desks.service.selectors.bookings import booking_counts
from halkhata.desks.service.selectors.costs import covered_costs
from halkhata.desks.service.selectors.turnaround import DAYS, turn_arounds
from halkhata.engines.work.policies import assignable_names
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.records.customers.selectors.keyset import page_by_time

VIEW_LABELS = {
    "house": _("In the house"), "can_start": _("Can start"), "ready": _("Ready"), "delivered": _("Handed over"),
    "cancelled": _("Cancelled"), "all": _("All"),
}  # fmt: skip
AGE_LABELS = {"0-3": _("0–3 days"), "4-7": _("4–7 days"), "8-15": _("8–15 days"), "16": _("16 days and more")}


@needs("job.view")
@require_safe
def board(request: StaffRequest) -> HttpResponse:
    """Job cards by state; filters stand in the address, and every number leads to its rows."""
    query = request.GET
    wanted = read_filter(query)
    page = page_by_time(
        board_rows(request.user, wanted), field="opened_at", before=query.get("before"), after=query.get("after")
    )
    counts = state_counts(request.user, wanted) if wanted.view != "can_start" else {}
    ages = age_counts(request.user, wanted)
    context = {
        "page": page,
        "wanted": wanted,
        "tabs": [
            {"label": label, "url": address(query, view=name, state=""), "active": name == wanted.view}
            | ({"count": sum(counts[state] for state in VIEWS[name])} if counts and name != "can_start" else {})
            for name, label in VIEW_LABELS.items()
        ],
        "states": [
            {"code": code, "label": JobState(code).label, "count": counts.get(code), "active": wanted.state == code,
             "url": address(query, state="" if wanted.state == code else code)}
            for code in VIEWS[wanted.view]
        ] if wanted.view in {"house", "all"} else [],
        "ages": [
            {"label": AGE_LABELS[name], "count": count, "active": wanted.age == name,
             "url": address(query, view="house", age="" if wanted.age == name else name)}
            for name, count in ages.items()
        ],
        "people": list(assignable_names(request.user)),
        "newer_url": address(query, after=page.newer) if page.newer else "",
        "older_url": address(query, before=page.older) if page.older else "",
        "is_filtered": bool(wanted.state or wanted.technician or wanted.age or wanted.mine),
        "bookings_asked": booking_counts(request.user)["asked"],
        "may_create": request.user.may("job.create"),
        "may_report": request.user.may("report.view"),
    }  # fmt: skip
    return render(request, "service/board.html", context)


@needs("job.view", "report.view")
@require_safe
def turnaround(request: StaffRequest) -> HttpResponse:
    """How long repairs take, by kind of product and by branch, with the waiting split by whose time it was."""
    wanted = BoardFilter()
    ages = age_counts(request.user, wanted)
    context = {
        "kinds": turn_arounds(request.user),
        "branches": turn_arounds(request.user, by="branch"),
        "days": DAYS,
        "costs": covered_costs(request.user, days=DAYS),
        "ages": [
            {"label": AGE_LABELS[name], "count": count, "url": f"../?{urlencode({'view': 'house', 'age': name})}"}
            for name, count in ages.items()
        ],
    }
    return render(request, "service/turnaround.html", context)


def read_filter(query: Mapping[str, str]) -> BoardFilter:
    """What stands in the address; anything that makes no sense is left out."""
    technician = query.get("technician", "")
    return BoardFilter(
        view=query["view"] if query.get("view") in VIEWS else FIRST_VIEW,
        state=query["state"] if query.get("state") in JobState.values else "",
        technician=int(technician) if technician.isascii() and technician.isdigit() and len(technician) < 10 else None,
        age=query["age"] if query.get("age") in AGES else "",
        mine=query.get("mine") == "1",
    )


def address(query: Mapping[str, str], **changes: str) -> str:
    """This page with other filters; a change of filter begins at the first page."""
    kept = {name: query[name] for name in ("view", "state", "technician", "age", "mine") if query.get(name)}
    return "?" + urlencode({name: value for name, value in {**kept, **changes}.items() if value})
