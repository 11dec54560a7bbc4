"""Settings: the shop's own rules of quality."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.fields.conditions.builder import Draft, draft_of, dress, json_of, read_draft
from halkhata.foundation.fields.conditions.tree import parse
from halkhata.foundation.fields.conditions.words import line_in_words, tree_in_words
from halkhata.foundation.fields.selectors.schema import condition_fields
from halkhata.records.data_quality.forms import RuleForm
from halkhata.records.data_quality.models import MonthScore, QualityRule
from halkhata.records.data_quality.services.own_rules import TARGET, delete_rule, save_rule


@needs("settings.edit")
@require_safe
def rules(request: StaffRequest) -> HttpResponse:
    """All rules, each with its conditions in words."""
    known = condition_fields(TARGET)
    looked_at = MonthScore.objects.order_by("-month").values_list("made_at", flat=True).first()
    rows = [
        {
            "rule": rule,
            "words": _words(rule, known),
            # What the last look did not know yet.
            "waits": rule.is_active and (looked_at is None or rule.changed_at > looked_at),
        }
        for rule in QualityRule.objects.all()
    ]
    return render(request, "data_quality/rules.html", {"rows": rows, "may_set": True})


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: StaffRequest) -> HttpResponse:
    """A new rule."""
    return _rule_page(request, None)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """One rule."""
    return _rule_page(request, _rule(pk))


@needs("settings.edit")
@require_POST
def rule_delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Remove a rule."""
    delete_rule(actor=request.user, rule=_rule(pk))
    messages.success(request, _("The rule is gone."))
    return redirect("data_quality:rules")


@needs("settings.edit")
@require_POST
def rule_conditions(request: StaffRequest) -> HttpResponse:
    """The conditions alone, as they stand in the form: exchanged while they are put together."""
    return render(request, "fields/_conditions.html", _builder(read_draft(request.POST)))


def _rule_page(request: StaffRequest, rule: QualityRule | None) -> HttpResponse:
    form = RuleForm(request.POST or None, initial=_initial(rule))
    draft, status = draft_of(rule.conditions if rule else None), 200
    if request.method == "POST":
        draft, status = read_draft(request.POST), 422
        if request.POST.get("act"):
            # A button inside the conditions: nothing is saved yet, and nothing is wrong yet.
            form, status = RuleForm(initial=request.POST.dict()), 200
        elif form.is_valid():
            try:
                save_rule(actor=request.user, rule=rule, conditions=json_of(draft), **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved. The next nightly look counts by it."))
                return redirect("data_quality:rules")
    context = {**_builder(draft), "form": form, "rule": rule}
    return render(request, "data_quality/rule.html", context, status=status)


def _builder(draft: Draft) -> dict[str, Any]:
    return {
        "draft": dress(draft, condition_fields(TARGET)),
        "builder_url": reverse("data_quality:rule_conditions"),
    }


def _rule(pk: int) -> QualityRule:
    rule = QualityRule.objects.filter(pk=pk).first()
    if rule is None:
        raise Http404
    return rule


def _words(rule: QualityRule, known: dict[str, Any]) -> list[str] | None:
    try:
        return tree_in_words(parse(rule.conditions, known), lambda line: line_in_words(line, known))
    except DomainError:
        return None


def _initial(rule: QualityRule | None) -> dict[str, Any]:
    if rule is None:
        return {"is_active": True, "weight": 10}
    return {name: getattr(rule, name) for name in ("name_bn", "name_en", "weight", "is_active")}
