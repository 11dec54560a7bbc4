"""What all customers' pages share: headers, language, the half hour of whoever follows a complaint."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.csrf import csrf_exempt, csrf_protect

from halkhata.doors.portal.language import LANGUAGES, language_of, spoken
from halkhata.doors.portal.photos import MOST, MOST_BYTES

View = Callable[..., HttpResponse]
LANGUAGE_LIVES = 365 * 24 * 60 * 60
# All photos of one form, and the rest of it.
MOST_BODY = MOST * MOST_BYTES + 1024 * 1024


def unlisted(view: View) -> View:
    """No search engine keeps the page, no cache keeps what was typed, no other site learns the address."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "no-store"
        response.headers.setdefault("Referrer-Policy", "same-origin")
        return response

    return answer


def customers_page(view: View) -> View:
    """A page in the customer's language, with the protection of a form that relies on cookies.

    ``?lang=`` in the address is remembered, so that the next page speaks it, too. A body that is too large for any form
    of ours is refused before it is read (413).
    """
    protected = csrf_protect(view)

    @csrf_exempt
    @unlisted
    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_too_large(request):
            # It is not read, so what it says about its language is not known.
            return customer_render(request, "portal/too_large.html", status=413)
        asked, language = request.GET.get("lang", ""), language_of(request)
        with spoken(language):
            response = protected(request, *args, **kwargs)
        if asked in {"bn", "en"}:
            response.set_cookie("language", asked, max_age=LANGUAGE_LIVES, samesite="Lax")
        return response

    return answer


def is_too_large(request: HttpRequest) -> bool:
    """Whether the body is larger than any form of ours, by what the browser announces."""
    length = request.META.get("CONTENT_LENGTH") or "0"
    return length.isdigit() and int(length) > MOST_BODY


def customer_render(
    request: HttpRequest, template: str, context: dict[str, Any] | None = None, status: int = 200
) -> HttpResponse:
    """Render in the language that is being spoken."""

    shared = {
        "page_language": get_language() or "bn",
        "page_languages": LANGUAGES,
        "hide_language": True,
        "embedded": False,
    }
    return render(request, template, {**shared, **(context or {})}, status=status)
