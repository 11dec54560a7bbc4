"""The customer's page of a dispute: following it, adding to the file, answering an offer, appealing (A60.1, A60.7)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.desks.disputes.choices import DisputeState, OfferState, Party
from halkhata.desks.disputes.models import Dispute, Offer
from halkhata.desks.disputes.selectors.country import outside_route
from halkhata.desks.disputes.selectors.customer import status_of_dispute
from halkhata.desks.disputes.selectors.settings import house_law
from halkhata.desks.disputes.selectors.summary import year_summary, years_with_disputes
from halkhata.desks.disputes.services.collecting import add_evidence
from halkhata.desks.disputes.services.ending import appeal_dispute
from halkhata.desks.disputes.services.letters import decision_pdf
from halkhata.desks.disputes.services.links import read_dispute_token
from halkhata.desks.disputes.services.offers import answer_offer
from halkhata.doors.portal.dispute_forms import AddForm, AnswerForm, AppealForm, PhoneForm
from halkhata.doors.portal.follow_forms import CodeForm
from halkhata.doors.portal.language import language_of, spoken
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.pages import customer_render, customers_page
from halkhata.doors.portal.photos import read_photos
from halkhata.doors.portal.secrets_of import (
    DISPUTE_ASKED,
    DISPUTE_OPEN,
    OPEN,
    address_hash,
    drop_cookie,
    new_id,
    read_cookie,
    set_cookie,
)
from halkhata.doors.portal.services.dispute_visits import ask_for_code, belongs_to, end_visit, open_visit, use_code
from halkhata.doors.portal.services.following import CUSTOMER, TooMany, known_customer, open_request
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.middleware import status_of
from halkhata.foundation.files.services.storing import store_file
from halkhata.foundation.printing.responses import pdf_response
from halkhata.oversight.automation.customer_time import zone_of

View = Callable[..., HttpResponse]
MOST_CODE_TRIES = 60


def _named(view: View) -> View:
    """The dispute of the link; one that is not ours answers 404."""

    @customers_page
    @wraps(view)
    def answer(request: HttpRequest, token: str, **kwargs: Any) -> HttpResponse:
        found = read_dispute_token(token)
        if found is None:
            return customer_render(request, "portal/gone.html", status=404)
        zone = zone_of(found.customer, found.branch.time_zone)
        with spoken(language_of(request), zone):
            return view(request, found, token, **kwargs)

    return answer


def _opened(request: HttpRequest, dispute: Dispute) -> bool:
    """Whoever has shown the code for this dispute, or for a complaint of the same customer."""
    if open_visit(dispute, read_cookie(request, DISPUTE_OPEN)) is not None:
        return True
    session = open_request(read_cookie(request, OPEN))
    return session is not None and belongs_to(dispute, known_customer(session))


def _needs_code(view: View) -> View:
    @wraps(view)
    def answer(request: HttpRequest, dispute: Dispute, token: str, **kwargs: Any) -> HttpResponse:
        if not _opened(request, dispute):
            return redirect("portal:dispute", token)
        return view(request, dispute, token, **kwargs)

    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@_named
def dispute(request: HttpRequest, dispute: Dispute, token: str) -> HttpResponse:
    """Where it stands; without a code, the way to one."""
    if _opened(request, dispute):
        return _page(request, dispute, token)
    if request.method != "POST":
        wants_code = request.GET.get("step") == "code" and bool(read_cookie(request, DISPUTE_ASKED))
        return _door(request, token, CodeForm() if wants_code else PhoneForm())
    return _take_code(request, dispute, token) if "code" in request.POST else _take_phone(request, dispute, token)


def _take_phone(request: HttpRequest, dispute: Dispute, token: str) -> HttpResponse:
    form = PhoneForm(request.POST)
    if not form.is_valid():
        return _door(request, token, form, 422)
    browser = read_cookie(request, DISPUTE_ASKED) or new_id()
    try:
        ask_for_code(
            dispute=dispute, phone=form.cleaned_data["phone"], browser=browser, address=address_hash(request),
            language=language_of(request),
        )  # fmt: skip
    except TooMany as error:
        form.take_error(error)
        return with_retry(_door(request, token, form), error.seconds)
    except DomainError as error:
        form.take_error(error)
        return _door(request, token, form, 422)
    response = redirect(f"{reverse('portal:dispute', args=[token])}?step=code")
    set_cookie(response, DISPUTE_ASKED, browser)
    return response


def _take_code(request: HttpRequest, dispute: Dispute, token: str) -> HttpResponse:
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _door(request, token, form, 422)
    if is_flooding(request, "dispute_code", MOST_CODE_TRIES):
        form.add_error(None, _("Too many codes were tried from your network. Please try later, or call us."))
        return with_retry(_door(request, token, form))
    try:
        session = use_code(
            dispute=dispute, browser=read_cookie(request, DISPUTE_ASKED), typed=form.cleaned_data["code"]
        )
    except DomainError as error:
        form.take_error(error)
        return _door(request, token, form, 422)
    response = redirect("portal:dispute", token)
    set_cookie(response, DISPUTE_OPEN, session)
    drop_cookie(response, DISPUTE_ASKED)
    return response


@require_POST
@_named
@_needs_code
def add(request: HttpRequest, dispute: Dispute, token: str) -> HttpResponse:
    """Words and photos for the file."""
    form = AddForm(request.POST, request.FILES)
    photos = read_photos(request.FILES.getlist("photos"))
    for problem in photos.problems:
        form.add_error("photos", problem)
    if form.is_valid() and not form.cleaned_data["text"].strip() and not photos.good:
        form.add_error("text", _("Write something, or add a photo."))
    if is_flooding(request, "dispute_add"):
        form.add_error(None, _("Too many messages came from your network just now. Please try later, or call us."))
        return with_retry(_page(request, dispute, token, add_form=form))
    if not form.is_valid():
        return _page(request, dispute, token, status=422, add_form=form)
    try:
        if form.cleaned_data["text"].strip():
            add_evidence(
                actor=CUSTOMER, dispute=dispute, party=Party.CUSTOMER, title="", text=form.cleaned_data["text"]
            )
        for name, data in photos.good:
            add_evidence(
                actor=CUSTOMER, dispute=dispute, party=Party.CUSTOMER, title=name,
                file=store_file(name=name, data=data, is_demo=dispute.is_demo),
            )  # fmt: skip
    except DomainError as error:
        form.take_error(error)
        return _page(request, dispute, token, status=status_of(error), add_form=form)
    return redirect(f"{reverse('portal:dispute', args=[token])}?said=added")


@require_POST
@_named
@_needs_code
def answer(request: HttpRequest, dispute: Dispute, token: str) -> HttpResponse:
    """Yes or no to the offer that is open."""
    form = AnswerForm(request.POST)
    offer = Offer.objects.filter(dispute=dispute, state=OfferState.OPEN).select_related("dispute").first()
    if not form.is_valid() or request.POST.get("says") not in {"yes", "no"}:
        return _page(request, dispute, token, status=422, answer_form=form)
    try:
        if offer is None or str(offer.pk) != request.POST.get("offer"):
            raise Conflict("offer_over", _("This offer is answered, taken back or has run out."))
        answer_offer(
            actor=CUSTOMER, offer=offer, accepts=request.POST["says"] == "yes", by=Party.CUSTOMER,
            note=form.cleaned_data["note"],
        )  # fmt: skip
    except DomainError as error:
        form.take_error(error)
        return _page(request, dispute, token, status=status_of(error), answer_form=form)
    return redirect(f"{reverse('portal:dispute', args=[token])}?said=answered")


@require_POST
@_named
@_needs_code
def appeal(request: HttpRequest, dispute: Dispute, token: str) -> HttpResponse:
    """The one appeal."""
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _page(request, dispute, token, status=422, appeal_form=form)
    try:
        appeal_dispute(actor=CUSTOMER, dispute=dispute, text=form.cleaned_data["text"])
    except DomainError as error:
        form.take_error(error)
        return _page(request, dispute, token, status=status_of(error), appeal_form=form)
    return redirect(f"{reverse('portal:dispute', args=[token])}?said=appealed")


@require_safe
@_named
@_needs_code
def letter(request: HttpRequest, dispute: Dispute, token: str) -> HttpResponse:
    """The decision sheet in the language that is being spoken; before there is one, the dispute's page."""
    decision = dispute.decisions.filter(signed_at__isnull=False).order_by("-round").first()
    if decision is None:
        return redirect("portal:dispute", token)
    return pdf_response(decision_pdf(dispute, decision, language=get_language() or "bn"), f"{dispute.number}.pdf")


