"""Counts answered requests by route and class of status, for /metrics."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from halkhata.oversight.operations.counters import request_counters


class RequestCountMiddleware:
    """Stands outermost, so that what the person waits for is what is counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        begin = time.perf_counter()
        response = self.get_response(request)
        # A stream ends when its reader goes away; how long that took says nothing about us.
        if not response.streaming:
            match = request.resolver_match
            # The template of the address, never the address itself: as many series as there are routes, and no names.
            route = match.route if match else "(none)"
            request_counters.note(route, response.status_code, time.perf_counter() - begin)
        return response
