"""An estimate on the customer's own page: read it, ask for the code, answer. Needs no sign-in and no script (A53.7)."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.desks.service.choices import CodePurpose, EstimateState
from halkhata.desks.service.models import Estimate
from halkhata.desks.service.selectors.turnaround import branch_turn_around
from halkhata.desks.service.services.codes import send_code
from halkhata.desks.service.services.estimates import CUSTOMER, answer_by_customer, estimate_of
from halkhata.doors.portal.job_forms import EstimateAnswerForm
from halkhata.doors.portal.language import LANGUAGES, language_of, spoken
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.pages import unlisted
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of

MOST_TRIES = 30
MOST_CODES = 10


# The signature in the address says which estimate it is; the code says who answers. No cookie is needed.
@csrf_exempt
@unlisted
@require_http_methods(["GET", "HEAD", "POST"])
def job(request: HttpRequest, token: str) -> HttpResponse:
    """The estimate, word for word, and the answer to it."""
    estimate = estimate_of(token)
    language = _language(request, estimate)
    with spoken(language):
        if estimate is None:
            return _page(request, "portal/job_gone.html", language, status=404)
        if request.method != "POST":
            form = EstimateAnswerForm(initial={"name": str(estimate.job.customer or "")})
            return _show(request, estimate, token, language, form)
        form = EstimateAnswerForm(request.POST)
        if not form.is_valid():
            return _show(request, estimate, token, language, form, status=422)
        if is_flooding(request, "estimate", MOST_TRIES):
            form.add_error(None, _("Too many messages came from your network just now. Please try later, or call us."))
            return with_retry(_show(request, estimate, token, language, form))
        data = form.cleaned_data
        try:
            answer_by_customer(
                estimate=estimate, approves=data["answer"] == "yes", typed_code=data["code"], name=data["name"],
                note=data["note"],
            )  # fmt: skip
        except DomainError as error:
            form.take_error(error)
            estimate.refresh_from_db()
            return _show(request, estimate, token, language, form, status=status_of(error))
        return redirect(f"{reverse('portal:job', args=[token])}?lang={language}")


@csrf_exempt
@unlisted
@require_POST
def job_code(request: HttpRequest, token: str) -> HttpResponse:
    """Send the code to the phone on the customer's card. The page never says which number that is."""
    estimate = estimate_of(token)
    language = _language(request, estimate)
    with spoken(language):
        if estimate is None:
            return _page(request, "portal/job_gone.html", language, status=404)
        form = EstimateAnswerForm(initial={"name": str(estimate.job.customer or "")})
        if not _is_open(estimate):
            return _show(request, estimate, token, language, form, status=409)
        if is_flooding(request, "estimate_code", MOST_CODES):
            return with_retry(_show(request, estimate, token, language, form, problem=_too_many()))
        try:
            send_code(actor=CUSTOMER, job=estimate.job, purpose=CodePurpose.ESTIMATE)
        except DomainError as error:
            return _show(request, estimate, token, language, form, problem=str(error.message), status=status_of(error))
        return redirect(f"{reverse('portal:job', args=[token])}?lang={language}&said=code#answer")


def _too_many() -> str:
    return _("Too many codes within an hour. Please try later, or call us.")


def _is_open(estimate: Estimate) -> bool:
    return estimate.state == EstimateState.SENT and estimate.expires_at > now()


def _language(request: HttpRequest, estimate: Estimate | None) -> str:
    customer = estimate.job.customer if estimate is not None else None
    return language_of(request, customer.language if customer else "")


def _show(
    request: HttpRequest,
    estimate: Estimate,
    token: str,
    language: str,
    form: EstimateAnswerForm,
    *,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    return _page(
        request, "portal/job.html", language, status=status, estimate=estimate, token=token, form=form,
        is_open=_is_open(estimate), problem=problem, code_sent=request.GET.get("said") == "code",
        turn_around=branch_turn_around(estimate.job.branch),
    )  # fmt: skip


def _page(request: HttpRequest, template: str, language: str, *, status: int = 200, **values: object) -> HttpResponse:
    context = {"page_language": language, "page_languages": LANGUAGES, "hide_language": True, **values}
    response = render(request, template, context, status=status)
    response["Cache-Control"] = "private, no-store"
    return response
