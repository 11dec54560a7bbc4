"""Turns domain errors that reach the top into the right answer."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from halkhata.foundation.core.errors import Conflict, DomainError, NotFound, PermissionRefused

STATUS = {PermissionRefused: 403, NotFound: 404, Conflict: 409}


def status_of(error: DomainError) -> int:
    """The HTTP status that fits the error: 403, 404, 409, or 422 for anything else the user can mend."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 422)


class DomainErrorMiddleware:
    """A DomainError that no view caught becomes a page (or a toast for htmx) in words, never a stack trace."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, DomainError):
            return None
        status = status_of(exception)
        if getattr(request, "htmx", False):
            return render(request, "components/_error_toast.html", {"error": exception}, status=status)
        back = request.headers.get("Referer", "")
        if (
            request.method == "POST"
            and status in {409, 422}
            and back.startswith(f"{request.scheme}://{request.get_host()}/")
        ):
            messages.error(request, str(exception.message))
            return redirect(back)
        return render(request, "shell/error.html", {"error": exception, "status": status}, status=status)
