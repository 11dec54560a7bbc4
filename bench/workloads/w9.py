"""W9: from ``halkhata serve`` to the first answered page, at the second start; memory of web, worker and scheduler."""

import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.case import Facts
from bench.client import Connection
from bench.databases import ROOT, Database
from bench.served import environment_of
from halkhata.doors.cli.parent_death import end_with_parent
from tests.support.postgres import free_port

TITLE = "Start and memory"
BAR_SECONDS, BAR_MB = 5.0, 400.0
STARTS = 3


def measure(database: Database, facts: Facts) -> dict[str, Any]:
    """Start four times (the first makes the folder ready); at the end look at the memory, with pages warm."""
    with tempfile.TemporaryDirectory(prefix="halkhata-bench-") as folder:
        seconds = []
        memory: dict[str, float] = {}
        for turn in range(STARTS + 1):
            port = free_port()
            environment = environment_of(database, Path(folder), port)
            log = (Path(folder) / "serve.log").open("wb")
            begun = time.perf_counter()
            process = subprocess.Popen(
                [sys.executable, "-m", "halkhata", "serve"],
                cwd=ROOT,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=end_with_parent(),
            )
            log.close()
            try:
                _first_page(process, port, facts, Path(folder) / "serve.log")
                if turn:
                    seconds.append(time.perf_counter() - begun)
                if turn == STARTS:
                    memory = _memory_when_warm(process.pid, port, facts)
            finally:
                process.send_signal(signal.SIGTERM)
                process.wait(30)
    median = sorted(seconds)[len(seconds) // 2]
    return {
        "title": TITLE,
        "start_seconds": round(median, 2),
        "starts": [round(one, 2) for one in seconds],
        "memory_mb": memory,
        "total_mb": round(sum(memory.values()), 1),
        "bar": f"{BAR_SECONDS:.0f} s, {BAR_MB:.0f} MB",
        "met": median < BAR_SECONDS and sum(memory.values()) < BAR_MB,
    }


def _first_page(process: subprocess.Popen[bytes], port: int, facts: Facts, log: Path) -> None:
    deadline = time.monotonic() + 120
    while True:
        try:
            if Connection(port, {"Cookie": facts["cookies"]["owner"]}).get("/").status == 200:
                return
        except OSError:
            time.sleep(0.02)
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"no page: {log.read_text(errors='replace')[-2000:]}")


def _memory_when_warm(pid: int, port: int, facts: Facts) -> dict[str, float]:
    connection = Connection(port, {"Cookie": facts["cookies"]["owner"], "Accept-Encoding": "gzip"})
    paths: Sequence[str] = [
        "/",
        "/work/queue/",
        "/customers/",
        *(f"/tickets/{number}/" for number in facts["tickets"][:20]),
    ]
    for _turn in range(3):
        for path in paths:
            connection.get(path)
    time.sleep(6)  # worker and scheduler have done their first rounds
    return {name: round(_pss(one) / 1024, 1) for name, one in {"supervisor": pid, **_children(pid)}.items()}


def _children(pid: int) -> dict[str, int]:
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            name = (folder / "comm").read_text().strip()
        except (OSError, IndexError, ValueError):
            continue
        if parent == pid and name.startswith("hk-"):
            found[name.removeprefix("hk-")] = int(folder.name)
    return found


def _pss(pid: int) -> int:
    """Kilobytes of a process, pages shared with others counted in part (proportional set size)."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1])
    return 0
