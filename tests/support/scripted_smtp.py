"""An SMTP server that answers by a script: what a real server never does on request, such as a 5xx as its greeting, a
refusal of one recipient, a cut at each step, or silence."""

import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

# Where it can be told to answer otherwise. "." is the end of the mail.
STEPS = ("connect", "EHLO", "MAIL", "RCPT", "DATA", ".")
CUT, CUT_AFTER, SILENCE = "cut", "cut_after", "silence"


@dataclass
class ScriptedSmtp:
    """``answer(step, line)``: "" for yes, a line such as ``"550 no"``, or ``CUT``, ``CUT_AFTER`` (do it, then break
    before the answer) and ``SILENCE``. ``taken`` are (recipients, bytes) of what it took over."""

    answer: Callable[[str, str], str] = lambda step, line: ""
    host: str = "127.0.0.1"
    port: int = 0
    taken: list[tuple[list[str], bytes]] = field(default_factory=list)
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

    def _serve(self) -> None:
        assert self._listener is not None
        while not self._stopping.is_set():
            try:
                client, _where = self._listener.accept()
            except TimeoutError:
                continue
            client.settimeout(10)
            try:
                self._session(client)
            except (OSError, ValueError):
                pass
            finally:
                client.close()

    def _say(self, client: socket.socket, step: str, line: str, usual: str) -> bool:
        """Answer; False when it was no yes."""
        return self._obey(client, step, self.answer(step, line), usual)

    def _obey(self, client: socket.socket, step: str, words: str, usual: str) -> bool:
        if words in {CUT, CUT_AFTER}:
            raise ConnectionError(step)
        if words == SILENCE:
            while not self._stopping.is_set():
                time.sleep(0.05)
            raise ConnectionError(step)
        client.sendall(f"{words or usual}\r\n".encode())
        return not words

    def _session(self, client: socket.socket) -> None:
        lines = client.makefile("rb")
        if not self._say(client, "connect", "", "220 ready"):
            return
        recipients: list[str] = []
        for raw in lines:
            line = raw.decode().strip()
            verb = line.split(" ")[0].upper()
            if verb == "QUIT":
                client.sendall(b"221 bye\r\n")
                return
            if verb == "RSET":
                recipients = []
                client.sendall(b"250 ok\r\n")
            elif verb == "RCPT":
                if self._say(client, "RCPT", line, "250 ok"):
                    recipients.append(line.partition("<")[2].partition(">")[0])
            elif verb == "DATA":
                if not self._say(client, "DATA", line, "354 go on"):
                    continue
                body = b""
                for part in lines:
                    if part == b".\r\n":
                        break
                    body += part
                else:
                    return
                words = self.answer(".", "")
                if words in {"", CUT_AFTER, SILENCE}:
                    self.taken.append((list(recipients), body))
                self._obey(client, ".", words, "250 taken")
                recipients = []
            else:
                self._say(client, "MAIL" if verb == "MAIL" else "EHLO", line, "250 ok")
