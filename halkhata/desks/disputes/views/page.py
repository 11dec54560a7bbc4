"""The page of one dispute, and the file that a panel reads."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from halkhata.desks.disputes import policies
from halkhata.desks.disputes.choices import ENDED, GROWS, DisputeState, OfferState
from halkhata.desks.disputes.models import Dispute
from halkhata.desks.disputes.selectors.cases import dispute_for
from halkhata.desks.disputes.selectors.country import outside_route
from halkhata.desks.disputes.selectors.detail import (
    checklist_of,
    days_since_cause,
    decisions_of,
    evidence_in_words,
    evidence_of,
    is_late_for_news,
    panel_of,
)
from halkhata.desks.disputes.selectors.precedents import corrections_of, precedents_for
from halkhata.engines.messaging.selectors.thread import thread_page
from halkhata.engines.work.models import SlaClock
from halkhata.engines.work.registry import item_kinds
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.days import day_at

SHOWN_EVIDENCE = 12


@needs("dispute.view")
@require_safe
def detail(request: StaffRequest, number: str) -> HttpResponse:
    """Where it stands, what is missing, and what can be done now."""
    dispute = dispute_for(request.user, number)
    return render(request, "disputes/detail.html", page_context(request, dispute))


@needs("dispute.view")
@require_safe
def file(request: StaffRequest, number: str) -> HttpResponse:
    """The whole file, read-only."""
    dispute = dispute_for(request.user, number)
    context = {
        "dispute": dispute,
        "lines": evidence_in_words(dispute),
        "facts": checklist_of(dispute),
        "is_locked": dispute.state not in GROWS,
        "seat": policies.seat_of(request.user, dispute),
    }
    return render(request, "disputes/file.html", context)


def page_context(request: StaffRequest, dispute: Dispute) -> dict[str, Any]:
    """Everything the page shows, in a fixed number of queries."""
    user = request.user
    at = now()
    today = day_at(dispute.branch, at)
    seat = policies.seat_of(user, dispute)
    offers = list(dispute.offers.select_related("made_by"))
    lines = evidence_of(dispute)
    remedies = list(dispute.remedies.select_related("owner", "done_by"))
    state = DisputeState(dispute.state)
    owed = [one for one in remedies if one.done_at is None and one.lapsed_at is None]
    decisions = decisions_of(dispute)
    context: dict[str, Any] = {
        "dispute": dispute,
        "about": about_line(dispute),
        "clocks": list(SlaClock.objects.filter(item=dispute.pk).order_by("pk")),
        "days": days_since_cause(dispute, today),
        "facts": checklist_of(dispute),
        "evidence": lines[-SHOWN_EVIDENCE:],
        "evidence_count": len(lines),
        "offers": offers,
        "open_offer": next((one for one in offers if one.state == OfferState.OPEN), None),
        "remedies": remedies,
        "owed": len(owed),
        "actions": list(dispute.actions.select_related("owner", "reopened_by")),
        "decisions": decisions,
        "corrections": corrections_of(dispute) if decisions else [],
        "seat": seat,
        "grows": state in GROWS,
        "is_over": state in ENDED,
        "is_argued": state in {*GROWS, DisputeState.UNDER_REVIEW},
        "has_outcome": state in {DisputeState.DECIDED, DisputeState.REMEDY, DisputeState.SETTLED},
        "may_appeal": state in {DisputeState.DECIDED, DisputeState.REMEDY, DisputeState.CLOSED}
        and dispute.round == 1
        and dispute.appeal_until is not None
        and at <= dispute.appeal_until,
        "news_late": is_late_for_news(dispute),
        "precedents": precedents_for(user, dispute),
        "route": outside_route(dispute.branch.country),
        "thread": thread_page(dispute, viewer=user),
        "may": rights(user, seat is not None),
        "cases": list(dispute.outside_cases.all()) if user.may(policies.OUTSIDE) else [],
        "customer_url": customer_url(dispute),
        **panel_of(dispute),
    }
    return context


def rights(user: User, is_reviewer: bool) -> dict[str, bool]:
    """What the buttons ask; who judges the case handles nothing in it."""
    return {
        "handle": user.may(policies.HANDLE) and not is_reviewer,
        "appoint": user.may(policies.APPOINT) and not is_reviewer,
        "outside": user.may(policies.OUTSIDE),
        "review": is_reviewer,
    }


def about_line(dispute: Dispute) -> dict[str, Any] | None:
    """The linked record: its number, kind and page."""
    if dispute.about is None:
        return None
    known = item_kinds.find(dispute.about.kind)
    return {
        "number": dispute.about.number,
        "subject": dispute.about.subject,
        "label": known.label if known else dispute.about.kind,
        "url_name": known.url_name if known else "",
        "state": known.state_label(dispute.about.state) if known else dispute.about.state,
    }


def customer_url(dispute: Dispute) -> str:
    """The customer's own address of the dispute, to be given to the customer alone."""
    from halkhata.desks.disputes.services.links import dispute_url

    return dispute_url(dispute)
