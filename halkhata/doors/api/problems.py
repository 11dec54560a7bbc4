"""Errors as problem documents (RFC 9457, application/problem+json)."""

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.middleware import status_of


def problem(status: int, code: str, title: str, **extra: Any) -> HttpResponse:
    """One problem document. ``type`` is a relative reference that names the error code and never changes."""
    body = {"type": f"/api/v1/problems/{code}", "title": title, "status": status, "code": code, **extra}
    return HttpResponse(
        json.dumps(body, cls=DjangoJSONEncoder, ensure_ascii=False, default=str),
        status=status,
        content_type="application/problem+json",
    )


def install(api: NinjaAPI) -> None:
    """Make every error of ``api`` a problem document."""

    @api.exception_handler(DomainError)
    def domain(request: HttpRequest, error: DomainError) -> HttpResponse:
        extra: dict[str, Any] = {"field": error.field} if error.field else {}
        return problem(status_of(error), error.code, str(error.message), **extra)

    @api.exception_handler(ValidationError)
    def invalid(request: HttpRequest, error: ValidationError) -> HttpResponse:
        errors = [{"at": ".".join(str(part) for part in one["loc"]), "message": one["msg"]} for one in error.errors]
        return problem(422, "invalid_input", _("Some values cannot be used."), errors=errors)

    @api.exception_handler(AuthenticationError)
    def stranger(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
        response = problem(401, "not_signed_in", _("Send a valid key: Authorization: Bearer …"))
        response["WWW-Authenticate"] = 'Bearer realm="halkhata"'
        return response

    @api.exception_handler(Http404)
    def missing(request: HttpRequest, error: Http404) -> HttpResponse:
        return problem(404, "not_found", _("There is nothing here, or it is not for this key."))

    @api.exception_handler(HttpError)
    def other(request: HttpRequest, error: HttpError) -> HttpResponse:
        return problem(error.status_code, "bad_request", _("The request could not be read."))
