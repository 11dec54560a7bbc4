"""The conduct guide, for everybody to read and for the shop to change; the rubric (A51.12)."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.oversight.quality.forms import GuideForm, RubricForm
from halkhata.oversight.quality.services.guide import current_guide, current_rubric, save_guide, save_rubric


@require_GET
@needs()
def guide(request: StaffRequest) -> HttpResponse:
    """How we speak with customers, in the reader's language."""
    found = current_guide()
    is_english = get_language() == "en" and bool(found.text_en)
    context = {
        "guide": found,
        "text": found.text_en if is_english else found.text_bn,
        "text_language": "en" if is_english else "bn",
        "may_edit": request.user.may("settings.edit"),
    }
    return render(request, "quality/guide.html", context)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def guide_edit(request: StaffRequest) -> HttpResponse:
    """Write the next version of the guide."""
    found = current_guide()
    form = GuideForm(
        request.POST or None, initial={"text_bn": found.text_bn, "text_en": found.text_en, "seen": found.version}
    )
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        try:
            save_guide(actor=request.user, **form.cleaned_data)
        except DomainError as error:
            form.take_error(error)
            status = status_of(error)
        else:
            messages.success(request, _("Saved."))
            return redirect("quality:guide")
    return render(request, "quality/guide_form.html", {"form": form, "guide": found}, status=status)


@require_http_methods(["GET", "POST"])
@needs("settings.edit")
def rubric_edit(request: StaffRequest) -> HttpResponse:
    """Write the next version of the rubric."""
    found = current_rubric()
    form = RubricForm(request.POST or None, rubric=found)
    status = 422 if request.method == "POST" else 200
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            save_rubric(actor=request.user, lines=form.lines(), per_month=data["per_month"], seen=data["seen"])
        except DomainError as error:
            form.take_error(error)
            status = status_of(error)
        else:
            messages.success(request, _("Saved. Scores given before keep their version."))
            return redirect("quality:rubric")
    return render(request, "quality/rubric_form.html", {"form": form, "rubric": found}, status=status)
