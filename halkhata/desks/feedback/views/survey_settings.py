"""Settings of the survey, with the page a customer will see."""

from urllib.parse import urlencode

from csp.constants import NONE, SELF
from csp.decorators import csp_replace
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_http_methods, require_safe

from halkhata.desks.feedback.forms import AnswerForm, SurveyForm, score_choices
from halkhata.desks.feedback.services.asking import csat_survey
from halkhata.desks.feedback.services.survey_settings import FIELDS, checked, save_survey
from halkhata.foundation.accounts.permissions import needs
from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import Language, Reader, reader_context
from halkhata.foundation.core.text import clean_text


@require_http_methods(["GET", "HEAD", "POST"])
@needs("settings.edit")
def survey_settings(request: StaffRequest) -> HttpResponse:
    """On or off, the question, what a bad answer is, how long and how often; "Show" looks without saving."""
    survey = csat_survey()
    values = {name: getattr(survey, name) for name in FIELDS}
    form = SurveyForm(request.POST or None, initial={**values, "version": survey.version})
    shown = values
    if request.method == "POST" and form.is_valid():
        typed = {name: form.cleaned_data[name] for name in FIELDS}
        try:
            shown = checked(typed)
            if "preview" not in request.POST:
                save_survey(actor=request.user, values=typed, version=form.cleaned_data["version"])
                messages.success(request, _("Saved."))
                return redirect("feedback:settings")
        except DomainError as error:
            form.add_error(error.field if error.field in form.fields else None, str(error.message))
    context = {
        "form": form,
        "is_draft": "preview" in request.POST and not form.errors,
        "previews": [
            {"language": code, "name": name, "url": _preview_url(code, shown[f"question_{code}"])}
            for code, name in (("bn", _("Bengali")), ("en", _("English")))
        ],
    }
    return render(request, "feedback/survey_settings.html", context, status=422 if form.errors else 200)


def _preview_url(language: str, question: str) -> str:
    return f"{reverse('feedback:preview')}?{urlencode({'lang': language, 'question': question})}"


@require_safe
@xframe_options_sameorigin
@csp_replace({"frame-ancestors": [SELF], "form-action": [NONE]})
@needs("settings.edit")
def preview(request: StaffRequest) -> HttpResponse:
    """The answer page as a customer sees it, with the question of the address; nothing can be sent from it."""
    language: Language = "en" if request.GET.get("lang") == "en" else "bn"
    digits = Installation.current().digits_in(language)
    with translation.override(language), reader_context(Reader(language=language, digits=digits)):
        context = {
            "question": clean_text(request.GET.get("question", ""), max_length=200),
            "form": AnswerForm(),
            "choices": score_choices(),
            "hide_language": True,
            "page_language": language,
            "is_preview": True,
        }
        return render(request, "feedback/preview.html", context)
