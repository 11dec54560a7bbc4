"""The pages of data quality: the score, what is missing, who is silent, proposals, the monthly look."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.records.customers.models import customer_scope
from halkhata.records.customers.selectors.keyset import cursor_of, read_cursor
from halkhata.records.data_quality.cleaning import RULES
from halkhata.records.data_quality.models import (
    AuditPick,
    AuditState,
    CustomerScore,
    MonthScore,
    Proposal,
    ProposalState,
)
from halkhata.records.data_quality.scoring import PARTS
from halkhata.records.data_quality.selectors.hits import names_of_hits, rules_with_counts
from halkhata.records.data_quality.services.picking import end_pick
from halkhata.records.data_quality.services.proposals import leave_proposal, take_all, take_proposal

SIZE = 50


@require_GET
@needs("customer.edit")
def overview(request: StaffRequest) -> HttpResponse:
    """How the book stands, month by month, and where to begin."""
    months = list(MonthScore.objects.all()[:12])
    latest = months[0] if months else None
    rules = rules_with_counts(request.user)
    gaps = [
        {"code": code, "words": words, "weight": weight, "count": latest.gaps.get(code, 0)}
        for code, (weight, words) in PARTS.items()
    ] if latest else []  # fmt: skip
    return render(request, "data_quality/overview.html", {
        "months": months, "latest": latest, "gaps": gaps,
        "rules": [{"rule": rule, "count": count} for rule, count in rules], "may_set": _may_set(request),
    })  # fmt: skip


@require_GET
@needs("customer.edit")
def gaps(request: StaffRequest) -> HttpResponse:
    """Customers whose record lacks most, within what the reader sees; with ``rule`` those who break that rule."""
    rows = _scores(request).order_by("score", "customer_id")
    rules = rules_with_counts(request.user)
    chosen = next((rule.pk for rule, _count in rules if str(rule.pk) == request.GET.get("rule")), None)
    if chosen is not None:
        rows = rows.filter(customer__quality_hits__rule_id=chosen)
    place = _place(request)
    if place is not None:
        score, pk = divmod(place, 10**12)
        rows = rows.filter(Q(score__gte=score) & (Q(score__gt=score) | Q(customer_id__gt=pk)))
    found = list(rows[: SIZE + 1])
    last = found[SIZE - 1] if len(found) > SIZE else None
    kept = f"rule={chosen}&" if chosen is not None else ""
    older = f"?{kept}after={last.score * 10**12 + last.customer_id}" if last else ""
    broken = names_of_hits([row.customer_id for row in found[:SIZE]])
    shown = [
        {
            "score": row,
            "gaps": [PARTS[code][1] for code in row.gaps if code in PARTS],
            "broken": broken.get(row.customer_id, []),
        }
        for row in found[:SIZE]
    ]
    entries = [{"rule": rule, "count": count} for rule, count in rules]
    context = {"rows": shown, "older_url": older, "rules": entries, "chosen": chosen, "may_set": _may_set(request)}
    return render(request, "data_quality/gaps.html", context)


@require_GET
@needs("customer.edit")
def stale(request: StaffRequest) -> HttpResponse:
    """Customers of whom nothing was heard for the longest time."""
    rows = _scores(request).order_by("heard_at", "customer_id")
    place = read_cursor(request.GET.get("after"))
    if place is not None:
        at, pk = place
        rows = rows.filter(Q(heard_at__gte=at) & (Q(heard_at__gt=at) | Q(customer_id__gt=pk)))
    found = list(rows[: SIZE + 1])
    last = found[SIZE - 1] if len(found) > SIZE else None
    older = f"?after={cursor_of(last.heard_at, last.customer_id)}" if last else ""
    return render(request, "data_quality/stale.html", {
        "rows": found[:SIZE], "older_url": older, "may_set": _may_set(request),
    })  # fmt: skip


@require_GET
@needs("customer.edit")
def proposals(request: StaffRequest) -> HttpResponse:
    """What the nightly look would mend. Nothing is changed before somebody takes it over."""
    rows = Proposal.objects.filter(customer_scope(request.user, "customer__"), state=ProposalState.OPEN)
    rule = request.GET.get("rule", "")
    if rule in RULES:
        rows = rows.filter(rule=rule)
    place = _place(request)
    if place is not None:
        rows = rows.filter(pk__lt=place)
    found = list(rows.select_related("customer").order_by("-id")[: SIZE + 1])
    shown = [{"row": row, "words": RULES[row.rule].label} for row in found[:SIZE] if row.rule in RULES]
    older = f"?rule={rule}&after={found[SIZE - 1].pk}" if len(found) > SIZE else ""
    rules = [{"code": code, "words": entry.label} for code, entry in RULES.items()]
    return render(request, "data_quality/proposals.html", {
        "rows": shown, "older_url": older, "rules": rules, "rule": rule if rule in RULES else "",
        "may_set": _may_set(request),
    })  # fmt: skip


@require_POST
@needs("customer.edit")
def decide(request: StaffRequest, pk: int) -> HttpResponse:
    """Take one over, or leave the record as it is."""
    row = get_object_or_404(Proposal.objects.filter(customer_scope(request.user, "customer__")), pk=pk)
    if request.POST.get("take"):
        try:
            done = take_proposal(actor=request.user, proposal=row)
        except DomainError as error:
            messages.error(request, str(error.message))
        else:
            taken = done.state == ProposalState.TAKEN
            messages.success(request, _("Saved.") if taken else _("The record is another by now; nothing was changed."))
    else:
        leave_proposal(actor=request.user, proposal=row)
        messages.success(request, _("Left as it is, and not proposed again."))
    return redirect("data_quality:proposals")


@require_POST
@needs("customer.edit")
def take_every(request: StaffRequest) -> HttpResponse:
    """Take over all open proposals of one rule that the reader sees."""
    rule = request.POST.get("rule", "")
    if rule in RULES:
        taken, failed = take_all(actor=request.user, rule=rule)
        text = ngettext("%(count)d record was mended.", "%(count)d records were mended.", taken)
        messages.success(request, text % {"count": taken})
        if failed:
            text = ngettext("%(count)d could not be mended.", "%(count)d could not be mended.", failed)
            messages.error(request, text % {"count": failed})
    return redirect("data_quality:proposals")


@require_GET
@needs("customer.edit")
def audit(request: StaffRequest) -> HttpResponse:
    """The month's drawn customers."""
    rows = AuditPick.objects.filter(customer_scope(request.user, "customer__"))
    latest = AuditPick.objects.order_by("-month").values_list("month", flat=True).first()
    drawn = rows.filter(month=latest) if latest else rows.none()
    shown = list(drawn.select_related("customer", "branch").order_by("state", "id")[:500])
    states = [(state.value, state.label) for state in AuditState if state != AuditState.OPEN]
    done = sum(row.state != AuditState.OPEN for row in shown)
    broken = names_of_hits([row.customer_id for row in shown])
    context = {
        "rows": [{"pick": row, "broken": broken.get(row.customer_id, [])} for row in shown],
        "month": latest, "states": states, "done": done, "open_state": AuditState.OPEN, "may_set": _may_set(request),
    }  # fmt: skip
    return render(request, "data_quality/audit.html", context)


@require_POST
@needs("customer.edit")
def audit_end(request: StaffRequest, pk: int) -> HttpResponse:
    """What came of the look."""
    row = get_object_or_404(AuditPick.objects.filter(customer_scope(request.user, "customer__")), pk=pk)
    end_pick(actor=request.user, pick=row, state=request.POST.get("state", ""), note=request.POST.get("note", ""))
    messages.success(request, _("Saved."))
    return redirect("data_quality:audit")


def _may_set(request: StaffRequest) -> bool:
    """Whether the reader is shown the way to the rules."""
    return request.user.may("settings.edit")


def _scores(request: StaffRequest) -> Any:
    rows = CustomerScore.objects.select_related("customer", "branch")
    return rows.filter(customer_scope(request.user, "customer__"), customer__merged_into__isnull=True)


def _place(request: StaffRequest) -> int | None:
    typed = request.GET.get("after", "")
    return int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= 18 else None
