"""Installs, fills and measures the peers, one after another."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.case import B1
from bench.client import Answer, Connection, Request, interleaved
from bench.databases import Store
from halkhata.doors.cli.parent_death import end_with_parent
from tests.support.postgres import free_port

HERE = Path(__file__).resolve().parent
REQUESTS = 200
# A page of a slow peer is not worth an hour: then fewer requests are sent, and the table says so by its "n".
LONGEST_SECONDS = 240.0


def known() -> list[str]:
    """The peers that have a folder here."""
    return sorted(folder.name for folder in HERE.iterdir() if (folder / "requirements.txt").exists())


def measure_all(store: Store, size: str, customers: int, *, again: bool) -> None:
    """Install, seed and measure every peer; what fails is written down as its result."""
    folder = store.folder / "runs" / f"peers-{size}"
    folder.mkdir(parents=True, exist_ok=True)
    for peer in known():
        file = folder / f"{peer}.json"
        if file.exists() and not again:
            print(f"{size} {peer}: kept", flush=True)
            continue
        begun = time.perf_counter()
        try:
            found = measure(store, peer, customers)
        except Exception as error:
            (folder / f"{peer}.error").write_text(f"{type(error).__name__}: {error}")
            print(f"{size} {peer}: FAILED, {error}", flush=True)
            continue
        (folder / f"{peer}.error").unlink(missing_ok=True)
        file.write_text(json.dumps({"taken_at": datetime.now(UTC).isoformat(timespec="minutes"), **found}, indent=1))
        print(f"{size} {peer}: {time.perf_counter() - begun:.0f} s", flush=True)


def measure(store: Store, peer: str, customers: int, *, requests: int = REQUESTS) -> dict[str, Any]:
    """One peer: its environment, its database of ``customers`` with two tickets each, its pages beside its own B1."""
    python = environment(store.folder / "peers", peer)
    name = f"peer_{peer.replace('-', '_')}_{customers}"
    with tempfile.TemporaryDirectory(prefix="halkhata-peer-") as folder:
        settings = _environment(store, name, folder)
        done_mark = store.folder / f"{name}.seeded"
        if not done_mark.exists():
            store.drop(name)
            store._create(name)
            _run([str(python), "seed.py", str(customers)], peer, settings, seconds=7200)
            done_mark.write_text(datetime.now(UTC).isoformat())
        facts = json.loads(_run([str(python), "facts.py"], peer, settings))
        with served(python, peer, settings) as port:
            facts["port"] = port
            return {
                "version": facts["version"],
                "notes": facts.get("notes", []),
                "cases": [_case(port, case, facts, requests) for case in facts["cases"]],
            }


def environment(folder: Path, peer: str) -> Path:
    """The peer's own Python, with the pinned packages and their hashes. Returns its interpreter."""
    own = folder / peer
    wanted = (HERE / peer / "requirements.txt").read_text()
    mark = own / "installed.txt"
    if not mark.exists() or mark.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", str(own)], check=True)
        subprocess.run(
            [
                str(own / "bin/python"),
                "-m",
                "pip",
                "install",
                "--quiet",
                "--require-hashes",
                "-r",
                str(HERE / peer / "requirements.txt"),
            ],
            check=True,
        )
        mark.write_text(wanted)
    return own / "bin/python"


@contextmanager
def served(python: Path, peer: str, settings: dict[str, str]) -> Iterator[int]:
    """Two gunicorn workers that answer the peer's pages, and the bare ones under /bench-…."""
    port = free_port()
    log = Path(settings["PEER_FOLDER"]) / "web.log"
    with log.open("wb") as stream:
        process = subprocess.Popen(
            [
                str(python),
                "-m",
                "gunicorn",
                "--workers",
                "2",
                "--bind",
                f"127.0.0.1:{port}",
                "--timeout",
                "300",
                "--keep-alive",
                "75",
                "--worker-class",
                "gthread",
                "--threads",
                "4",
                "served:application",
            ],
            cwd=HERE / peer,
            env=settings,
            stdin=subprocess.DEVNULL,
            stdout=stream,
            stderr=stream,
            start_new_session=True,
            preexec_fn=end_with_parent(),
        )
    try:
        deadline = time.monotonic() + 120
        while True:
            try:
                if Connection(port).get("/bench-b1/").status == 200:
                    break
            except OSError:
                pass
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"{peer} does not answer: {log.read_text(errors='replace')[-2000:]}")
            time.sleep(0.2)
        yield port
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _environment(store: Store, database: str, folder: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HALKHATA_", "DJANGO_"))}
    # The folder above holds what all peers share (names, bare pages).
    return {
        **kept,
        "PYTHONPATH": str(HERE.parent.parent),
        "PEER_DATABASE_URL": store.url(database),
        "PEER_FOLDER": folder,
    }


def _run(command: Sequence[str], peer: str, settings: dict[str, str], *, seconds: float = 600) -> str:
    done = subprocess.run(
        command, cwd=HERE / peer, env=settings, capture_output=True, text=True, timeout=seconds, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{peer} {command[1]}: {done.stderr[-2500:]}")
    return done.stdout


def _case(port: int, case: dict[str, Any], facts: dict[str, Any], requests: int) -> dict[str, Any]:
    """One page of a peer; an answer that is no success is its result, not ours to mend."""
    headers = {
        "Accept-Encoding": "gzip",
        "Host": f"127.0.0.1:{port}",
        **facts.get("headers", {}),
        **case.get("headers", {}),
    }
    asked = [
        Request(one["path"], one.get("method", "GET"), one.get("headers", {}), one.get("body", "").encode())
        for one in case["requests"]
    ]

    def check(name: str, answer: Answer) -> None:
        if answer.status >= 400 or (answer.status >= 300 and not case.get("redirects")):
            raise RuntimeError(f"status {answer.status}: {answer.text[:200]}")
        if name != B1 and case.get("has", "") not in answer.text:
            raise RuntimeError(f"the page is without “{case['has']}”")

    try:
        first = Connection(port, headers).send(asked[0])
        check(case["name"], first)
        times = max(5, min(requests, int(LONGEST_SECONDS / max(first.seconds, 0.001))))
        taken = interleaved(port, {case["name"]: asked, B1: [Request("/bench-b1/")]}, headers, times=times, check=check)
    except Exception as error:
        return {"name": case["name"], "error": f"{type(error).__name__}: {error}"}
    ratio = taken[case["name"]]["median_ms"] / taken[B1]["median_ms"]
    return {"name": case["name"], "ratio": round(ratio, 1), "one_by_one": taken[case["name"]], "B1": taken[B1]}
