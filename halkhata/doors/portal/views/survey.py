"""The page behind the link in the mail: one question, one press. Looking at it changes nothing."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from halkhata.desks.feedback.forms import AnswerForm, score_choices
from halkhata.desks.feedback.models import SurveyInvitation, SurveyResponse
from halkhata.desks.feedback.services.answering import invitation_for, record_answer
from halkhata.doors.portal.language import LANGUAGES, language_of, spoken
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.pages import unlisted
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound


# The secret in the address is the permission: no cookie is needed, and mail programs that block them do no harm.
@csrf_exempt
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def survey(request: HttpRequest, token: str) -> HttpResponse:
    """Ask, and take the answer once."""
    try:
        invitation = invitation_for(token)
    except NotFound:
        with spoken(language_of(request)):
            return _page(request, "portal/survey_gone.html", None, language_of(request), status=404)
    language = language_of(request, invitation.language)
    with spoken(language):
        if SurveyResponse.objects.filter(invitation=invitation).exists():
            return _page(request, "portal/survey_used.html", invitation, language, status=200)
        if request.method != "POST":
            return _question(request, invitation, language, AnswerForm())
        return _take(request, invitation, token, language)


def _take(request: HttpRequest, invitation: SurveyInvitation, token: str, language: str) -> HttpResponse:
    form = AnswerForm(request.POST)
    if is_flooding(request, "survey"):
        form.add_error(None, _("Too many messages came from your network just now. Please try later, or call us."))
        return with_retry(_question(request, invitation, language, form))
    if not form.is_valid():
        return _question(request, invitation, language, form, status=422)
    try:
        response = record_answer(token=token, **form.cleaned_data)
    except Conflict:
        return _page(request, "portal/survey_used.html", invitation, language)
    except DomainError as error:
        form.add_error(error.field if error.field in form.fields else None, str(error.message))
        return _question(request, invitation, language, form, status=422)
    is_bad = response.score <= invitation.survey.recovery_threshold
    return _page(request, "portal/survey_thanks.html", invitation, language, is_bad=is_bad)


def _question(
    request: HttpRequest, invitation: SurveyInvitation, language: str, form: AnswerForm, *, status: int = 200
) -> HttpResponse:
    # A link in the mail may carry the score that was pressed there: it is chosen, not yet sent.
    chosen = request.POST.get("score") or request.GET.get("score", "")
    return _page(
        request,
        "portal/survey.html",
        invitation,
        language,
        status=status,
        form=form,
        chosen=chosen,
        choices=score_choices(),
    )


def _page(
    request: HttpRequest,
    template: str,
    invitation: SurveyInvitation | None,
    language: str,
    *,
    status: int = 200,
    **values: object,
) -> HttpResponse:
    question = ""
    if invitation is not None:
        survey = invitation.survey
        question = survey.question_bn if language == "bn" else survey.question_en
    context = {
        "invitation": invitation,
        "question": question,
        "page_language": language,
        "page_languages": LANGUAGES,
        "hide_language": True,
        **values,
    }
    response = render(request, template, context, status=status)
    # The address is a secret: it goes to no other site.
    response["Referrer-Policy"] = "no-referrer"
    return response
