"""From "follow your complaint" to the page of the ticket: number and phone, then the code."""

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from halkhata.doors.portal.follow_forms import CodeForm, FollowForm
from halkhata.doors.portal.language import language_of
from halkhata.doors.portal.limits import is_flooding, with_retry
from halkhata.doors.portal.pages import customer_render, customers_page
from halkhata.doors.portal.secrets_of import (
    ASKED,
    OPEN,
    address_hash,
    drop_cookie,
    new_id,
    read_cookie,
    set_cookie,
)
from halkhata.doors.portal.services.copies import drop_copies
from halkhata.doors.portal.services.following import (
    MINE,
    TooMany,
    ask_again,
    ask_for_code,
    end_session,
    open_request,
    read_phone,
    use_code,
    waiting_request,
)
from halkhata.engines.messaging.text_registry import is_carried
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import Language, format_ref
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.secret_box import seal, unseal
from halkhata.records.warranty.services.registering import confirm_phone
from halkhata.records.warranty.services.shop_rules import warranty_settings

# What the page of the code keeps of the phone number, so that it need not be typed again: sealed, in the page alone.
AGAIN = "portal.follow.again"
# Tries of codes an hour from one network address, whatever they belong to; each code has its own five besides.
MOST_CODE_TRIES = 60


@customers_page
@require_safe
def entry(request: HttpRequest) -> HttpResponse:
    """The two ways in: write to us, follow your complaint."""
    return customer_render(
        request,
        "portal/entry.html",
        {
            "session": open_request(read_cookie(request, OPEN)),
            "registers": warranty_settings().public_registration,
        },
    )


def _as_told(request: HttpRequest, number: str) -> str:
    """The number of the link as the page before has shown it, so that the customer knows it again."""
    language: Language = "bn" if language_of(request) == "bn" else "en"
    return format_ref(number, language=language, digits=Installation.current().digits_in(language))


@customers_page
@require_http_methods(["GET", "HEAD", "POST"])
def follow(request: HttpRequest) -> HttpResponse:
    """Which ticket, and which phone. The answer is the same whether they belong together or not."""
    if request.method != "POST":
        over = request.GET.get("said") == "over"
        form = FollowForm(initial={"number": _as_told(request, request.GET.get("number", "")[:40])})
        return customer_render(request, "portal/follow.html", {"form": form, "is_over": over})
    form = FollowForm(request.POST)
    if not form.is_valid():
        return customer_render(request, "portal/follow.html", {"form": form}, 422)
    browser = read_cookie(request, ASKED) or new_id()
    try:
        # Both are looked at, so that a mistake in either is told at once.
        phone = form.cleaned_data["phone"]
        ask_for_code(
            number=form.cleaned_data["number"],
            phone=phone,
            browser=browser,
            address=address_hash(request),
            language=language_of(request),
        )
        sealed = seal(read_phone(phone), purpose=AGAIN)
    except TooMany as error:
        form.take_error(error)
        return with_retry(customer_render(request, "portal/follow.html", {"form": form}), error.seconds)
    except DomainError as error:
        form.take_error(error)
        return customer_render(request, "portal/follow.html", {"form": form}, 422)
    return to_code(browser, sealed)


def to_code(browser: str, sealed_phone: str) -> HttpResponse:
    """To the page of the code, which this browser alone may use."""
    response = redirect("portal:code")
    set_cookie(response, ASKED, browser)
    response.set_cookie(
        "follow_phone", sealed_phone, max_age=30 * 60, path=reverse("portal:code"),
        secure=settings.SESSION_COOKIE_SECURE, httponly=True, samesite="Lax",
    )  # fmt: skip
    return response


@customers_page
@require_http_methods(["GET", "HEAD", "POST"])
def code(request: HttpRequest) -> HttpResponse:
    """The six digits. Right ones lead to the ticket, or to one's own data, and start half an hour."""
    browser = read_cookie(request, ASKED)
    if request.method != "POST":
        if not browser:
            return redirect("portal:follow")
        return code_page(request, CodeForm(), asked_again=request.GET.get("said") == "again")
    form = CodeForm(request.POST)
    if not form.is_valid():
        return code_page(request, form, 422)
    if is_flooding(request, "code", MOST_CODE_TRIES):
        form.take_error(_too_many_tries())
        return with_retry(code_page(request, form))
    try:
        opened, session = use_code(browser=browser, typed=form.cleaned_data["code"])
    except DomainError as error:
        form.take_error(error)
        return code_page(request, form, 422)
    if opened.number:
        confirm_phone(work_number=opened.number)
    where = "portal:mine" if opened.wants == MINE else "portal:own_data"
    response = redirect("portal:ticket", opened.number) if opened.number else redirect(where)
    # A new secret, known to nobody before this moment: a cookie planted beforehand opens nothing.
    set_cookie(response, OPEN, session)
    drop_cookie(response, ASKED)
    return response


@customers_page
@require_POST
def again(request: HttpRequest) -> HttpResponse:
    """Another code for the same ticket and number."""
    browser = read_cookie(request, ASKED)
    phone = unseal(request.COOKIES.get("follow_phone", "")[:500], purpose=AGAIN)
    waiting = waiting_request(browser)
    if waiting is None or not phone:
        return redirect("portal:follow")
    form = CodeForm()
    try:
        ask_again(request=waiting, phone=phone, browser=browser, address=address_hash(request))
    except TooMany as error:
        return with_retry(code_page(request, form, error=error), error.seconds)
    return redirect(f"{reverse('portal:code')}?said=again")


@customers_page
@require_POST
def leave(request: HttpRequest) -> HttpResponse:
    """The customer is done, on a phone that others may hold next."""
    session = open_request(read_cookie(request, OPEN))
    if session is not None:
        end_session(session)
        drop_copies(session)
    response = redirect("portal:entry")
    drop_cookie(response, OPEN)
    drop_cookie(response, ASKED)
    return response


def _too_many_tries() -> DomainError:

    return DomainError("too_many", _("Too many codes were tried from your network. Please try later, or call us."))


def code_page(
    request: HttpRequest,
    form: CodeForm,
    status: int = 200,
    *,
    asked_again: bool = False,
    error: DomainError | None = None,
) -> HttpResponse:
    """The same for everybody who has just asked: it says what is done if ticket and number belong together."""
    waiting = waiting_request(read_cookie(request, ASKED))
    context = {
        "own_data": waiting is not None and not waiting.number,
        "mine": waiting is not None and waiting.wants == MINE,
        "form": form,
        "by_sms": is_carried("sms"),
        "asked_again": asked_again,
        "error": error,
    }
    return customer_render(request, "portal/code.html", context, status)
