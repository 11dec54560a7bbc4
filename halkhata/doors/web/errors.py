"""Pages for what went wrong, in words."""

import sys

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.machine_trouble import RETRY_AFTER, Trouble, trouble_of


def _page(request: HttpRequest, status: int, code: str, message: str | Promise) -> HttpResponse:
    # A customer who took a wrong turn goes back to the customers' door, not to the one of the staff.
    home = "/c/" if request.path.startswith("/c/") else "/"
    context = {"status": status, "error": DomainError(code, message), "home": home}
    return render(request, "shell/error.html", context, status=status)


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
    """500: our fault, or 503: the machine's. Says which, and that nothing half-done was kept."""
    # Django calls this while it handles the exception and does not pass it on.
    trouble = trouble_of(sys.exception())
    if trouble:
        return unavailable(trouble)
    return _page(
        request,
        500,
        "server_error",
        _("Something went wrong on our side. What you did was not saved; please try again."),
    )


_TROUBLE = {
    "database_away": _("The database does not answer at the moment. Nothing was saved; please try again soon."),
    "disk_full": _("The disk of the server is full. Nothing was saved; please tell whoever runs it, and try again."),
}


def unavailable(trouble: Trouble) -> HttpResponse:
    """503 with Retry-After. Made without request and without database: neither can be trusted at that moment."""
    page = render_to_string("shell/unavailable.html", {"message": _TROUBLE[trouble]})
    return HttpResponse(
        page, status=503, headers={"Retry-After": str(RETRY_AFTER[trouble]), "Cache-Control": "no-store"}
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """The form's protection token is missing or old."""
    return _page(request, 403, "csrf", _("This form has grown too old. Go back, reload the page and send it again."))
