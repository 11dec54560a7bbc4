"""Beginning a claim: for a unit, for a job card, for the free services of a month."""

import secrets
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from halkhata.desks.claims.forms import ClaimForm
from halkhata.desks.claims.registry import Proposal, claim_proposals
from halkhata.desks.claims.selectors.branches import branches_of
from halkhata.desks.claims.selectors.coupons import months_to_claim
from halkhata.desks.claims.selectors.rules import terms_of
from halkhata.desks.claims.services.coupons import claim_month
from halkhata.desks.claims.services.opening import open_claim
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.core.templatetags.halkhata import ref
from halkhata.records.catalog.models import Brand
from halkhata.records.catalog.selectors.units import find_units, unit_by_number

_SHOWN = (
    "failed_on", "repaired_on", "reading", "defect_code", "cause_code", "description", "faulty_serial",
    "replacement_serial",
)  # fmt: skip


@needs("claim.view", "claim.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: StaffRequest) -> HttpResponse:
    """First the unit, then what failed; ``?about=J-1004`` takes it from the job card."""
    query = request.POST if request.method == "POST" else request.GET
    about = _about(request, query.get("about", ""))
    proposal = _proposal(about)
    number = proposal.unit.number if proposal is not None else query.get("unit", "")[:40]
    unit = unit_by_number(request.user, number) if number else None
    if unit is None:
        text = request.GET.get("find", "")
        found = find_units(request.user, text) if text and request.user.may("unit.view") else []
        return render(request, "claims/find.html", {"text": text, "found": found, "searched": bool(text)})
    proposal = _proposal(about)
    context: dict[str, Any] = {
        "unit": unit,
        "about": about,
        "terms": terms_of(unit.product.brand),
        "proposal": proposal,
    }
    if request.method != "POST":
        given = proposal.values if proposal is not None else {}
        form = ClaimForm(initial={name: given.get(name) for name in _SHOWN})
        return render(request, "claims/new.html", {**context, "form": form, "token": secrets.token_urlsafe(18)})
    form = ClaimForm(request.POST)
    context["token"] = request.POST.get("token", "")[:60]
    if not form.is_valid():
        return render(request, "claims/new.html", {**context, "form": form}, status=422)
    values = {name: value for name, value in form.cleaned_data.items() if name in _SHOWN}
    token = context["token"]
    try:
        made = open_claim(
            actor=request.user, unit=unit, about=about, branch=request.user.branch if about is None else about.branch,
            lines=() if proposal is None else proposal.lines, files=() if proposal is None else proposal.files,
            currency="" if proposal is None else proposal.values.get("currency", ""),
            cause=f"claim:{request.user.pk}:{token}" if token else "", **values,
        )  # fmt: skip
    except DomainError as error:
        form.take_error(error)
        return render(request, "claims/new.html", {**context, "form": form}, status=status_of(error))
    messages.success(request, _("Claim %(number)s is begun.") % {"number": ref(made.number)})
    return redirect("claims:detail", made.number)


def _about(request: StaffRequest, typed: str) -> WorkItem | None:
    number = parse_ref(typed[:40])
    if number is None:
        return None
    rows = WorkItem.objects.visible_to(request.user).select_related("branch")
    return rows.filter(number=number, kind__in=[name for name, _entry in claim_proposals.items()]).first()


def _proposal(about: WorkItem | None) -> Proposal | None:
    propose = claim_proposals.find(about.kind) if about is not None else None
    return propose(about) if propose is not None and about is not None else None


@needs("claim.view", "claim.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def coupons(request: StaffRequest) -> HttpResponse:
    """Free services that wait to be claimed, by month, company and branch; a press makes the sheet of one of them."""
    if request.method == "POST":
        try:
            made = claim_month(actor=request.user, **_month(request))
        except DomainError as error:
            messages.error(request, str(error.message))
            return redirect("claims:coupons")
        messages.success(request, _("Claim %(number)s is begun.") % {"number": ref(made.number)})
        return redirect("claims:detail", made.number)
    return render(request, "claims/coupons.html", {"rows": months_to_claim(request.user)})


def _month(request: StaffRequest) -> dict[str, Any]:
    post = request.POST
    try:
        month = date.fromisoformat(f"{post.get('month', '')[:7]}-01")
    except ValueError:
        raise DomainError("bad_month", _("Choose a month."), field="month") from None
    numbers = {name: int(post[name]) if post.get(name, "").isdecimal() and len(post[name]) < 10 else 0
               for name in ("brand", "branch")}  # fmt: skip
    brand = Brand.objects.filter(pk=numbers["brand"]).first()
    branch = branches_of(request.user).filter(pk=numbers["branch"]).first()
    if brand is None or branch is None:
        raise DomainError("unknown_brand", _("Choose a company and a branch."), field="brand")
    return {"month": month, "brand": brand, "branch": branch}
