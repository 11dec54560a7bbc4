"""``POST /api/v1/calls/KEY``: a telephone system tells of a call (A52.21).

No Bearer key: the message is signed with the shared secret of the telephone system, as the Standard Webhooks
specification has it (headers ``webhook-id``, ``webhook-timestamp``, ``webhook-signature``). A message older or newer
than five minutes is refused, and one that was taken before changes nothing.
"""

import json
from datetime import UTC, datetime
from typing import Any, Literal

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from ninja import Schema
from pydantic import Field, ValidationError

from halkhata.desks.tickets.services.telephone import CallNews, secret_of, system_of, take_news
from halkhata.doors.api.problems import ApiProblem, of_domain
from halkhata.doors.api.signed import refused, signed_id, small_body
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError, NotFound

MAX_BODY = 32 * 1024


class CallIn(Schema):
    """What a telephone system says of a call."""

    call_id: str = Field(min_length=1, max_length=120)
    event: Literal["ringing", "answered", "ended"]
    direction: Literal["in", "out"]
    number: str = Field(default="", max_length=40)
    extension: str = Field(default="", max_length=20)
    at: datetime | None = None
    seconds: int | None = Field(default=None, ge=0, le=24 * 60 * 60)
    answered: bool | None = None
    recording_url: str = Field(default="", max_length=500)
    consent: Literal["", "told", "agreed", "refused"] = ""
    ticket: str = Field(default="", max_length=20)


@csrf_exempt
@require_POST
def tell(request: HttpRequest, key: str) -> HttpResponse:
    """Take one message. 204 when it is taken, or was before."""
    try:
        return _taken(request, key)
    except ApiProblem as refusal:
        return refusal.response()
    except DomainError as error:
        return of_domain(error, has_precondition=False)


def _taken(request: HttpRequest, key: str) -> HttpResponse:
    body = small_body(request, MAX_BODY)
    try:
        system = system_of(key)
    except NotFound:
        # An unknown key and a wrong signature answer alike.
        raise refused(request) from None
    webhook_id = signed_id(request, secret_of(system), body)
    take_news(system=system, webhook_id=webhook_id, news=_news(body))
    return HttpResponse(status=204)


def _news(body: bytes) -> CallNews:
    try:
        said = CallIn.model_validate(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise ApiProblem("invalid_input", errors=_faults(error)) from error
    texts = (said.call_id, said.number, said.extension, said.recording_url, said.ticket)
    if any(not _is_text(text) for text in texts):
        raise ApiProblem("invalid_input", errors=[{"at": "body", "message": "not a text"}])
    at = said.at or now()
    return CallNews(
        call_id=said.call_id,
        step=said.event,
        direction=said.direction,
        number=said.number,
        extension=said.extension,
        at=at if at.tzinfo else at.replace(tzinfo=UTC),
        seconds=said.seconds,
        answered=said.answered,
        recording_url=said.recording_url,
        consent=said.consent,
        ticket=said.ticket,
    )


def _faults(error: Exception) -> list[dict[str, Any]]:
    if isinstance(error, ValidationError):
        return [{"at": "body." + ".".join(map(str, one["loc"])), "message": one["msg"]} for one in error.errors()]
    return [{"at": "body", "message": "no JSON in UTF-8"}]


def _is_text(value: str) -> bool:
    """No database column takes NUL, and no encoding half a surrogate pair."""
    return "\x00" not in value and value.isprintable() and value == value.encode("utf-8", "ignore").decode()
