"""Who is reading: language, digits, zone; and the way to set-up while there is none."""

from collections.abc import Callable
from typing import cast

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import SimpleTemplateResponse
from django.utils import timezone, translation

from halkhata.foundation.accounts.choices import Digits
from halkhata.foundation.accounts.requests import ReaderRequest
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import Digits as DigitsShown
from halkhata.foundation.core.reader import Language, Reader, reader_context

GetResponse = Callable[[HttpRequest], HttpResponse]


# Where somebody with a temporary password may still go: choosing another, signing out, the language.
_BEFORE_NEW_PASSWORD = ("/me/password/", "/sign-out/", "/language/", "/static/")


# Asked by machines, many times a minute: these read no words of the shop's, and some must answer without a database.
_MACHINES = ("/static/", "/health/", "/healthz", "/readyz", "/metrics", "/api/")


class ReaderMiddleware:
    """Sets language, digits and time zone for the request: the user's own, or the cookie's before sign-in."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        cookie = request.COOKIES.get("language")
        if user.is_authenticated:
            spoken = user.language
            wanted = user.digits
            zone = user.branch.time_zone
            show_bangla_date = user.show_bangla_date
        else:
            spoken = cookie if cookie in {"bn", "en"} else translation.get_language() or "bn"
            shop = Installation() if request.path.startswith(_MACHINES) else Installation.current()
            wanted, zone, show_bangla_date = shop.digits, shop.time_zone, True
        language: Language = "bn" if spoken.startswith("bn") else "en"
        bengali = language == "bn" if wanted == Digits.AUTO else wanted == Digits.BENGALI
        digits: DigitsShown = "bengali" if bengali else "latin"
        translation.activate(language)
        request.LANGUAGE_CODE = language
        reader = Reader(language=language, digits=digits, time_zone=zone, show_bangla_date=show_bangla_date)
        cast(ReaderRequest, request).reader = reader
        with reader_context(reader), timezone.override(zone):
            if (
                user.is_authenticated
                and user.must_change_password
                and not request.path.startswith(_BEFORE_NEW_PASSWORD)
            ):
                response: HttpResponse = redirect("accounts:password")
            else:
                response = self.get_response(request)
            if isinstance(response, SimpleTemplateResponse) and not response.is_rendered:
                response.render()
        response.headers.setdefault("Content-Language", language)
        if user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response


class SetupMiddleware:
    """While nobody has set the install up, every staff page leads to the five questions."""

    OPEN = ("/setup/", "/static/", "/language/", "/health/", "/healthz", "/readyz", "/metrics", "/api/")

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self._done = False

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not self._done and not request.path.startswith(self.OPEN):
            if not Installation.objects.filter(set_up_at__isnull=False).exists():
                return redirect("accounts:setup")
            self._done = True
        return self.get_response(request)
