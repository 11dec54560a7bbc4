"""Returns for everybody: the policy, and where one's own return stands."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.desks.returns.models import ReturnPolicy, ReturnRequest
from halkhata.desks.returns.selectors.advances import shown_advance
from halkhata.desks.returns.selectors.customer_view import steps_of, story_of
from halkhata.desks.returns.selectors.terms import policies_in_force
from halkhata.desks.returns.services.approving import appeal_return, may_appeal
from halkhata.desks.returns.tracking import return_behind, tracking_token
from halkhata.doors.portal.follow_forms import CodeForm
from halkhata.doors.portal.language import language_of
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.pages import customer_render, customers_page
from halkhata.doors.portal.return_forms import AppealForm, ReturnForm
from halkhata.doors.portal.secrets_of import ASKED, OPEN, address_hash, drop_cookie, new_id, read_cookie, set_cookie
from halkhata.doors.portal.selectors.parcels import parcels_to
from halkhata.doors.portal.services.following import CUSTOMER, TooMany, known_customer, open_request
from halkhata.doors.portal.services.returning import ask_to_return, return_in_session, use_return_code
from halkhata.engines.messaging.text_registry import is_carried
from halkhata.foundation.core.errors import DomainError
from halkhata.records.catalog.days import today
from halkhata.records.privacy.selectors.family import family_of_survivor

MOST_APPEALS = 10
MOST_RETURNS = 20
MOST_CODE_TRIES = 60


@customers_page
@require_safe
def policy(request: HttpRequest) -> HttpResponse:
    """What is taken back, for how long, for which fee: what holds for a sale of today, and all versions before."""
    day = today()
    older = ReturnPolicy.objects.select_related("kind").order_by("scope", "-version")
    held = policies_in_force(day)
    context = {
        "policies": held,
        "older": [row for row in older if row.pk not in {one.pk for one in held}],
        "today": day,
    }
    return customer_render(request, "portal/return_policy.html", context)


@customers_page
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """What, why, and by which phone. The answer is the same whether number and phone belong together or not."""
    if request.method != "POST":
        session = open_request(read_cookie(request, OPEN))
        known = session.contact.value if session is not None and session.contact is not None else ""
        form = ReturnForm(initial={"number": request.GET.get("number", "")[:60], "phone": known})
        return customer_render(request, "portal/return_new.html", {"form": form})
    form = ReturnForm(request.POST)
    if not form.is_valid():
        return customer_render(request, "portal/return_new.html", {"form": form}, 422)
    if (taken := _by_session(request, form)) is not None:
        return taken
    browser = read_cookie(request, ASKED) or new_id()
    try:
        ask_to_return(
            form=form.cleaned_data, browser=browser, address=address_hash(request), language=language_of(request)
        )
    except TooMany as error:
        form.take_error(error)
        return with_retry(customer_render(request, "portal/return_new.html", {"form": form}), int(error.seconds))
    except DomainError as error:
        form.take_error(error)
        return customer_render(request, "portal/return_new.html", {"form": form}, 422)
    response = redirect("portal:return_code")
    set_cookie(response, ASKED, browser)
    return response


def _by_session(request: HttpRequest, form: ReturnForm) -> HttpResponse | None:
    """Whoever has shown the code for this phone a moment ago needs no second one. None: the usual way."""
    session = open_request(read_cookie(request, OPEN))
    if session is None or known_customer(session) is None or is_flooding(request, "return", MOST_RETURNS):
        return None
    found = return_in_session(session=session, form=form.cleaned_data)
    return redirect("portal:return", tracking_token(found)) if found is not None else None


@customers_page
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The six digits. Right ones lead to the page of the return."""
    browser = read_cookie(request, ASKED)
    if request.method != "POST":
        return _code_page(request, CodeForm()) if browser else redirect("portal:return_new")
    form = CodeForm(request.POST)
    if not form.is_valid():
        return _code_page(request, form, 422)
    if is_flooding(request, "code", MOST_CODE_TRIES):
        form.add_error(None, _("Too many codes were tried from your network. Please try later, or call us."))
        return with_retry(_code_page(request, form))
    try:
        found = use_return_code(browser=browser, typed=form.cleaned_data["code"])
    except DomainError as error:
        form.take_error(error)
        return _code_page(request, form, 422)
    response = redirect("portal:return", tracking_token(found))
    drop_cookie(response, ASKED)
    return response


def _code_page(request: HttpRequest, form: CodeForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "by_sms": is_carried("sms")}
    return customer_render(request, "portal/return_code.html", context, status)


@customers_page
@require_safe
def tracking(request: HttpRequest, token: str) -> HttpResponse:
    """Where the return stands, what comes next, and the way to object. The address is the key."""
    found = return_behind(token)
    if found is None:
        return _gone(request)
    return _page(request, found, token)


@customers_page
@require_POST
def appeal(request: HttpRequest, token: str) -> HttpResponse:
    """The customer does not agree with a refusal."""
    found = return_behind(token)
    if found is None:
        return _gone(request)
    form = AppealForm(request.POST)
    if not form.is_valid():
        return _page(request, found, token, form=form, status=422)
    if is_flooding(request, "appeal", MOST_APPEALS):
        form.add_error(None, _("Too many messages came from your network just now. Please try later, or call us."))
        return with_retry(_page(request, found, token, form=form))
    try:
        appeal_return(actor=CUSTOMER, request=found, text=form.cleaned_data["text"])
    except DomainError as error:
        form.take_error(error)
        return _page(request, found, token, form=form, status=409)
    return _page(request, found, token, said=_("We have it. Somebody else than before looks at it and answers you."))


def _page(
    request: HttpRequest, found: ReturnRequest, token: str, *, form: AppealForm | None = None, status: int = 200,
    said: str = "",
) -> HttpResponse:  # fmt: skip
    session = open_request(read_cookie(request, OPEN))
    customer = known_customer(session) if session is not None else None
    steps, story = steps_of(found), story_of(found)
    reached = {line.label: line.at for line in story}
    road = {str(step.label) for step in steps}
    context = {
        # Whoever has shown the code sees the ways on; the address alone is the key to this page only.
        "own_session": customer is not None and found.customer_id in family_of_survivor(customer.pk),
        "advance": shown_advance(found),
        "item": found, "steps": [(step, reached.get(str(step.label))) for step in steps], "said": said,
        # What came between, an appeal or a way back, stands below.
        "story": [line for line in story if line.label not in road],
        "appeal_form": (form or AppealForm()) if may_appeal(found) else None,
        "appeal_url": reverse("portal:return_appeal", args=[token]),
        "parcels": parcels_to(found.customer, item_id=found.pk) if found.customer is not None else [],
    }  # fmt: skip
    return customer_render(request, "portal/return.html", context, status)


def _gone(request: HttpRequest) -> HttpResponse:
    context = {"form_url": reverse("portal:entry")}
    return customer_render(request, "portal/gone.html", context, 404)
