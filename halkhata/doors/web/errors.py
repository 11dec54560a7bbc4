"""Pages for what went wrong, in words."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError


def _page(request: HttpRequest, status: int, code: str, message: str | Promise) -> HttpResponse:
    return render(request, "shell/error.html", {"status": status, "error": DomainError(code, message)}, status=status)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """400: the browser sent something that cannot be read."""
    return _page(request, 400, "bad_request", _("The request could not be read. Nothing was changed."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """403: known, but not allowed."""
    return _page(request, 403, "forbidden", _("Your role does not allow this. Ask whoever manages staff accounts."))


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """404: not there, or not for this reader."""
    return _page(request, 404, "not_found", _("There is nothing here, or it is not for your role."))


def server_error(request: HttpRequest) -> HttpResponse:
    """500: our fault. Says so, and that nothing half-done was kept."""
    return _page(
        request,
        500,
        "server_error",
        _("Something went wrong on our side. What you did was not saved; please try again."),
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's protection token is missing or old."""
    return _page(request, 403, "csrf", _("This form has grown too old. Go back, reload the page and send it again."))
