"""What we keep about somebody, without an account: the code sent to their phone says who they are (E.8, US-56)."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from halkhata.doors.portal.follow_forms import OwnDataForm, PhoneForm
from halkhata.doors.portal.language import language_of
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.models import FollowRequest
from halkhata.doors.portal.pages import customer_render, customers_page
from halkhata.doors.portal.secrets_of import OPEN, drop_cookie, read_cookie
from halkhata.doors.portal.selectors.own_data import own_data_of
from halkhata.doors.portal.services.copies import ask_for_copy, copy_of, fetched
from halkhata.doors.portal.services.following import customer_of, open_request
from halkhata.doors.portal.services.telling_owner import is_shared
from halkhata.doors.portal.views.by_phone import take_phone
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.files.services.blobs import blob_path
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.choices import ConsentSource
from halkhata.records.privacy.services.preferences import decide_oneself
from halkhata.records.privacy.services.requests import request_by_themselves

# Presses an hour from one network address, behind which many people may sit.
MOST = 60
NOTICES = {"copy", "consents", "asked"}


def own_page(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponse]:
    """Only for whoever has shown the code. The view gets the session and the customer.

    A number that several people have says of none of them who is asking: whoever named a phone alone is sent to us.
    """

    @customers_page
    @wraps(view)
    def answer(request: HttpRequest) -> Any:
        session = open_request(read_cookie(request, OPEN))
        customer = customer_of(session) if session is not None else None
        if session is None or customer is None or session.contact is None:
            response = redirect("portal:own_data_enter")
            drop_cookie(response, OPEN)
            return response
        if not session.number and is_shared(session.contact):
            return customer_render(request, "portal/own_data_shared.html", status=403)
        return view(request, session=session, customer=customer)

    return answer


@customers_page
@require_http_methods(["GET", "HEAD", "POST"])
def enter(request: HttpRequest) -> HttpResponse:
    """Which phone. The answer is the same whether we know it or not."""
    if request.method != "POST":
        return customer_render(request, "portal/own_data_enter.html", {"form": PhoneForm()})
    return take_phone(request, "portal/own_data_enter.html")


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def own_data(request: HttpRequest, *, session: FollowRequest, customer: Customer) -> HttpResponse:
    """What is kept, what was agreed to, what was asked; and asking for a correction, no advertising, erasure."""
    if request.method != "POST":
        return _page(request, session, customer, OwnDataForm())
    if _floods(request):
        return _too_many(request, session, customer)
    form = OwnDataForm(request.POST)
    if not form.is_valid():
        return _page(request, session, customer, form, 422)
    row = request_by_themselves(
        customer=customer, kind=form.cleaned_data["kind"], what=form.cleaned_data["what"],
        received_how=ConsentSource.FORM,
    )  # fmt: skip
    return _back("asked", number=row.number)


@require_POST
@own_page
def consents(request: HttpRequest, *, session: FollowRequest, customer: Customer) -> HttpResponse:
    """What somebody allows from now on."""
    if _floods(request):
        return _too_many(request, session, customer)
    pairs = [one.partition(":") for one in request.POST.getlist("agreed")[:100]]
    decide_oneself(
        customer=customer,
        agreed={(purpose, channel) for purpose, _colon, channel in pairs},
        proof=str(_("By the code sent to their phone")),
    )
    return _back("consents")


@require_http_methods(["GET", "HEAD", "POST"])
@own_page
def copy(request: HttpRequest, *, session: FollowRequest, customer: Customer) -> HttpResponseBase:
    """POST has everything that is kept written into one file; GET fetches it. It is there for this session alone."""
    if request.method == "POST":
        if _floods(request):
            return _too_many(request, session, customer)
        try:
            ask_for_copy(session=session)
        except Conflict as error:
            return _page(request, session, customer, OwnDataForm(), 409, problem=str(error.message))
        return _back("copy")
    made = copy_of(session)
    if made is None or made.file is None:
        raise Http404
    try:
        stream = blob_path(made.file.path).open("rb")
    except FileNotFoundError:
        raise Http404 from None
    # Views see HEAD as GET; a look without the file is no fetching.
    if request.META.get("REQUEST_METHOD") != "HEAD":
        fetched(copy=made, customer=customer)
    response = FileResponse(stream, as_attachment=True, filename=made.file.original_name)
    response["Content-Type"] = "application/zip"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _floods(request: HttpRequest) -> bool:
    return is_flooding(request, "own_data", MOST)


def _too_many(request: HttpRequest, session: FollowRequest, customer: Customer) -> HttpResponse:
    problem = _("Too many messages came from your network just now. Please try later, or call us.")
    return with_retry(_page(request, session, customer, OwnDataForm(initial=request.POST.dict()), problem=problem))


def _back(said: str, **more: str) -> HttpResponse:
    return redirect(f"{reverse('portal:own_data')}?{urlencode({'said': said, **more})}")


def _page(
    request: HttpRequest,
    session: FollowRequest,
    customer: Customer,
    form: OwnDataForm,
    status: int = 200,
    problem: str = "",
) -> HttpResponse:
    said = request.GET.get("said", "")
    context = {
        "form": form,
        "problem": problem,
        "said": said if said in NOTICES else "",
        "session": session,
        **own_data_of(session, customer, language=language_of(request), number=request.GET.get("number", "")[:20]),
    }
    response = customer_render(request, "portal/own_data.html", context, status)
    if context["is_being_made"] and status == 200:
        # Looks again by itself, without a script.
        response["Refresh"] = f"5; url={reverse('portal:own_data')}"
    return response
