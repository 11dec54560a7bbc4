"""The OpenAPI 3.1 document: every answer of every road, with its headers."""

from typing import Any

from django.utils import translation
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from halkhata.doors.api.parser import StrictParser
from halkhata.doors.api.problem_words import COMMON
from halkhata.doors.api.problems import CONTENT_TYPE

DESCRIPTION = """Customers, tickets, conversations, files, queues and webhooks of a Halkhata install, for programs.

A key made in the settings acts for the person who made it: it may do what is ticked **and** what that person's role
allows, on the records that person sees. What lies outside its reach answers as what does not exist: 404."""
TAGS = (
    ("customers", "People the shop deals with."),
    ("contact points", "Their phone numbers and e-mail addresses."),
    ("external ids", "What other programs call them."),
    ("consents", "What customers agreed to and refused: a ledger that only grows."),
    ("stops", "Numbers and addresses that nothing goes to any more."),
    ("data requests", "What people ask about their own data, and by when it is answered."),
    ("imports", "Lists on their way in: dry run, import, undo."),
    ("exports", "Lists on their way out, of what the key may see."),
    ("segments", "Groups of customers by conditions, and why somebody is in one."),
    ("custom fields", "The shop's own fields on customers and tickets."),
    ("tickets", "Complaints, questions and requests."),
    ("ticket steps", "What can be done with a ticket: each step is a resource."),
    ("messages", "The conversation of a ticket."),
    ("notes", "Notes that only staff see."),
    ("files", "Files of conversations."),
    ("units", "Units with their serial numbers, sales, and what is under warranty."),
    ("jobs", "Job cards: units in for service, who pays what, estimates, parts, the gate."),
    ("bookings", "Visits to the workshop: days with places, who asked for one, what the desk answered."),
    ("returns", "Goods that come back: what is asked, received, inspected, decided and settled; the ledger of goods."),
    ("parcels", "What a courier carries, and what is heard of it on the way."),
    ("aftercare", "Who is to be reminded of a service, recalls, service centres."),
    ("claims", "What the shop asks of a company for work and parts under its warranty."),
    ("disputes", "What customer and shop do not agree about: the file and the decisions."),
    ("queues", "Ready queues and saved views."),
    ("reports", "The numbers of the reports."),
    ("staff", "Who is who."),
    ("branches", "The tree of shops and service points."),
    ("teams", "Departments."),
    ("categories", "What tickets are about."),
    ("ready answers", "Texts that are kept ready, in both languages."),
    ("message texts", "What customers read automatically, its versions, and the second person who agrees."),
    ("webhooks", "Calls to other programs when something happens."),
)
_LIMITS = {
    "RateLimit": {"description": "How many calls are left (r), until when (t, seconds).", "schema": {"type": "string"}},
    "RateLimit-Policy": {"description": "How many calls (q) a window of w seconds has.", "schema": {"type": "string"}},
}
_ETAG = {"ETag": {"description": "The validator of this answer.", "schema": {"type": "string"}}}
_LOCATION = {"Location": {"description": "Where the new record is.", "schema": {"type": "string"}}}
_RETRY = {"Retry-After": {"description": "Seconds to wait.", "schema": {"type": "string"}}}
_WORDS = {
    400: "The request cannot be read.",
    401: "No valid key.",
    403: "Not among the rights of the key or its user.",
    404: "Not there, or not in reach.",
    409: "It changed meanwhile, the step does not fit its state, or the first request with this key still runs.",
    412: "The record has another version than If-Match names.",
    413: "Too large.",
    415: "A type of body that is not known here.",
    422: "A value cannot be used, or a rule of the desk says no.",
    428: "If-Match is missing.",
    429: "Too many calls.",
    500: "Our fault; nothing was saved.",
    503: "The database does not answer; nothing was saved.",
}
_CODE_OF = {
    400: "bad_request", 401: "not_signed_in", 403: "scope_missing", 404: "not_found", 409: "changed_meanwhile",
    412: "stale", 413: "too_large", 415: "wrong_content_type", 422: "invalid_input", 428: "if_match_missing",
    429: "too_many_requests", 500: "server_error", 503: "database_away",
}  # fmt: skip


