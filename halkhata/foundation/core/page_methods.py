"""Which HTTP methods pages take at all: GET and POST, and HEAD as GET without its body (RFC 9110, 9.3.2)."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed

GetResponse = Callable[[HttpRequest], HttpResponse]

_OF_PAGES = ("GET", "HEAD", "POST")
# The API knows more methods and answers for itself; TRACE is refused there, too (ASVS 13.4.4).
_OWN_RULES = "/api/"


class PageMethodsMiddleware:
    """Answers 405 to every other method before anything is looked up, so that no view can be surprised by one.

    Views see HEAD as GET: a page that takes the one takes the other. The server leaves the body out.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path.startswith(_OWN_RULES):
            return self.get_response(request)
        if request.method not in _OF_PAGES:
            return HttpResponseNotAllowed(_OF_PAGES)
        if request.method != "HEAD":
            return self.get_response(request)
        request.method = "GET"
        try:
            return self.get_response(request)
        finally:
            request.method = "HEAD"
