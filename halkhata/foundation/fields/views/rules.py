"""Settings: validation rules put together without code."""

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
from halkhata.foundation.fields.models import ValidationRule
from halkhata.foundation.fields.selectors.schema import condition_fields
from halkhata.foundation.fields.services.rules import delete_rule, save_rule
from halkhata.foundation.fields.settings_forms import RuleForm
from halkhata.foundation.fields.views.targets import known_target, shell


@needs("settings.edit")
@require_safe
def rules(request: StaffRequest, target: str) -> HttpResponse:
    """All rules of one kind of record, each with its conditions in words."""
    known_target(target)
    known = condition_fields(target)
    rows = [{"rule": rule, "words": _words(rule, known)} for rule in ValidationRule.objects.filter(target=target)]
    return render(request, "fields/rules.html", {**shell(target, "rules"), "rows": rows})


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rule_new(request: StaffRequest, target: str) -> HttpResponse:
    """A new rule."""
    known_target(target)
    return _rule_page(request, target, None)


@needs("settings.edit")
@require_http_methods(["GET", "HEAD", "POST"])
def rule_edit(request: StaffRequest, target: str, pk: int) -> HttpResponse:
    """One rule."""
    return _rule_page(request, target, _rule(target, pk))


@needs("settings.edit")
@require_POST
def rule_delete(request: StaffRequest, target: str, pk: int) -> HttpResponse:
    """Remove a rule."""
    delete_rule(actor=request.user, rule=_rule(target, pk))
    messages.success(request, _("The rule is gone."))
    return redirect("fields:rules", target)


@needs("settings.edit")
@require_POST
def rule_conditions(request: StaffRequest, target: str) -> HttpResponse:
    """The conditions alone, as they stand in the form: exchanged while they are put together."""
    known_target(target)
    draft = read_draft(request.POST)
    return render(request, "fields/_conditions.html", _builder(target, draft))


def _rule_page(request: StaffRequest, target: str, rule: ValidationRule | None) -> HttpResponse:
    form = RuleForm(request.POST or None, initial=_initial(rule), target=target)
    draft, status = draft_of(rule.conditions if rule else None), 200
    if request.method == "POST":
        draft, status = read_draft(request.POST), 422
        if request.POST.get("act"):
            # A button inside the conditions: nothing is saved yet, and nothing is wrong yet.
            form, status = RuleForm(initial=request.POST.dict(), target=target), 200
        elif form.is_valid():
            try:
                save_rule(actor=request.user, target=target, rule=rule, conditions=json_of(draft), **form.cleaned_data)
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved."))
                return redirect("fields:rules", target)
    context = {**shell(target, "rules"), **_builder(target, draft), "form": form, "rule": rule}
    return render(request, "fields/rule.html", context, status=status)


def _builder(target: str, draft: Draft) -> dict[str, Any]:
    return {
        "draft": dress(draft, condition_fields(target)),
        "builder_url": reverse("fields:rule_conditions", args=[target]),
    }


def _rule(target: str, pk: int) -> ValidationRule:
    rule = ValidationRule.objects.filter(target=target, pk=pk).first()
    if rule is None:
        raise Http404
    return rule


def _words(rule: ValidationRule, known: dict[str, Any]) -> list[str] | None:
    try:
        return tree_in_words(parse(rule.conditions, known), lambda line: line_in_words(line, known))
    except DomainError:
        return None


def _initial(rule: ValidationRule | None) -> dict[str, Any]:
    if rule is None:
        return {"is_active": True, "severity": "warn"}
    return {name: getattr(rule, name) for name in ("name_bn", "name_en", "severity", "at_field", "is_active")}
