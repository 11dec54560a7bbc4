"""A small IMAP server (RFC 3501) that breaks the connection wherever a test wants it to.

It speaks what our reader speaks: CAPABILITY, LOGIN, SELECT, UID SEARCH, UID FETCH, UID STORE, LOGOUT. The points where
it can break lie before and after each command and each piece of an answer; ``POINTS`` names them.
"""

import re
import socket
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

# command:when. "before": the command is read and nothing is answered. "untagged": cut after the untagged answer.
# "half": in the middle of the untagged answer or of the literal. "after": when everything is answered.
POINTS = (
    "connect:before", "connect:half", "connect:after",
    "LOGIN:before", "LOGIN:half", "LOGIN:after",
    "SELECT:before", "SELECT:untagged", "SELECT:half", "SELECT:after",
    "SEARCH:before", "SEARCH:half", "SEARCH:untagged", "SEARCH:after",
    "SIZE:before", "SIZE:half", "SIZE:untagged", "SIZE:after",
    "BODY:before", "BODY:header", "BODY:half", "BODY:untagged", "BODY:after",
    "STORE:before", "STORE:untagged", "STORE:after",
    "LOGOUT:before", "LOGOUT:untagged",
)  # fmt: skip


class _Cut(Exception):
    """The test wants the connection gone now."""


@dataclass
class FakeImap:
    """``mails`` by UID. ``cut_at(point)`` answers whether to break there, each time one is passed; ``cuts`` counts what
    was broken where, ``passed`` how often each point was met."""

    mails: dict[int, bytes] = field(default_factory=dict)
    uidvalidity: int = 1
    seen: set[int] = field(default_factory=set)
    cut_at: Callable[[str], bool] = lambda point: False
    cuts: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    # Of the mail that the last command was about.
    uid: int = 0
    host: str = "127.0.0.1"
    port: int = 0
    _listener: socket.socket | None = None
    _stopping: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def start(self) -> None:
        """Listen; ``port`` is known afterwards."""
        self._listener = socket.create_server((self.host, self.port))
        self._listener.settimeout(0.2)
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Close the port and wait for the thread."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout=10)
        if self._listener is not None:
            self._listener.close()

    def renumber(self) -> None:
        """As after a restored mailbox: another UIDVALIDITY, and every mail under another UID (RFC 3501 2.3.1.1)."""
        self.uidvalidity += 1
        self.mails = dict(enumerate(reversed(list(self.mails.values())), start=1))
        self.seen.clear()

    def _serve(self) -> None:
        assert self._listener is not None
        while not self._stopping.is_set():
            try:
                client, _where = self._listener.accept()
            except TimeoutError:
                continue
            client.settimeout(10)
            try:
                _Session(self, client).run()
            except (_Cut, OSError, ValueError):
                pass
            finally:
                client.close()


class _Session:
    def __init__(self, server: FakeImap, client: socket.socket) -> None:
        self.server = server
        self.client = client
        self.lines = client.makefile("rb")

    def point(self, name: str) -> None:
        self.server.passed[name] += 1
        if self.server.cut_at(name):
            self.server.cuts[name] += 1
            raise _Cut

    def send(self, data: bytes, half: str = "") -> None:
        """Send ``data``; at the point ``half`` only the first half of it."""
        if half:
            self.server.passed[half] += 1
            if self.server.cut_at(half):
                self.server.cuts[half] += 1
                self.client.sendall(data[: max(1, len(data) // 2)])
                raise _Cut
        self.client.sendall(data)

    def run(self) -> None:
        self.point("connect:before")
        self.send(b"* OK [CAPABILITY IMAP4rev1] ready\r\n", half="connect:half")
        self.point("connect:after")
        for line in self.lines:
            tag, _space, rest = line.strip().partition(b" ")
            if not self.command(tag, rest.decode()):
                return

    def command(self, tag: bytes, text: str) -> bool:
        words = text.split()
        name = words[0].upper()
        if name == "UID":
            name = words[1].upper()
        if name == "FETCH":
            name = "SIZE" if "RFC822.SIZE" in text else "BODY"
        if name in {"SIZE", "BODY", "STORE"}:
            self.server.uid = int(words[2])
        self.point(f"{name}:before") if f"{name}:before" in POINTS else None
        handler = getattr(self, f"do_{name.lower()}", None)
        if handler is None:
            self.send(tag + b" BAD unknown\r\n")
            return True
        handler(words)
        if f"{name}:untagged" in POINTS:
            self.point(f"{name}:untagged")
        self.send(tag + b" OK done\r\n", half=f"{name}:half" if name == "LOGIN" else "")
        if f"{name}:after" in POINTS:
            self.point(f"{name}:after")
        return name != "LOGOUT"

    def do_capability(self, words: list[str]) -> None:
        self.send(b"* CAPABILITY IMAP4rev1\r\n")

    def do_login(self, words: list[str]) -> None:
        """Everybody may."""

    def do_select(self, words: list[str]) -> None:
        server = self.server
        self.send(
            f"* {len(server.mails)} EXISTS\r\n* 0 RECENT\r\n* FLAGS (\\Seen)\r\n"
            f"* OK [UIDVALIDITY {server.uidvalidity}] stays\r\n"
            f"* OK [UIDNEXT {max(server.mails, default=0) + 1}] next\r\n"
            .encode(),
            half="SELECT:half",
        )  # fmt: skip

    def do_search(self, words: list[str]) -> None:
        match = re.search(r"(\d+):\*", " ".join(words))
        after = int(match.group(1)) if match else 1
        last = max(self.server.mails, default=0)
        # "n:*" always names the last one (RFC 3501 6.4.8).
        found = [uid for uid in sorted(self.server.mails) if uid >= after or uid == last]
        self.send(b"* SEARCH " + " ".join(map(str, found)).encode() + b"\r\n", half="SEARCH:half")

    def do_size(self, words: list[str]) -> None:
        uid = int(words[2])
        self.send(f"* {uid} FETCH (UID {uid} RFC822.SIZE {len(self.server.mails[uid])})\r\n".encode(), half="SIZE:half")

    def do_body(self, words: list[str]) -> None:
        uid = int(words[2])
        body = self.server.mails[uid]
        self.send(f"* {uid} FETCH (UID {uid} BODY[] {{{len(body)}}}\r\n".encode())
        self.point("BODY:header")
        self.send(body, half="BODY:half")
        self.send(b")\r\n")

    def do_store(self, words: list[str]) -> None:
        self.server.seen.add(int(words[2]))

    def do_logout(self, words: list[str]) -> None:
        self.send(b"* BYE\r\n")
