"""Pages for people: the API to read, what each problem code means, and the answer for addresses that are none."""

import json
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from halkhata.doors.api.api import api
from halkhata.doors.api.openapi import TAGS
from halkhata.doors.api.problem_words import COMMON, words_of
from halkhata.doors.api.problems import common


@require_GET
def docs(request: HttpRequest) -> HttpResponse:
    """The document of the API as one page, drawn by the server: no script, nothing from elsewhere."""
    schema: dict[str, Any] = api.get_openapi_schema()
    roads = [
        _road(path, method, operation, schema)
        for path, operations in schema["paths"].items()
        for method, operation in operations.items()
    ]
    groups = [
        {"name": name, "words": words, "slug": name.replace(" ", "-"), "roads": [r for r in roads if name in r["tags"]]}
        for name, words in TAGS
    ]
    return render(request, "api/docs.html", {"groups": groups, "info": schema["info"]})


@require_GET
def problems_page(request: HttpRequest) -> HttpResponse:
    """All problem codes of the API itself."""
    rows = [{"code": code, "status": status, "title": title} for code, (status, title, _why) in COMMON.items()]
    return render(request, "api/problems.html", {"rows": rows})


@require_GET
def problem_page(request: HttpRequest, code: str) -> HttpResponse:
    """What one problem code means. The field ``type`` of a problem document leads here."""
    words = words_of(code)
    if words is None:
        raise Http404
    status, title, explanation = words
    return render(
        request, "api/problem.html", {"code": code, "status": status, "title": title, "explanation": explanation}
    )


@csrf_exempt
def nowhere(request: HttpRequest) -> HttpResponse:
    """No such address under /api/."""
    return common("not_found")


def _road(path: str, method: str, operation: dict[str, Any], schema: dict[str, Any]) -> dict[str, Any]:
    body = operation.get("requestBody", {}).get("content", {})
    body_type, body_shape = next(((kind, part["schema"]) for kind, part in body.items()), ("", None))
    good = next((status for status in operation["responses"] if status.startswith("2")), "")
    content = operation["responses"].get(good, {}).get("content", {})
    answer = next((part.get("schema") for part in content.values()), None)
    return {
        "id": operation["operationId"],
        "method": method.upper(),
        "path": path,
        "summary": operation["summary"],
        "words": operation.get("description", ""),
        "tags": operation.get("tags", []),
        "parameters": [_parameter(one) for one in operation["parameters"] if one["in"] != "header"],
        "headers": [one for one in operation["parameters"] if one["in"] == "header"],
        "body_type": body_type,
        "fields": _fields(body_shape, schema) if body_shape else [],
        "answer": _fields(answer, schema) if answer else [],
        "good": good,
        "statuses": [
            {"code": status, "words": answer["description"]} for status, answer in operation["responses"].items()
        ],
    }


def _parameter(one: dict[str, Any]) -> dict[str, Any]:
    shape = one["schema"]
    return {
        "name": one["name"],
        "place": one["in"],
        "required": one.get("required", False),
        "shape": _shape(shape),
        "words": one.get("description", "") or shape.get("description", ""),
        "default": json.dumps(shape["default"]) if shape.get("default") not in (None, "") else "",
    }


def _fields(shape: dict[str, Any] | None, schema: dict[str, Any]) -> list[dict[str, Any]]:
    """The fields of an object, one level deep."""
    resolved = _resolve(shape, schema)
    required = set(resolved.get("required", ()))
    return [
        {
            "name": name,
            "required": name in required,
            "shape": _shape(part),
            "words": part.get("description", ""),
        }
        for name, part in resolved.get("properties", {}).items()
    ]


def _resolve(shape: dict[str, Any] | None, schema: dict[str, Any]) -> dict[str, Any]:
    if shape and "$ref" in shape:
        return dict(schema["components"]["schemas"][shape["$ref"].rpartition("/")[2]])
    return shape or {}


def _shape(part: dict[str, Any]) -> str:
    """A type in a few words: "integer or null", "one of low, high", "list of string"."""
    if "anyOf" in part:
        return " | ".join(_shape(one) for one in part["anyOf"])
    if "enum" in part:
        return ", ".join(json.dumps(one) for one in part["enum"])
    if "const" in part:
        return json.dumps(part["const"])
    if "$ref" in part:
        return str(part["$ref"].rpartition("/")[2])
    kind = str(part.get("type", "any"))
    if kind == "array":
        return f"[{_shape(part.get('items', {}))}]"
    if part.get("format"):
        kind = f"{kind} ({part['format']})"
    limits = [f"≥ {part['minimum']}" if "minimum" in part else "",
              f"≤ {part['maximum']}" if part.get("maximum", 2**63) < 2**62 else "",
              f"≤ {part['maxLength']}" if "maxLength" in part else ""]  # fmt: skip
    return " ".join([kind, *(one for one in limits if one)])
