"""Asking for the password again before something that an unwatched screen must not be able to do (ASVS 7.5.1)."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from halkhata.foundation.accounts.requests import StaffRequest
from halkhata.foundation.accounts.services.sessions import is_confirmed

View = Callable[..., HttpResponse]


def confirmed(view: View) -> View:
    """Decorator under ``@needs``: without a password typed in the last ten minutes, first the page that asks for it.

    What was posted is not kept: it leads back to the page, or for an action without a page to where one came from.
    """

    @wraps(view)
    def guarded(request: StaffRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if is_confirmed(request.session):
            return view(request, *args, **kwargs)
        address = confirm_address(request)
        if getattr(request, "htmx", False):
            response = HttpResponse(status=204)
            response["HX-Redirect"] = address
            return response
        return redirect(address)

    return guarded


def confirm_address(request: StaffRequest) -> str:
    """The page that asks for the password, leading back to a page that can be looked at."""
    back = request.get_full_path()
    if request.method != "GET":
        prefix = f"{request.scheme}://{request.get_host()}"
        referer = request.headers.get("Referer", "")
        back = referer.removeprefix(prefix) if referer.startswith(f"{prefix}/") else "/me/"
    return f"{reverse('accounts:confirm')}?{urlencode({'next': back})}"