class HalkhataApi(NinjaAPI):
    """Ninja's API with a complete document."""

    _document: OpenAPISchema | None = None

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            title="Halkhata",
            version="1",
            description=DESCRIPTION,
            docs_url=None,
            openapi_url="/openapi.json",
            urls_namespace="api",
            parser=StrictParser(),
            openapi_extra={
                "info": {"license": {"name": "AGPL-3.0-or-later", "identifier": "AGPL-3.0-or-later"}},
                "tags": [{"name": name, "description": words} for name, words in TAGS],
                "externalDocs": {"description": "The same, to read", "url": "/api/v1/docs"},
            },
            **kwargs,
        )

    def get_openapi_operation_id(self, operation: Any) -> str:
        """The name of the view: short, and it does not change when a file moves."""
        return str(operation.view_func.__name__)

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """Ninja's document, completed. Built once a process: it depends on the code alone."""
        if self._document is None:
            # Its examples are in English, whoever asks first.
            with translation.override("en"):
                self._document = self._build(**kwargs)
        return self._document

    def _build(self, **kwargs: Any) -> OpenAPISchema:
        schema = super().get_openapi_schema(**kwargs)
        for operations in schema["paths"].values():
            for method, operation in list(operations.items()):
                operations[method] = _completed(method, dict(operation))
        for path, operations in schema["paths"].items():
            if links := _links(path, schema["paths"]):
                operations["post"]["responses"]["201"]["links"] = links
        return schema


# What a new record answers with, and the part of an address where it is used.
_GIVES = {
    "/api/v1/customers": ("customer_id", "id"),
    "/api/v1/tickets": ("number", "number"),
    "/api/v1/files": ("file_id", "id"),
    "/api/v1/webhooks": ("webhook_id", "id"),
    "/api/v1/customers/{customer_id}/contact-points": ("point_id", "id"),
    "/api/v1/customers/{customer_id}/external-ids": ("external_id", "id"),
    "/api/v1/imports": ("import_id", "id"),
    "/api/v1/exports": ("export_id", "id"),
    "/api/v1/data-requests": ("request_number", "number"),
}


def _links(path: str, paths: dict[str, Any]) -> dict[str, Any]:
    """What can be done with a record that has just been made."""
    if path not in _GIVES:
        return {}
    parameter, value = _GIVES[path]
    parameters = {parameter: f"$response.body#/{value}"}
    if "{customer_id}" in path:
        parameters["customer_id"] = "$request.path.customer_id"
    wanted = set(parameters)
    return {
        operation["operationId"]: {"operationId": operation["operationId"], "parameters": parameters}
        for other, operations in paths.items()
        if other.startswith(path) and wanted == {part.strip("{}") for part in other.split("/") if part.startswith("{")}
        for operation in operations.values()
    }


def _completed(method: str, operation: dict[str, Any]) -> dict[str, Any]:
    operation["parameters"] = [*operation.get("parameters", []), *_header_parameters(method, operation["responses"])]
    answers = {}
    for status, answer in operation["responses"].items():
        answers[str(status)] = _answer(int(status), dict(answer))
    operation["responses"] = answers
    return operation


def _answer(status: int, answer: dict[str, Any]) -> dict[str, Any]:
    headers: dict[str, Any] = dict(_LIMITS) if status != 401 else {}
    if status >= 400:
        answer["description"] = _WORDS.get(status, answer["description"])
        code = _CODE_OF[status]
        answer["content"] = {
            CONTENT_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": {
                    "type": f"/api/v1/problems/{code}",
                    "title": str(COMMON[code][1]),
                    "status": status,
                    "code": code,
                },
            }
        }
        if status == 401:
            headers["WWW-Authenticate"] = {"schema": {"type": "string"}}
        if status in {429, 503}:
            headers |= _RETRY
    elif status == 304:
        answer["description"] = "Unchanged: you have it already."
        headers |= _ETAG
    elif status in {200, 201}:
        headers |= _ETAG
        if status == 201:
            headers |= _LOCATION
    answer["headers"] = headers
    return answer


def _header_parameters(method: str, answers: dict[Any, Any]) -> list[dict[str, Any]]:
    text = {"type": "string"}
    found = [
        {
            "in": "header",
            "name": "Accept-Language",
            "required": False,
            "description": "`bn` or `en`: the language of titles.",
            "schema": text,
        }
    ]
    if 304 in answers:
        found.append(
            {"in": "header", "name": "If-None-Match", "required": False, "description": "An ETag you have: unchanged "
             "is answered with 304.", "schema": text}
        )  # fmt: skip
    if 412 in answers:
        found.append(
            {"in": "header", "name": "If-Match", "required": False, "schema": text, "description": "The ETag of the "
             "version you change. "
             + ("Without it: 428." if 428 in answers else "Without it nothing is compared.")}
        )  # fmt: skip
    if method == "post":
        found.append(
            {"in": "header", "name": "Idempotency-Key", "required": False, "description": "1 to 255 visible ASCII "
             "characters: the same request under the same key is done once, for 24 hours.",
             "schema": {"type": "string", "minLength": 1, "maxLength": 257, "pattern": "^\"?[!#-~]+\"?$"}}
        )  # fmt: skip
    return found
