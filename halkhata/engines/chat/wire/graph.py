"""Calls to Meta's Graph API. Each ends in a verdict; nothing here touches the database."""

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from halkhata.engines.chat.wire.hooks import part, text
from halkhata.foundation.core.outbound_http import AddressRefused, Answer, NoAnswer, send

SECONDS = 20.0
# Limits of speed, and Meta's own "try later".
_LATER = {1, 2, 4, 17, 32, 341, 613, 80007, 130429, 131000, 131016, 131048, 131056}
_TOKEN = {102, 190, 463, 467}
_WINDOW = {131047, 10, 2018278}
_NOT_THERE = {131026, 551, 2018001, 1545041}


class Verdict(StrEnum):
    """How a call ended. ``in_doubt``: nobody knows whether it was carried out."""

    DONE = "done"
    LATER = "later"
    REFUSED = "refused"
    IN_DOUBT = "in_doubt"


@dataclass(frozen=True, kw_only=True)
class Result:
    """``fault`` is a word of ours ("token", "window", …), ``said`` what Meta said."""

    verdict: Verdict
    data: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    said: str = ""


def call(method: str, url: str, token: str, body: dict[str, Any] | None = None, *, is_safe: bool = False) -> Result:
    """Call an address of the Graph API. ``is_safe``: a second time does no harm, so nothing of it is in doubt."""
    headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
    data = None
    if body is not None:
        data = json.dumps(body, ensure_ascii=False).encode()
        headers["Content-Type"] = "application/json"
    try:
        answer = send(method, url, headers=headers, body=data, seconds=SECONDS, max_answer=1024 * 1024)
    except AddressRefused as error:
        return Result(verdict=Verdict.REFUSED, fault="address", said=str(error.message))
    except NoAnswer as error:
        # Without a connection nothing of it has arrived; of anything else nobody knows.
        unsent = is_safe or error.code in {"no_connection", "tls"}
        return Result(verdict=Verdict.LATER if unsent else Verdict.IN_DOUBT, fault=error.code, said=error.detail)
    return _judge(answer, is_safe=is_safe)


def _judge(answer: Answer, *, is_safe: bool) -> Result:
    try:
        data = json.loads(answer.body)
    except (ValueError, RecursionError):
        data = None
    data = data if isinstance(data, dict) else {}
    if 200 <= answer.status < 300:
        if data:
            return Result(verdict=Verdict.DONE, data=data)
        return Result(verdict=Verdict.LATER if is_safe else Verdict.IN_DOUBT, fault="no_answer")
    error = part(data, "error")
    if not error:
        # Not Meta speaking, or Meta in disorder: a gateway in between may have passed it on.
        if answer.status < 500 or answer.status == 503:
            later = answer.status in {429, 503}
            return Result(verdict=Verdict.LATER if later else Verdict.REFUSED, fault="http", said=str(answer.status))
        return Result(verdict=Verdict.LATER if is_safe else Verdict.IN_DOUBT, fault="http", said=str(answer.status))
    said = " ".join(filter(None, [text(error, "code"), text(error, "message")]))[:300]
    codes = {int(one) for one in (text(error, "code"), text(error, "error_subcode")) if one.isascii() and one.isdigit()}
    if codes & _TOKEN or answer.status == 401:
        return Result(verdict=Verdict.LATER, fault="token", said=said)
    if codes & _WINDOW:
        return Result(verdict=Verdict.REFUSED, fault="window", said=said)
    if codes & _NOT_THERE:
        return Result(verdict=Verdict.REFUSED, fault="not_there", said=said)
    if codes & _LATER or answer.status == 429:
        return Result(verdict=Verdict.LATER, fault="busy", said=said)
    return Result(verdict=Verdict.REFUSED, fault="refused", said=said)
