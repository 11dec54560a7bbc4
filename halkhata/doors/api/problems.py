"""Errors as problem documents (RFC 9457, application/problem+json)."""

import json
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.core.serializers.json import DjangoJSONEncoder
from django.db import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError
from django.utils.functional import Promise
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from halkhata.doors.api.problem_words import COMMON
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.middleware import status_of

CONTENT_TYPE = "application/problem+json"


class ApiProblem(Exception):
    """A refusal of the API itself. ``code`` is one of problem_words.COMMON."""

    def __init__(self, code: str, *, headers: Mapping[str, str] | None = None, **extra: Any) -> None:
        super().__init__(code)
        self.code = code
        self.headers = dict(headers or {})
        self.extra = extra

    def response(self) -> HttpResponse:
        """The document."""
        return common(self.code, headers=self.headers, **self.extra)


def problem(
    status: int, code: str, title: str | Promise, *, headers: Mapping[str, str] | None = None, **extra: Any
) -> HttpResponse:
    """One problem document. ``type`` leads to a page that explains the code and never changes."""
    body = {"type": f"/api/v1/problems/{code}", "title": str(title), "status": status, "code": code, **extra}
    return HttpResponse(
        # ASCII only: what a client sent may hold half a surrogate pair, which no encoding knows.
        json.dumps(body, cls=DjangoJSONEncoder, default=str),
        status=status,
        content_type=CONTENT_TYPE,
        headers={**(headers or {})},
    )


def common(code: str, *, headers: Mapping[str, str] | None = None, **extra: Any) -> HttpResponse:
    """A problem that any road of the API may answer with."""
    status, title, _explanation = COMMON[code]
    return problem(status, code, title, headers=headers, **extra)


def of_domain(error: DomainError, *, has_precondition: bool) -> HttpResponse:
    """A rule of a desk. What is foreign and what is absent answer alike, whichever service said so."""
    if isinstance(error, NotFound):
        return common("not_found")
    if error.code == "changed_meanwhile" and has_precondition:
        return common("stale")
    extra: dict[str, Any] = {"field": error.field} if error.field else {}
    return problem(status_of(error), error.code, error.message, **extra)


def of_crash(request: HttpRequest, error: Exception) -> HttpResponse | None:
    """What is not the desk's rule but the request's form or the machine's trouble; None for our own mistakes."""
    if isinstance(error, RequestDataTooBig):
        return common("too_large")
    if isinstance(error, SuspiciousOperation | BadRequest | MultiPartParserError):
        return common("bad_request")
    if isinstance(error, Http404):
        # Of a view that is none of our operations: the root of the API.
        return common("not_found")
    if isinstance(error, OperationalError | InterfaceError):
        return common("database_away", headers={"Retry-After": "5"})
    return None


def install(api: NinjaAPI) -> None:
    """Make every error of ``api`` a problem document."""

    @api.exception_handler(ApiProblem)
    def own(request: HttpRequest, error: ApiProblem) -> HttpResponse:
        return error.response()

    @api.exception_handler(DomainError)
    def domain(request: HttpRequest, error: DomainError) -> HttpResponse:
        return of_domain(error, has_precondition="If-Match" in request.headers)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [{"at": _place(one["loc"]), "message": str(one["msg"])[:300]} for one in error.errors[:50]]
        return common("invalid_input", errors=errors)

    @api.exception_handler(AuthenticationError)
    def stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        return common("not_signed_in", headers={"WWW-Authenticate": 'Bearer realm="halkhata"'})

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return common("not_found")

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, error: HttpError) -> HttpResponse:
        return common("bad_request")

    @api.exception_handler(Exception)
    def ours(request: HttpRequest, error: Exception) -> HttpResponse:
        # To the pipeline, which knows what to do with it.
        raise error


def _place(parts: Any) -> str:
    """Where a value stands: "query.limit", "body.phones.0"; the name of our own argument means nothing to a client."""
    names = [str(part)[:60] for part in parts]
    if names[:2] == ["body", "body"]:
        names = names[1:]
    return ".".join(names)
