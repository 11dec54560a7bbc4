"""The last door: no answer to a reader who may not see private fields holds one, whichever page or API wrote it.

Works on what is about to leave: HTML (text and attributes), JSON (its strings), CSV and other text, streams line by
line. Two things are hidden: what has the form of a number or an address, and the very contact points and house
addresses of the customers whose rows the answer was made from, however they are spelt. Costs next to nothing for
readers who may see. What the reader typed in this request, the shop's own numbers and what an unmasking has just shown
are spared.
"""

import json
import re
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Iterator
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from halkhata.foundation.accounts.models import ApiToken, Branch, User
from halkhata.foundation.core.models import Installation
from halkhata.records.customers.known_values import known_values
from halkhata.records.customers.privacy import Keep, keeper, mask_text, may_see_private
from halkhata.records.customers.registry import public_numbers
from halkhata.records.customers.shown_customers import noting_customers

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
        with noting_customers() as noted:
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
        hide = _Hiding(request, response, reader, noted)
        if isinstance(response, StreamingHttpResponse):
            _mask_stream(response, hide)
        elif isinstance(response, HttpResponse) and response.content:
            charset = response.charset or "utf-8"
            text = response.content.decode(charset, "replace")
            response.content = _masked(text, kind, hide).encode(charset, "replace")
            if "Content-Length" in response.headers:
                response.headers["Content-Length"] = str(len(response.content))
        return response


class _Hiding:
    """What is hidden in one answer: the known values of the customers it was made from, and whatever has their form."""

    def __init__(
        self, request: HttpRequest, response: HttpResponseBase, reader: User, customers: Collection[int]
    ) -> None:
        self._spared = [*_typed(request), *getattr(response, SHOWN, ())]
        self._keep = _keep(self._spared, reader)
        self._known = known_values(customers) if customers else None

    def __call__(self, text: str, *, identities: bool = True) -> str:
        """The text as this reader may see it."""
        if self._known:
            text = self._known.mask(text, keep=self._keep, spared=self._spared)
        return mask_text(text, keep=self._keep, identities=identities)


def _masked(text: str, kind: str, hide: _Hiding) -> str:
    if kind in {"text/html", "image/svg+xml", "application/xml"}:
        return _masked_html(text, hide)
    if kind.endswith("json"):
        try:
            return json.dumps(_walk(json.loads(text), hide), ensure_ascii=False)
        except ValueError:
            return hide(text)
    return hide(text)


def _masked_html(text: str, hide: _Hiding) -> str:
    """Text between tags is masked whole; inside tags identity numbers are left, for ids and cursors look alike."""
    parts = _TAGS.split(text)
    shown = [hide(part, identities=not index % 2) for index, part in enumerate(parts)]
    return _DEAD_LINK.sub("", "".join(shown))


def _walk(value: Any, hide: _Hiding) -> Any:
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, list):
        return [_walk(one, hide) for one in value]
    if isinstance(value, dict):
        return {hide(key): _walk(one, hide) for key, one in value.items()}
    return value


def _typed(request: HttpRequest) -> list[str]:
    return [
        str(value)[:20_000]
        for form in (request.GET, request.POST)
        for _name, values in form.lists()
        for value in values
    ]


def _keep(spared: Collection[str], reader: User) -> Keep:
    own = [Installation.current().phone, reader.phone_e164, reader.email]
    return keeper([*spared, *own, *_open_numbers()])


def _open_numbers() -> list[str]:
    """Numbers that nobody hides: the branches' and those of every source of public numbers. One query."""
    branches = Branch.objects.exclude(phone="").values_list("phone", flat=True)
    parts = [rows.order_by() for rows in (branches, *(numbers() for numbers in public_numbers))]
    return list(parts[0].union(*parts[1:], all=True))


def _mask_stream(response: StreamingHttpResponse, hide: _Hiding) -> None:
    charset = response.charset or "utf-8"
    if response.is_async:
        response.streaming_content = _async_lines(response.streaming_content, charset, hide)  # type: ignore[arg-type]
    else:
        response.streaming_content = _lines(response.streaming_content, charset, hide)  # type: ignore[arg-type]


def _lines(chunks: Iterable[bytes], charset: str, hide: _Hiding) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        rest, ready = _split(rest + bytes(chunk))
        if ready:
            yield hide(ready.decode(charset, "replace")).encode(charset, "replace")
    if rest:
        yield hide(rest.decode(charset, "replace")).encode(charset, "replace")


async def _async_lines(chunks: AsyncIterator[bytes], charset: str, hide: _Hiding) -> AsyncIterator[bytes]:
    rest = b""
    async for chunk in chunks:
        rest, ready = _split(rest + bytes(chunk))
        if ready:
            yield hide(ready.decode(charset, "replace")).encode(charset, "replace")
    if rest:
        yield hide(rest.decode(charset, "replace")).encode(charset, "replace")


def _split(data: bytes) -> tuple[bytes, bytes]:
    """What has no line end yet, and the whole lines before it: a number may be cut between two chunks."""
    at = data.rfind(b"\n") + 1
    return data[at:], data[:at]
