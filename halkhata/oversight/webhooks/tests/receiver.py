"""A web server of the test's own that receives webhooks, and a checker of signatures that shares no code with ours."""

import base64
import hashlib
import hmac
import threading
import time
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Call:
    """One request as it came."""

    path: str
    headers: dict
    body: bytes
    at: float = field(default_factory=time.time)

    def verify(self, secret: str) -> bool:
        """As a receiver does it after the Standard Webhooks specification."""
        key = base64.b64decode(secret[len("whsec_") :])
        content = b".".join(
            [self.headers["webhook-id"].encode(), self.headers["webhook-timestamp"].encode(), self.body]
        )
        wanted = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
        given = [part.partition(",") for part in self.headers["webhook-signature"].split(" ")]
        return abs(int(self.headers["webhook-timestamp"]) - time.time()) < 300 and any(
            version == "v1" and hmac.compare_digest(value, wanted) for version, _comma, value in given
        )


class Receiver:
    """``calls`` is what came; ``statuses`` are answered one after the other, the last one for ever."""

    def __init__(self) -> None:
        self.calls: list[Call] = []
        self.statuses = [200]
        self.headers: dict[str, str] = {}
        self.before_answer = lambda call: None
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                call = Call(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
                outer.calls.append(call)
                outer.before_answer(call)
                status = outer.statuses.pop(0) if len(outer.statuses) > 1 else outer.statuses[0]
                try:
                    self.send_response(status)
                    for name, value in outer.headers.items():
                        self.send_header(name, value)
                    self.send_header("Content-Length", "0")
                    self.end_headers()
                except OSError:
                    pass  # the sender was killed

            def log_message(self, *args):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self.server.server_port}/hook"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()