@require_POST
@_named
def leave(request: HttpRequest, dispute: Dispute, token: str) -> HttpResponse:
    """Done, on a phone that others may hold next."""
    end_visit(dispute, read_cookie(request, DISPUTE_OPEN))
    response = redirect("portal:entry")
    drop_cookie(response, DISPUTE_OPEN)
    drop_cookie(response, DISPUTE_ASKED)
    return response


@require_safe
@customers_page
def summary(request: HttpRequest) -> HttpResponse:
    """The yearly summary: how many, how long, how they ended."""
    if not house_law().publish_summary:
        return customer_render(request, "portal/gone.html", status=404)
    years = [year_summary(year) for year in years_with_disputes()[:5]]
    return customer_render(request, "portal/dispute_summary.html", {"years": years})


def _door(request: HttpRequest, token: str, form: Any, status: int = 200) -> HttpResponse:
    context = {"form": form, "token": token, "asks_code": isinstance(form, CodeForm)}
    return customer_render(request, "portal/dispute_door.html", context, status)


def _page(request: HttpRequest, dispute: Dispute, token: str, *, status: int = 200, **bound: Any) -> HttpResponse:
    context = {
        "token": token,
        "dispute": dispute,
        "status": status_of_dispute(dispute),
        "said": request.GET.get("said", ""),
        "add_form": AddForm(),
        "answer_form": AnswerForm(),
        "appeal_form": AppealForm(),
        "route": outside_route(dispute.branch.country),
        "is_over": dispute.state in {DisputeState.CLOSED, DisputeState.WITHDRAWN},
        **bound,
    }
    return customer_render(request, "portal/dispute.html", context, status)
