"""The last door: no answer to a reader who may not see private fields holds one, whichever page or API wrote it.

Works on what is about to leave: HTML (text and attributes), JSON (its strings), CSV and other text, streams line by
line. Costs nothing for readers who may see. What the reader typed in this request, the shop's own numbers and what an
unmasking has just shown are spared.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from halkhata.foundation.accounts.models import ApiToken, Branch, User
from halkhata.foundation.core.models import Installation
from halkhata.records.customers.privacy import Keep, keeper, mask_text, may_see_private

GetResponse = Callable[[HttpRequest], HttpResponseBase]

# What an unmasking shows on purpose: set on the response by that one view.
SHOWN = "hk_shown_private"
_TEXT_TYPES = ("text/", "application/json", "application/problem+json", "application/xml", "image/svg+xml")
# One's own account: the numbers there are one's own.
_OWN = ("/me/",)
_TAGS = re.compile(r"(<[^>]*>)")
_DEAD_LINK = re.compile(r'\shref="(?:tel|mailto|sms):[^"]*•[^"]*"')


class PrivateFieldsMiddleware:
    """Stands inside compression and outside everything that renders."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        user = getattr(request, "user", None)
        if not isinstance(user, User) and not getattr(user, "is_authenticated", False):
            return response
        token = getattr(request, "auth", None)
        reader: Any = getattr(user, "_wrapped", user)
        if may_see_private(reader, token if isinstance(token, ApiToken) else None):
            return response
        kind = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
        if not kind.startswith(_TEXT_TYPES) or request.path.startswith(_OWN) or kind in {"text/css", "text/javascript"}:
            return response
        keep = _keep(request, response, reader)
        if isinstance(response, StreamingHttpResponse):
            _mask_stream(response, keep)
        elif isinstance(response, HttpResponse) and response.content:
            charset = response.charset or "utf-8"
            text = response.content.decode(charset, "replace")
            response.content = _masked(text, kind, keep).encode(charset, "replace")
            if "Content-Length" in response.headers:
                response.headers["Content-Length"] = str(len(response.content))
        return response


def _masked(text: str, kind: str, keep: Keep) -> str:
    if kind in {"text/html", "image/svg+xml", "application/xml"}:
        return _masked_html(text, keep)
    if kind.endswith("json"):
        try:
            return json.dumps(_walk(json.loads(text), keep), ensure_ascii=False)
        except ValueError:
            return mask_text(text, keep=keep)
    return mask_text(text, keep=keep)


def _masked_html(text: str, keep: Keep) -> str:
    """Text between tags is masked whole; inside tags identity numbers are left, for ids and cursors look alike."""
    parts = _TAGS.split(text)
    shown = [mask_text(part, keep=keep, identities=not index % 2) for index, part in enumerate(parts)]
    return _DEAD_LINK.sub("", "".join(shown))


def _walk(value: Any, keep: Keep) -> Any:
    if isinstance(value, str):
        return mask_text(value, keep=keep)
    if isinstance(value, list):
        return [_walk(one, keep) for one in value]
    if isinstance(value, dict):
        return {mask_text(key, keep=keep): _walk(one, keep) for key, one in value.items()}
    return value


def _keep(request: HttpRequest, response: HttpResponseBase, reader: User) -> Keep:
    typed = [
        str(value)[:20_000]
        for form in (request.GET, request.POST)
        for _name, values in form.lists()
        for value in values
    ]
    own = [Installation.current().phone, reader.phone_e164, reader.email]
    own += Branch.objects.exclude(phone="").values_list("phone", flat=True)
    return keeper([*typed, *own, *getattr(response, SHOWN, ())])


def _mask_stream(response: StreamingHttpResponse, keep: Keep) -> None:
    charset = response.charset or "utf-8"
    if response.is_async:
        response.streaming_content = _async_lines(response.streaming_content, charset, keep)  # type: ignore[arg-type]
    else:
        response.streaming_content = _lines(response.streaming_content, charset, keep)  # type: ignore[arg-type]


def _lines(chunks: Iterable[bytes], charset: str, keep: Keep) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        rest, ready = _split(rest + bytes(chunk))
        if ready:
            yield mask_text(ready.decode(charset, "replace"), keep=keep).encode(charset, "replace")
    if rest:
        yield mask_text(rest.decode(charset, "replace"), keep=keep).encode(charset, "replace")


async def _async_lines(chunks: AsyncIterator[bytes], charset: str, keep: Keep) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in chunks:
        rest, ready = _split(rest + bytes(chunk))
        if ready:
            yield mask_text(ready.decode(charset, "replace"), keep=keep).encode(charset, "replace")
    if rest:
        yield mask_text(rest.decode(charset, "replace"), keep=keep).encode(charset, "replace")


def _split(data: bytes) -> tuple[bytes, bytes]:
    """What has no line end yet, and the whole lines before it: a number may be cut between two chunks."""
    at = data.rfind(b"\n") + 1
    return data[at:], data[:at]
