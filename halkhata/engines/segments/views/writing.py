"""Making and changing a segment; its conditions with the live count."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.engines.segments.compiling import condition_fields, read_conditions
from halkhata.engines.segments.models import Segment
from halkhata.engines.segments.policies import fields_open_to
from halkhata.engines.segments.registry import SegmentField
from halkhata.engines.segments.selectors.segments import count_fitting
from halkhata.engines.segments.services.segments import delete_segment, save_segment
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.form_errors import TakesErrors
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.fields.conditions.builder import Draft, draft_of, dress, json_of, read_draft


class SegmentForm(TakesErrors):
    """The names of a segment."""

    name_bn = forms.CharField(label=gettext_lazy("Name in Bengali"), max_length=120, required=False)
    name_en = forms.CharField(label=gettext_lazy("Name in English"), max_length=120, required=False)
    version = forms.IntegerField(required=False, widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
@needs("customer.view", "report.view")
def segment_new(request: StaffRequest) -> HttpResponse:
    """A new segment."""
    return _page(request, None)


@require_http_methods(["GET", "POST"])
@needs("customer.view", "report.view")
def segment_edit(request: StaffRequest, pk: int) -> HttpResponse:
    """Another name, other conditions."""
    return _page(request, found(pk))


@require_POST
@needs("customer.view", "report.view")
def segment_delete(request: StaffRequest, pk: int) -> HttpResponse:
    """Remove a segment; its customers stay, of course."""
    delete_segment(actor=request.user, segment=found(pk))
    messages.success(request, _("The segment is gone. Its customers are still here."))
    return redirect("segments:list")


@require_POST
@needs("customer.view", "report.view")
def segment_conditions(request: StaffRequest) -> HttpResponse:
    """The conditions alone as they stand in the form, with how many customers they fit now."""
    context = _builder(read_draft(request.POST), fields_open_to(request.user))
    return render(request, "segments/_conditions.html", {**context, **_count(request, context["draft"])})


def found(pk: int) -> Segment:
    """The segment. Raises Http404."""
    segment = Segment.objects.there().filter(pk=pk).first()
    if segment is None:
        raise Http404
    return segment


def _page(request: StaffRequest, segment: Segment | None) -> HttpResponse:
    initial = {name: getattr(segment, name) for name in ("name_bn", "name_en", "version")} if segment else {}
    form = SegmentForm(request.POST or None, initial=initial)
    draft, status = draft_of(segment.conditions if segment else None), 200
    if request.method == "POST":
        draft, status = read_draft(request.POST), 422
        if request.POST.get("act"):
            form, status = SegmentForm(initial=request.POST.dict()), 200
        elif form.is_valid():
            names = {name: form.cleaned_data[name] for name in ("name_bn", "name_en")}
            try:
                saved = save_segment(
                    actor=request.user, segment=segment, version=form.cleaned_data["version"],
                    conditions=json_of(draft), **names,
                )  # fmt: skip
            except DomainError as error:
                form.take_error(error)
                status = status_of(error)
            else:
                messages.success(request, _("Saved. The members are being found."))
                return redirect("segments:detail", saved.pk)
    context = {"form": form, "segment": segment, **_builder(draft, fields_open_to(request.user))}
    return render(request, "segments/edit.html", {**context, **_count(request, context["draft"])}, status=status)


def _builder(draft: Draft, fields: Mapping[str, SegmentField]) -> dict[str, Any]:
    return {"draft": dress(draft, condition_fields(fields)), "builder_url": reverse("segments:conditions")}


def _count(request: StaffRequest, draft: Draft) -> dict[str, Any]:
    """The live count; nothing while the conditions are not finished."""
    try:
        return {"count": count_fitting(read_conditions(json_of(draft), fields_open_to(request.user)), request.user)}
    except DomainError as error:
        return {"count": None, "count_waits": error.message}
