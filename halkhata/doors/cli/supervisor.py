"""Watches web, worker and scheduler: one process tree, started and stopped together.

Runs as a process of its own without Django (``halkhata serve`` turns itself into it). A child that dies is
started again with back-off; when the supervisor itself is killed the kernel ends its children.
"""

import argparse
import signal
import socket
import subprocess
import sys
import time
from dataclasses import dataclass, field
from types import FrameType

from halkhata.doors.cli.parent_death import end_with_parent

PARTS = ("web", "worker", "scheduler")
PATIENCE = 10.0  # seconds a part has to stop before it is killed
STEADY = 60.0  # seconds after which a part counts as well and its back-off begins anew
LONGEST_PAUSE = 30.0
SET_UP_WRONG = 2  # exit code of a command whose settings are wrong: another try would not help


@dataclass
class Part:
    """One child process and its history."""

    name: str
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    start_again: float = 0.0
    pause: float = field(default=0.5)

    def start(self) -> None:
        """Start it, in a process group of its own so that Ctrl-C reaches the supervisor alone."""
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "halkhata", self.name], preexec_fn=end_with_parent(), process_group=0
        )

    def exit_code(self) -> int | None:
        """Its exit code when it has ended, else None."""
        return None if self.process is None else self.process.poll()


class Supervisor:
    """Starts the parts and keeps them running until told to stop."""

    def __init__(self, *, host: str, port: int, greeting: list[str]) -> None:
        self.address = ("127.0.0.1" if host == "0.0.0.0" else "::1" if host == "::" else host, port)  # noqa: S104
        self.greeting = greeting
        self.parts = [Part(name) for name in PARTS]
        self._stops = 0

    def stop(self, signum: int, frame: FrameType | None) -> None:
        """End all parts; asked a second time, at once."""
        self._stops += 1

    def run(self) -> int:
        """Watch until stopped. Returns the exit code: 2 when a part found its settings wrong, else 0."""
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, self.stop)
        for part in self.parts:
            part.start()
        greeted = False
        code = 0
        while not self._stops:
            if not greeted and self._answers():
                greeted = True
                print("\n".join(self.greeting), flush=True)
            if any(self._look_after(part) for part in self.parts):
                code = SET_UP_WRONG
                break
            time.sleep(0.05 if not greeted else 0.3)
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
        if part.process is None:
            if moment >= part.start_again:
                part.start()
            return False
        code = part.exit_code()
        if code is None or self._stops:
            return False
        if code == SET_UP_WRONG:
            return True  # it has said why on stderr
        if moment - part.started > STEADY:
            part.pause = 0.5
        part.pause = min(LONGEST_PAUSE, part.pause * 2)
        part.start_again = moment + part.pause
        part.process = None
        print(f"The {part.name} ended ({_word_for(code)}); it starts again in {part.pause:.0f} s.", file=sys.stderr)
        return False

    def _end(self) -> None:
        running = [part.process for part in self.parts if part.process is not None and part.process.poll() is None]
        for process in running:
            process.terminate()
        deadline = time.monotonic() + PATIENCE
        asked_once = self._stops
        while any(process.poll() is None for process in running):
            if time.monotonic() > deadline or self._stops > asked_once:
                for process in running:
                    process.kill()
                break
            time.sleep(0.05)
        for process in running:
            process.wait()


def _word_for(code: int) -> str:
    return f"killed by signal {-code}" if code < 0 else f"exit code {code}"


def make_greeting(*, url: str, host: str, sign_ins: list[str]) -> list[str]:
    """What is printed once the pages answer: the address, the demo's sign-ins, a QR code for a phone in the house."""
    lines = ["", f"Halkhata is ready: {url}/"]
    if sign_ins:
        lines += ["Demo sign-ins (user name / password):", *(f"  {line}" for line in sign_ins)]
    if host not in {"127.0.0.1", "localhost", "::1"}:
        lines += ["For a phone in the same network:", _qr_code(f"{url}/")]
    return [*lines, "Ctrl-C stops it."]


def _qr_code(text: str) -> str:
    import io

    import segno

    picture = io.StringIO()
    segno.make(text, micro=False).terminal(picture, compact=True)
    return picture.getvalue().rstrip("\n")


def main() -> int:
    """Entry point of the process that ``halkhata serve`` becomes."""
    parser = argparse.ArgumentParser(prog="halkhata serve")
    parser.add_argument("--host", required=True)
    parser.add_argument("--port", required=True, type=int)
    parser.add_argument("--url", required=True)
    parser.add_argument("--sign-in", action="append", default=[])
    options = parser.parse_args()
    greeting = make_greeting(url=options.url, host=options.host, sign_ins=options.sign_in)
    return Supervisor(host=options.host, port=options.port, greeting=greeting).run()


if __name__ == "__main__":
    sys.exit(main())
