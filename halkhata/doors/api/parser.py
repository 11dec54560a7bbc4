"""Reads JSON strictly: UTF-8, no NaN, no name twice, no half surrogate pair."""

import json
from typing import Any

from django.http import HttpRequest
from ninja.parser import Parser


class StrictParser(Parser):
    """What it refuses becomes "bad_request" (400)."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as Python values. Raises ValueError or RecursionError."""
        text = request.body.decode("utf-8")
        data = json.loads(text, parse_constant=_no_constant, object_pairs_hook=_no_name_twice)
        if "\\u" in text:
            # Half a pair is legal JSON and no text: nothing could store or show it.
            json.dumps(data, ensure_ascii=False).encode("utf-8")
        return data


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _no_name_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    data = dict(pairs)
    if len(data) != len(pairs):
        raise ValueError("a name stands there twice")
    return data
