"""Who gets into a page: signed in, and with a role that allows it."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import PERMISSIONS
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.errors import PermissionRefused

View = Callable[..., HttpResponse]


def require(user: User, permission: str) -> None:
    """Raise PermissionRefused unless ``user``'s role allows ``permission``."""
    if not user.may(permission):
        raise PermissionRefused(
            "permission_refused",
            _("Your role does not allow this. Ask whoever manages staff accounts."),
            permission=permission,
        )


def needs(*permissions: str) -> Callable[[View], View]:
    """Decorator of a staff view: ``@needs("ticket.view")``; ``@needs()`` asks for a sign-in only.

    Not signed in: leads to the sign-in page and back. Without one of the permissions: PermissionRefused (403).
    Raises KeyError at import for a permission that does not exist.
    """
    for permission in permissions:
        PERMISSIONS[permission]

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return _to_sign_in(request)
            for permission in permissions:
                require(request.user, permission)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def _to_sign_in(request: HttpRequest) -> HttpResponse:
    if getattr(request, "htmx", False):
        # htmx would put the sign-in page into the middle of the old one; this makes the browser go there.
        response = HttpResponse(status=204)
        response["HX-Redirect"] = resolve_url("accounts:login")
        return response
    return redirect_to_login(request.get_full_path() if request.method == "GET" else "/")
