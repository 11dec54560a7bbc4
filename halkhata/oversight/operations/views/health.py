"""For whoever watches the process from outside. Nobody has to sign in, and nothing secret is told."""

import hmac
import ipaddress

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.request import split_domain_port
from django.views.decorators.http import require_safe

from halkhata.oversight.operations.exposition import CONTENT_TYPE
from halkhata.oversight.operations.selectors.liveness import reasons_not_ready
from halkhata.oversight.operations.selectors.metrics import metrics_text

_LOCAL_NAMES = {"localhost", "127.0.0.1", "[::1]"}


@require_safe
def alive(request: HttpRequest) -> HttpResponse:
    """200 as long as the process answers; the database is not asked."""
    return _plain_answer(HttpResponse("ok\n", content_type="text/plain"))


@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """200 when database, tables, worker and scheduler are as they must be; else 503 with the reasons as codes."""
    reasons = reasons_not_ready()
    answer = {"status": "failing", "reasons": reasons} if reasons else {"status": "ok"}
    response = _plain_answer(JsonResponse(answer, status=503 if reasons else 200))
    if reasons:
        response["Retry-After"] = "10"
    return response


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Numbers for Prometheus: for this machine itself, and for whoever has HALKHATA_METRICS_TOKEN; else 403."""
    if not (_has_token(request) or _is_from_here(request)):
        return _plain_answer(HttpResponse("forbidden\n", status=403, content_type="text/plain"))
    return _plain_answer(HttpResponse(metrics_text(), content_type=CONTENT_TYPE))


def _has_token(request: HttpRequest) -> bool:
    wanted = settings.METRICS_TOKEN
    given = request.headers.get("Authorization", "")
    return bool(wanted) and hmac.compare_digest(given.encode(), f"Bearer {wanted}".encode())


def _is_from_here(request: HttpRequest) -> bool:
    """From the loopback, and not by way of a proxy on it, which would speak for the whole world."""
    if any(name in request.headers for name in ("X-Forwarded-For", "Forwarded", "Via", "X-Real-IP")):
        return False
    host, _port = split_domain_port(request.get_host())
    try:
        return ipaddress.ip_address(request.META.get("REMOTE_ADDR", "")).is_loopback and host in _LOCAL_NAMES
    except ValueError:
        return False


def _plain_answer(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response
