"""The escalation matrix (A52.11)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from halkhata.engines.work.forms.promises import ConfirmForm, RuleForm
from halkhata.engines.work.models import EscalationRule
from halkhata.engines.work.registry import item_kinds
from halkhata.engines.work.selectors.conditions import category_names, segment_names
from halkhata.engines.work.services.confirming import save_confirm_minutes
from halkhata.engines.work.services.policies import remove_rule, save_rule
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError, NotFound


@require_GET
@needs("settings.edit")
def escalation(request: StaffRequest) -> HttpResponse:
    """The matrix, level by level."""
    rules = list(EscalationRule.objects.order_by("level", "trigger", "threshold", "pk"))
    segments, categories = segment_names(rules), category_names(rules)
    levels = [
        {
            "level": level,
            "label": label,
            "rules": [
                {
                    "rule": rule,
                    "kind": _kind(rule),
                    "category": categories.get(rule.category, rule.category),
                    "segment": segments.get(rule.segment, rule.segment),
                }
                for rule in rules
                if rule.level == level
            ],
        }
        for level, label in EscalationRule.LEVELS
    ]
    return render(request, "work/settings/escalation.html", {"levels": levels, "form": ConfirmForm.of_shop()})


@require_POST
@needs("settings.edit")
def confirming(request: StaffRequest) -> HttpResponse:
    """How long each level has to confirm what was sent up to it (A52.12)."""
    form = ConfirmForm(request.POST)
    if form.is_valid():
        try:
            save_confirm_minutes(actor=request.user, minutes=form.minutes())
        except DomainError as error:
            messages.warning(request, str(error.message))
        else:
            messages.success(request, _("Saved."))
    else:
        messages.warning(request, str(next(iter(form.errors.values()))[0]))
    return redirect("work:escalation")


def _kind(rule: EscalationRule) -> object:
    kind = item_kinds.find(rule.kind)
    return kind.label if kind is not None else ""


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def rule_new(request: StaffRequest) -> HttpResponse:
    """A new step."""
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def rule_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Change a step; what it did stays in the history."""
    return _edit(request, _rule(pk))


@require_POST
@needs("settings.edit")
def rule_remove(request: StaffRequest, pk: int) -> HttpResponse:
    """Take a step out."""
    remove_rule(actor=request.user, rule=_rule(pk))
    messages.success(request, _("The step is removed."))
    return redirect("work:escalation")


def _edit(request: StaffRequest, rule: EscalationRule | None) -> HttpResponse:
    form = RuleForm(request.POST or None, initial=RuleForm.initial_of(rule) if rule else None, rule=rule)
    if request.method == "POST" and form.is_valid():
        try:
            save_rule(actor=request.user, rule=rule, **form.cleaned_data)
        except DomainError as error:
            form.take_error(error)
        else:
            messages.success(request, _("Saved. Running promises follow in a moment."))
            return redirect("work:escalation")
    return render(request, "work/settings/rule.html", {"rule": rule, "form": form}, status=422 if form.errors else 200)


def _rule(pk: int) -> EscalationRule:
    found = EscalationRule.objects.filter(pk=pk).first()
    if found is None:
        raise NotFound("rule_not_found", _("There is no such step."))
    return found
