"""Addresses that gateways call: delivery reports, and texts that somebody wrote to the shop.

The secret in the address says which gateway it is; an unknown one answers as if there were nothing. Gateways call with
GET or POST, as a form or as JSON.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from halkhata.engines.messaging.services.text_arriving import receive_text
from halkhata.engines.sms.models import Gateway
from halkhata.engines.sms.services.access import access_of, adapter_of, gateway_of_hook
from halkhata.engines.sms.services.reports import take_report

MOST_BODY, MOST_FIELDS, MOST_VALUE = 16 * 1024, 60, 4000


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def report(request: HttpRequest, secret: str) -> HttpResponse:
    """Keep a delivery report. 200 once it is kept, also for one that is known or cannot be read."""
    gateway, fields, refusal = _opened(request, secret)
    if gateway is None:
        return refusal
    # Somebody looking whether the address is there says nothing.
    if fields:
        take_report(gateway=gateway, fields=fields)
    return HttpResponse(content_type="text/plain")


@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def message(request: HttpRequest, secret: str) -> HttpResponse:
    """Keep a text that somebody wrote. The answer is empty: some gateways would send it back to the writer."""
    gateway, fields, refusal = _opened(request, secret)
    if gateway is None or not fields:
        return refusal if gateway is None else HttpResponse(content_type="text/plain")
    access = access_of(gateway)
    if access is None:
        return HttpResponse(status=503, content_type="text/plain")
    said = adapter_of(gateway).read_text(access, fields)
    receive_text(
        source=f"sms:{gateway.pk}", provider_id=said.provider_id, from_number=said.from_number,
        to_number=said.to_number, text=said.text, at=_moment(said.at),
        raw=json.dumps(dict(fields), ensure_ascii=False).encode("utf-8", "backslashreplace"),
    )  # fmt: skip
    return HttpResponse(content_type="text/plain")


def _opened(request: HttpRequest, secret: str) -> tuple[Gateway | None, Mapping[str, str], HttpResponse]:
    """The gateway and the fields of a call, or the answer to one that is refused. The secret comes first: nothing of a
    stranger's body is read."""
    nothing = HttpResponse(status=404, content_type="text/plain")
    gateway = gateway_of_hook(secret)
    if gateway is None:
        return None, {}, nothing
    size = request.META.get("CONTENT_LENGTH") or "0"
    if not size.isdigit() or int(size) > MOST_BODY:
        return None, {}, HttpResponse(status=413, content_type="text/plain")
    return gateway, fields_of(request), nothing


def fields_of(request: HttpRequest) -> dict[str, str]:
    """What a call says, address and body together: names and texts, no more than a few of them."""
    found = _of_address(request.META.get("QUERY_STRING", ""))
    if request.method == "POST":
        if request.content_type == "application/json":
            found.update(_flat(_json(request.body)))
        else:
            found.update({name: str(request.POST[name]) for name in request.POST})
    kept = list(found.items())[:MOST_FIELDS]
    return {name[:60].replace("\x00", ""): value[:MOST_VALUE].replace("\x00", "") for name, value in kept}


def _of_address(query: str) -> dict[str, str]:
    """The fields of the address. With ``coding=2`` the text is UTF-16, as Kannel hands on what is no plain Latin."""
    try:
        pairs = parse_qsl(query, encoding="latin-1", max_num_fields=MOST_FIELDS * 2)
    except ValueError:
        return {}
    raw = {name: value.encode("latin-1", "replace") for name, value in pairs}
    found = {name: value.decode("utf-8", "replace") for name, value in raw.items()}
    if found.get("coding") == "2" and "text" in raw:
        found["text"] = raw["text"].decode("utf-16-be", "replace")
    return found


def _json(body: bytes) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return {"body": body.decode("utf-8", "replace")}


def _flat(data: Any, depth: int = 0) -> dict[str, str]:
    """The values of an object by their own names; the first of a list speaks for it."""
    if isinstance(data, list):
        data = data[0] if data else {}
    if not isinstance(data, dict) or depth > 3:
        return {}
    found: dict[str, str] = {}
    for name, value in list(data.items())[:MOST_FIELDS]:
        if isinstance(value, dict | list):
            found.update(_flat(value, depth + 1))
        elif value is not None:
            found[str(name)] = str(value)
    return found


def _moment(typed: str) -> datetime | None:
    try:
        found = parse_datetime(typed.strip()) if typed else None
    except ValueError:
        return None
    if found is None:
        return None
    return found if timezone.is_aware(found) else timezone.make_aware(found)
