"""What is promised: the ordered list of policies (A51.1, A51.2)."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from halkhata.engines.work.choices import Metric, Priority
from halkhata.engines.work.forms.promises import PolicyForm
from halkhata.engines.work.legal import hours_to_act
from halkhata.engines.work.models import SlaPolicy
from halkhata.engines.work.selectors.conditions import Wording
from halkhata.engines.work.services.policies import move_policy, save_policy
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.models import Installation


@require_GET
@needs("settings.edit")
def policies(request: StaffRequest) -> HttpResponse:
    """All policies in their order, with their targets."""
    rows = (
        SlaPolicy.objects.order_by("is_default", "position", "pk")
        .select_related("calendar")
        .prefetch_related("targets")
    )
    shown, wording = [], Wording(rows)
    for policy in rows:
        targets = {(row.priority, row.metric): row.minutes * 60 for row in policy.targets.all()}
        shown.append(
            {
                "policy": policy,
                "conditions": wording.of(policy),
                "ceiling": (policy.ceiling_hours or 0) * 3600,
                "targets": [
                    (label, [targets.get((priority, metric)) for metric in Metric.values])
                    for priority, label in Priority.choices
                ],
            }
        )
    return render(
        request,
        "work/settings/policies.html",
        {"policies": shown, "metrics": [label for _code, label in Metric.choices]},
    )


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def policy_new(request: StaffRequest) -> HttpResponse:
    """A new policy, last before the default."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def policy_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a policy; what was judged by the old version stays."""
    return _edit(request, _policy(pk))


@require_POST
@needs("settings.edit")
def policy_move(request: StaffRequest, pk: int) -> HttpResponse:
    """One place up or down."""
    move_policy(actor=request.user, policy=_policy(pk), up=request.POST.get("to") == "up")
    return redirect("work:policies")


def _edit(request: StaffRequest, policy: SlaPolicy | None) -> HttpResponse:
    form = PolicyForm(
        request.POST or None,
        initial=PolicyForm.initial_of(policy) if policy else _new_policy(),
        policy=policy,
    )
    if request.method == "POST" and form.is_valid():
        try:
            save_policy(actor=request.user, policy=policy, **form.values())
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved. Running promises follow in a moment."))
            return redirect("work:policies")
    context = {"policy": policy, "form": form, "metrics": [label for _code, label in Metric.choices]}
    return render(request, "work/settings/policy.html", context, status=422 if form.errors else 200)


def _new_policy() -> dict[str, Any]:
    """What the form of a new policy begins with: what the law of the shop's country asks for."""
    return {"ceiling_hours": hours_to_act(Installation.current().country) or ""}


def _policy(pk: int) -> SlaPolicy:
    found = SlaPolicy.objects.prefetch_related("targets").filter(pk=pk).first()
    if found is None:
        raise NotFound("policy_not_found", _("There is no such promise."))
    return found
