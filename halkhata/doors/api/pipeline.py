"""What every call goes through, in this order: key, limit, form, repetition, transaction, validator."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, cast

from django.conf import settings
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import translation
from django.utils.cache import patch_vary_headers
from ninja.operation import Operation

from halkhata.doors.api import limits
from halkhata.doors.api.auth import BearerKey, KeyRequest
from halkhata.doors.api.idempotency import Claim, claim_or_replay, key_of
from halkhata.doors.api.problems import ApiProblem, common, of_crash
from halkhata.doors.api.versions import is_unchanged, put_etag
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.reader import Reader, reader_context
from halkhata.foundation.files.services.storing import MAX_SIZE

logger = logging.getLogger(__name__)
Run = Callable[..., HttpResponse]

KEY = BearerKey()
_BODIES = {"body": "application/json", "form": "multipart/form-data", "file": "multipart/form-data"}
_MULTIPART_ROOM = 64 * 1024


def guard(run: Run) -> Run:
    """Decorator of ninja's ``Operation.run`` (``api.add_decorator(guard, mode="view")``)."""
    operation = cast(Operation, run.__self__)  # type: ignore[attr-defined]
    names = {
        name
        for model in operation.models
        if model.__ninja_param_source__ == "query"
        for name in (getattr(model, "__ninja_flatten_map__", None) or model.model_fields)
    }
    body_type = next(
        (_BODIES[m.__ninja_param_source__] for m in operation.models if m.__ninja_param_source__ in _BODIES), ""
    )

    @wraps(run)
    def guarded(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        headers: dict[str, str] = {}
        try:
            if operation.auth_callbacks:
                headers = _let_in(request)
            _check_form(request, names, body_type)
            with _as_reader(request):
                response = _answer(run, request, kwargs)
        except ApiProblem as refusal:
            response = refusal.response()
        for name, value in headers.items():
            response[name] = value
        return response

    return guarded


def _let_in(request: HttpRequest) -> dict[str, str]:
    """Check the key and count the call. Returns the headers that say how many are left."""
    address = limits.address_of(request)
    if wait := limits.refuse_guesser(address):
        raise ApiProblem("too_many_requests", headers={"Retry-After": str(wait)})
    token = KEY(request)
    if token is None:
        if "Authorization" in request.headers:
            limits.count_failure(address)
        raise ApiProblem("not_signed_in", headers={"WWW-Authenticate": 'Bearer realm="halkhata"'})
    cast(KeyRequest, request).auth = token
    standing = limits.count_call(token.token_hash)
    if not standing.allowed:
        raise ApiProblem("too_many_requests", headers={"Retry-After": str(standing.reset), **standing.headers()})
    return standing.headers()


def _check_form(request: HttpRequest, names: set[str], body_type: str) -> None:
    """Refuse what cannot be read before anything is: unknown parameters, wrong type, too much."""
    unknown = [name for name in request.GET if name not in names]
    if unknown:
        raise ApiProblem(
            "invalid_input", errors=[{"at": f"query.{name[:60]}", "message": "unknown parameter"} for name in unknown]
        )
    for name, value in request.GET.items():
        # No database column takes NUL, and no encoding half a surrogate pair.
        if "\x00" in value or not _is_text(str(value)):
            raise ApiProblem("invalid_input", errors=[{"at": f"query.{name[:60]}", "message": "not a text"}])
    if not body_type:
        return
    if request.content_type != body_type:
        raise ApiProblem("wrong_content_type", headers={"Accept": body_type})
    size = request.META.get("CONTENT_LENGTH") or "0"
    room = MAX_SIZE + _MULTIPART_ROOM if body_type == "multipart/form-data" else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if size.isdigit() and int(size) > room:
        raise ApiProblem("too_large")


def _is_text(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


@contextmanager
def _as_reader(request: HttpRequest) -> Iterator[None]:
    """Numbers in Latin digits, words as Accept-Language asks, days as in the zone of the key's user."""
    user = getattr(request, "user", None)
    zone = user.branch.time_zone if isinstance(user, User) else "Asia/Dhaka"
    language = "bn" if (translation.get_language() or "en").startswith("bn") else "en"
    with reader_context(Reader(language=cast(Any, language), digits="latin", time_zone=zone)):
        yield


def _answer(run: Run, request: HttpRequest, kwargs: dict[str, Any]) -> HttpResponse:
    if request.method == "GET":
        response = run(request, **kwargs)
        if response.status_code == 200 and response.get("Content-Type", "").startswith("application/json"):
            put_etag(request, response)
            if is_unchanged(request, response):
                unchanged = HttpResponse(status=304)
                unchanged["ETag"] = response["ETag"]
                return unchanged
        return response
    claim: Claim | None = None
    if request.method == "POST" and (key := key_of(request)) is not None:
        found = claim_or_replay(request, cast(KeyRequest, request).auth, key)
        if isinstance(found, HttpResponse):
            return found
        claim = found
    is_kept = False
    try:
        response = _change(run, request, kwargs, claim)
        is_kept = response.status_code < 400
        return response
    finally:
        if claim is not None and not is_kept:
            claim.release()


def _change(run: Run, request: HttpRequest, kwargs: dict[str, Any], claim: Claim | None) -> HttpResponse:
    """All or nothing: whatever is refused leaves no trace, and the kept answer commits with its change."""
    with transaction.atomic():
        response = run(request, **kwargs)
        if response.status_code >= 400:
            transaction.set_rollback(True)
            return response
        if response.status_code in {200, 201}:
            put_etag(request, response)
        if claim is not None:
            claim.keep(response)
    return response


def outermost(view: Run) -> Run:
    """Decorator of the URL's view: what nothing inside has answered becomes a problem document, too."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            response = view(request, *args, **kwargs)
        except Exception as error:
            response = of_crash(request, error) or _ours(request, error)
        if isinstance(response, HttpResponseNotAllowed):
            response = common("method_not_allowed", headers={"Allow": response["Allow"]})
        patch_vary_headers(response, ("Authorization",))
        response.headers.setdefault("Cache-Control", "no-store, private")
        response.headers.setdefault("X-Content-Type-Options", "nosniff")
        return response

    return answered


def _ours(request: HttpRequest, error: Exception) -> HttpResponse:
    logger.exception("%s %s failed", request.method, request.path)
    got_request_exception.send(sender=None, request=request)
    return common("server_error")
