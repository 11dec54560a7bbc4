"""A small server that speaks Meta's documented protocol: messages, media, templates, the token's state, errors."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOKEN = "EAAG-right-token"


class FakeMeta:
    """What a test sees of it: ``posts`` as they came; ``answer`` may be set to (status, body) or a function."""

    def __init__(self) -> None:
        self.posts: list[dict[str, Any]] = []
        self.answer: Any = None
        self.token = TOKEN
        self.files: dict[str, bytes] = {}
        self.profiles: dict[str, dict[str, str]] = {}
        self.templates: list[dict[str, Any]] = []
        fake = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                fake._get(self)

            def do_POST(self) -> None:
                fake._post(self)

            def log_message(self, *_arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/v23.0"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def stop(self) -> None:
        self.server.shutdown()
        self.server.server_close()

    def _has_token(self, handler: BaseHTTPRequestHandler) -> bool:
        if handler.headers.get("Authorization") == f"Bearer {self.token}":
            return True
        self._reply(handler, 401, error(190, "Error validating access token: Session has expired", 463))
        return False

    def _get(self, handler: BaseHTTPRequestHandler) -> None:
        path = handler.path.partition("?")[0].removeprefix("/v23.0/")
        if path.startswith("files/"):
            data = self.files.get(path.removeprefix("files/"))
            handler.send_response(404 if data is None else 200)
            handler.send_header("Content-Length", str(len(data or b"")))
            handler.end_headers()
            handler.wfile.write(data or b"")
        elif not self._has_token(handler):
            return
        elif path.endswith("/message_templates"):
            self._reply(handler, 200, {"data": self.templates, "paging": {"cursors": {"after": "x"}}})
        elif path in self.files:
            size = len(self.files[path])
            self._reply(handler, 200, {"url": f"{self.url}/files/{path}", "file_size": size, "id": path})
        else:
            self._reply(handler, 200, {"id": path, **self.profiles.get(path, {})})

    def _post(self, handler: BaseHTTPRequestHandler) -> None:
        body = json.loads(handler.rfile.read(int(handler.headers["Content-Length"])))
        if not self._has_token(handler):
            return
        self.posts.append(body)
        answer = self.answer(body) if callable(self.answer) else self.answer
        if answer is not None:
            self._reply(handler, *answer)
        elif body.get("messaging_product") == "whatsapp":
            self._reply(handler, 200, {"messages": [{"id": f"wamid.OUT{len(self.posts)}"}]})
        else:
            self._reply(handler, 200, {"recipient_id": "1", "message_id": f"mid.OUT{len(self.posts)}"})

    def _reply(self, handler: BaseHTTPRequestHandler, status: int, body: Any) -> None:
        data = json.dumps(body).encode() if not isinstance(body, bytes) else body
        handler.send_response(status)
        handler.send_header("Content-Type", "application/json")
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)


def error(code: int, message: str, subcode: int | None = None) -> dict[str, Any]:
    """An error of the Graph API."""
    body: dict[str, Any] = {"message": message, "type": "OAuthException", "code": code}
    return {"error": body | ({"error_subcode": subcode} if subcode else {})}
