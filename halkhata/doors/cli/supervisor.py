"""Watches web, worker and scheduler: one process tree, started and stopped together.

The parts are forked from the prepared process: Django is loaded once, so a start is quick and most memory is shared. A
part that dies is started again with back-off; when the supervisor itself is killed the kernel ends its children.
"""

import ctypes
import gc
import os
import signal
import socket
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType

from halkhata.doors.cli.parent_death import end_with_parent

PATIENCE = 10.0  # seconds a part has to stop before it is killed
STEADY = 60.0  # seconds after which a part counts as well and its back-off begins anew
SHORTEST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
SET_UP_WRONG = 2  # exit code of a part whose settings are wrong: another try would not help
_PR_SET_NAME = 15  # prctl(2), Linux


@dataclass
class Part:
    """One child process and its history. ``work`` runs in the child and returns the exit code."""

    name: str
    work: Callable[[], int]
    pid: int | None = None
    started: float = 0.0
    start_again: float = 0.0
    pause: float = SHORTEST_PAUSE / 2

    def start(self) -> None:
        """Fork it, into a process group of its own so that Ctrl-C reaches the supervisor alone."""
        tie_to_parent = end_with_parent()
        sys.stdout.flush()
        sys.stderr.flush()
        self.started = time.monotonic()
        self.pid = os.fork()
        if self.pid == 0:
            self._become(tie_to_parent)

    def _become(self, tie_to_parent: Callable[[], None]) -> None:
        code = 1
        try:
            tie_to_parent()
            os.setpgid(0, 0)
            for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(signum, signal.SIG_DFL)
            _call_process(self.name)
            code = self.work()
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else 1
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            # Not sys.exit: what the parent prepared to be done at its own exit is not the child's business.
            os._exit(code)

    def poll(self) -> int | None:
        """Its exit code when it has ended (negative: killed by that signal), else None."""
        if self.pid is None:
            return None
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if pid == 0:
            return None
        self.pid = None
        return os.waitstatus_to_exitcode(status)

    def send(self, signum: int) -> None:
        """Send a signal if it runs."""
        if self.pid is not None:
            os.kill(self.pid, signum)


class Supervisor:
    """Starts the parts and keeps them running until told to stop."""

    def __init__(self, parts: list[Part], *, host: str, port: int, greeting: list[str]) -> None:
        self.address = ("127.0.0.1" if host == "0.0.0.0" else "::1" if host == "::" else host, port)  # noqa: S104
        self.greeting = greeting
        self.parts = parts
        self._stops = 0

    def stop(self, signum: int, frame: FrameType | None) -> None:
        """End all parts; asked a second time, at once."""
        self._stops += 1

    def run(self) -> int:
        """Watch until stopped. Returns the exit code: 2 when a part found its settings wrong, else 0."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self.stop)
        gc.collect()
        gc.freeze()  # the collector leaves the shared objects alone, and so their memory stays shared
        for part in self.parts:
            part.start()
        greeted = False
        code = 0
        while not self._stops and not code:
            if not greeted and self._answers():
                greeted = True
                print("\n".join(self.greeting), flush=True)
            if any(self._look_after(part) for part in self.parts):
                code = SET_UP_WRONG
            time.sleep(0.3 if greeted else 0.05)
        self._end()
        return code

    def _answers(self) -> bool:
        try:
            socket.create_connection(self.address, timeout=0.2).close()
        except OSError:
            return False
        return True

    def _look_after(self, part: Part) -> bool:
        """Start a part again that has ended. Returns whether all must stop because its settings are wrong."""
        moment = time.monotonic()
        if part.pid is None:
            if moment >= part.start_again and not self._stops:
                part.start()
            return False
        code = part.poll()
        if code is None or self._stops:
            return False
        if code == SET_UP_WRONG:
            return True  # it has said why on stderr
        if moment - part.started > STEADY:
            part.pause = SHORTEST_PAUSE / 2
        part.pause = min(LONGEST_PAUSE, part.pause * 2)
        part.start_again = moment + part.pause
        print(f"The {part.name} ended ({_word_for(code)}); it starts again in {part.pause:.0f} s.", file=sys.stderr)
        return False

    def _end(self) -> None:
        for part in self.parts:
            part.send(signal.SIGTERM)
        deadline = time.monotonic() + PATIENCE
        asked_before = self._stops
        while True:
            for part in self.parts:
                part.poll()
            if all(part.pid is None for part in self.parts):
                return
            if time.monotonic() > deadline or self._stops > asked_before:
                for part in self.parts:
                    part.send(signal.SIGKILL)
            time.sleep(0.05)


def _call_process(name: str) -> None:
    """What ``ps -o comm`` shows for this process, on Linux."""
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_NAME, f"hk-{name}".encode(), 0, 0, 0)


def _word_for(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def make_greeting(*, url: str, host: str, sign_ins: list[str], setup_code: str = "") -> list[str]:
    """What is printed once the pages answer: the address, the demo's sign-ins, a QR code for a phone in the house."""
    lines = ["", f"Halkhata is ready: {url}/"]
    if sign_ins:
        lines += ["Demo sign-ins (user name / password):", *(f"  {line}" for line in sign_ins)]
    if setup_code:
        lines.append(f"Set-up code, asked for on other devices until the shop is set up: {setup_code}")
    if host not in {"127.0.0.1", "localhost", "::1"}:
        lines += ["For a phone in the same network:", _qr_code(f"{url}/")]
    return [*lines, "Ctrl-C stops it."]


def _qr_code(text: str) -> str:
    import io

    import segno

    picture = io.StringIO()
    segno.make(text, micro=False).terminal(picture, compact=True)
    return picture.getvalue().rstrip("\n")
