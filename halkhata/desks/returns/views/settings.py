"""Settings: the return policy in versions, and the rules of the desk."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.desks.returns.models import RefundLimit, ReturnPolicy
from halkhata.desks.returns.selectors.terms import desk_rules
from halkhata.desks.returns.services.publishing import publish_policy, save_rules
from halkhata.desks.returns.setting_forms import PolicyForm, RulesForm
from halkhata.foundation.accounts.models import Role
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.records.catalog.days import today

FIELDS = (
    "channel", "country", "window_days", "defect_days", "fee_percent", "needs_accessories", "excluded_reasons",
    "condition_bn", "condition_en", "exclusions_bn", "exclusions_en",
)  # fmt: skip


@needs("settings.edit")
@require_safe
def policies(request: StaffRequest) -> HttpResponse:
    """All versions that were ever published, the newest of each scope first."""
    rows = ReturnPolicy.objects.select_related("kind", "published_by", "advance_terms").order_by("scope", "-version")
    return render(request, "returns/settings/policies.html", {"rows": list(rows), "today": today()})


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def policy_new(request: StaffRequest) -> HttpResponse:
    """Publish the next version; ``?from=`` begins with the words of another."""
    start = request.GET.get("from", "")
    base = ReturnPolicy.objects.filter(pk=start).first() if start.isascii() and start.isdigit() else None
    initial = {name: getattr(base, name) for name in FIELDS} | {"kind": base.kind_id} | _advance(base) if base else {}
    form = PolicyForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = {
                **form.cleaned_data, "fee_percent": form.cleaned_data["fee_percent"] or Decimal(0),
                "advance_amount": form.cleaned_data["advance_amount"] or Decimal(0),
            }  # fmt: skip
            try:
                publish_policy(actor=request.user, **data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Published. It stands on the public page."))
                return redirect("returns:policies")
    return render(request, "returns/settings/policy.html", {"form": form}, status=status)


def _advance(policy: ReturnPolicy) -> dict[str, Any]:
    """What a form begins with of the replacement in advance."""
    terms = policy.advance
    if terms is None:
        return {}
    return {"advance_kind": terms.kind, "advance_amount": terms.amount or None, "advance_days": terms.days}


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rules(request: StaffRequest) -> HttpResponse:
    """Limits and days."""
    roles = [role for role in Role.objects.all() if "return.decide" in role.permissions]
    held = dict(RefundLimit.objects.filter(role__in=roles).values_list("role_id", "amount"))
    initial = {**asdict(desk_rules()), **{f"limit_{role.pk}": held.get(role.pk) for role in roles}}
    form = RulesForm(request.POST or None, initial=initial, roles=roles)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            data = form.cleaned_data
            try:
                save_rules(
                    actor=request.user, four_eyes_from=data["four_eyes_from"], instant_up_to=data["instant_up_to"],
                    refund_days=data["refund_days"], bring_days=data["bring_days"], appeal_days=data["appeal_days"],
                    limits=form.limits(),
                )  # fmt: skip
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved. The rules hold from now on."))
                return redirect("returns:rules")
    return render(request, "returns/settings/rules.html", {"form": form}, status=status)
