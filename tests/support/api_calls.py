"""Calls of the API as a program makes them: with a key of its own for each call."""

from collections.abc import Callable, Sequence
from typing import Any

from django.test import Client

from halkhata.foundation.accounts.services.tokens import create_token


def api_caller(client: Client, usual: Any, usual_scopes: Sequence[str]) -> Callable[..., tuple[int, Any]]:
    """``call("POST", "/jobs", {...}, user=, scopes=, match=)`` answers (status, JSON).

    Without ``user`` the key is of ``usual``; ``match`` is sent as If-Match; other names go into the query of a GET.
    """

    def call(
        method: str, path: str, body: Any = None, *, user: Any = None, scopes: Any = None, match: str = "", **query: Any
    ) -> tuple[int, Any]:
        wanted = list(usual_scopes if scopes is None else scopes)
        key = create_token(actor=user or usual, name="test", scopes=wanted)[1]
        headers = {"Authorization": f"Bearer {key}", "Accept-Language": "en"}
        if match:
            headers["If-Match"] = match
        if method == "GET":
            answer = client.get(f"/api/v1{path}", query, headers=headers)
        else:
            answer = client.post(f"/api/v1{path}", body or {}, content_type="application/json", headers=headers)
        return answer.status_code, answer.json()

    return call
