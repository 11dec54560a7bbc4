"""Starts the measured web server on a free port of the loopback and stops it again."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.client import Connection
from bench.databases import ROOT, Database
from halkhata.doors.cli.parent_death import end_with_parent
from tests.support.postgres import free_port


@dataclass(frozen=True)
class Served:
    """A running web server."""

    port: int
    pid: int

    def cpu_seconds(self) -> float:
        """Processor time of the server and its processes so far."""
        ticks = 0
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parts = (folder / "stat").read_text().rsplit(")", 1)[1].split()
            except (OSError, IndexError):
                continue
            if int(folder.name) == self.pid or int(parts[1]) == self.pid:
                ticks += int(parts[11]) + int(parts[12])
        return ticks / os.sysconf("SC_CLK_TCK")


def environment_of(database: Database, data_dir: Path, port: int = 0) -> dict[str, str]:
    """The environment of a process of the product that stands on ``database``."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HALKHATA_", "DJANGO_", "PYTEST_"))}
    url = database.url if database.kind == "postgres" else "sqlite:////" + database.place.lstrip("/")
    return {
        **kept,
        "PYTHONPATH": str(ROOT),
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "HALKHATA_DATABASE_URL": url,
        "HALKHATA_DATA_DIR": str(data_dir),
        "HALKHATA_SECRET_KEY": "only-for-measuring-" + "0" * 40,
        "HALKHATA_DEMO": "no",
        "HALKHATA_HOST": "127.0.0.1",
        "HALKHATA_PORT": str(port or 8000),
        # The measurement is one program with one key; a shop's own limit would stop it after ten seconds.
        "HALKHATA_API_RATE": "1000000",
    }


@contextmanager
def server(database: Database, data_dir: Path, *, processes: int = 2) -> Iterator[Served]:
    """A running web server. Raises RuntimeError with its words when it does not answer."""
    port = free_port()
    log = data_dir / "web.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [sys.executable, "-m", "bench.web", str(processes)],
            cwd=ROOT,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            env=environment_of(database, data_dir, port),
            start_new_session=True,
            preexec_fn=end_with_parent(),
        )
    try:
        _wait_until_it_answers(process, port, log)
        yield Served(port, process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def _wait_until_it_answers(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    deadline = time.monotonic() + 120
    while True:
        with contextlib.suppress(OSError):
            if Connection(port).get("/bench-b0/").status == 200:
                return
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"the web server does not answer: {log.read_text(errors='replace')[-3000:]}")
        time.sleep(0.1)
