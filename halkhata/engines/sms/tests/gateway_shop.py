"""What tests of gateways start from: a small server that answers as a gateway does, a gateway, a ticket. Imported by
name."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest

from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.engines.messaging.services.texts import prepare_text
from halkhata.engines.sms.models import Gateway
from halkhata.engines.sms.services.access import seal_hook, seal_secrets
from halkhata.records.customers.services.customers import create_customer

__all__ = ["fake", "template_gateway", "ticket"]
PHONE, E164 = "01100000031", "+8801100000031"
HOOK = "ab" * 24
REPORT, MESSAGE = f"/sms/hooks/{HOOK}/report/", f"/sms/hooks/{HOOK}/message/"


@dataclass
class Call:
    """One request that the server got."""

    method: str
    path: str
    fields: dict[str, str]
    body: str
    headers: dict[str, str]


@dataclass
class FakeGateway:
    """Answers each request with the next of ``answers`` (the last one goes on): status and body, or what to do."""

    port: int = 0
    answers: list[Any] = field(default_factory=lambda: [(200, '{"status":"success","id":"P1"}')])
    calls: list[Call] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def sent(self) -> list[Call]:
        """The calls that handed a text over."""
        return [call for call in self.calls if call.path.startswith("/send")]


def drop(handler: BaseHTTPRequestHandler) -> None:
    """Take the request and close without a word."""
    handler.connection.close()


def hang(handler: BaseHTTPRequestHandler) -> None:
    """Take the request and never answer."""
    time.sleep(3)


@pytest.fixture
def fake(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGateway]:
    """A gateway of the test's own on this machine."""
    settings.OUTBOUND_ALLOW = ["127.0.0.1/32"]
    monkeypatch.setattr("halkhata.engines.sms.adapters.talking.SECONDS", 1.0)
    box = FakeGateway()

    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            parts = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            fields = dict(parse_qsl(parts.query))
            if "form" in (self.headers.get("Content-Type") or ""):
                fields.update(parse_qsl(body))
            box.calls.append(Call(self.command, parts.path, fields, body, dict(self.headers)))
            answer: Any = box.answers.pop(0) if len(box.answers) > 1 else box.answers[0]
            if isinstance(answer, Callable):  # type: ignore[arg-type]
                answer(self)
                self.close_connection = True
                return
            status, words = answer
            data = words.encode()
            self.send_response(status)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *_arguments: Any) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    box.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield box
    server.shutdown()
    server.server_close()


def make_gateway(url: str, kind: str = "http_template", **values: Any) -> Gateway:
    """A gateway in use, without asking whether its address may be called."""
    options = values.pop("options", {
        "method": "POST", "content": "json", "body": '{"to":"{to}","text":"{text}","key":"{key}","token":"{secret}"}',
        "success": '"status":"success"', "id_place": "id", "refusal": '"status":"error"',
    })  # fmt: skip
    sealed, hashed = seal_hook(values.pop("hook", HOOK))
    return Gateway.objects.create(
        name=values.pop("name", "Ours"), kind=kind, base_url=f"{url}/send", options=options,
        sealed=seal_secrets(values.pop("secrets", {"secret": "s3cr3t"})), hook_sealed=sealed, hook_hash=hashed,
        **values,
    )  # fmt: skip


@pytest.fixture
def template_gateway(db: None, fake: FakeGateway) -> Gateway:
    return make_gateway(fake.url)


def with_options(gateway: Gateway, **options: str) -> Gateway:
    """The same gateway, told more of."""
    gateway.options = {**gateway.options, **options}
    gateway.save(update_fields=["options"])
    return gateway


@pytest.fixture
def ticket(shop: Any) -> Any:
    customer = create_customer(actor=shop.agent, name_en="Selim Test", phones=[PHONE], branch=shop.branch)
    return open_ticket(
        actor=shop.agent, subject="The fan stopped", customer=customer, channel="phone", branch=shop.branch,
        team=shop.team, owner=shop.agent,
    )  # fmt: skip


def text_for(item: Any, cause: str = "n:1", text: str = "আপনার ফ্যান তৈরি।", **values: Any) -> Any:
    """One SMS about the ticket."""
    return prepare_text(item=item, channel="sms", to_address=E164, text=text, cause=cause, **values)
