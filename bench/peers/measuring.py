"""Installs, fills and measures the peers, one after another."""

import itertools
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.case import B1
from bench.client import Answer, Connection, Request, figures, interleaved
from bench.databases import Store
from halkhata.doors.cli.parent_death import end_with_parent
from tests.support.postgres import free_port

HERE = Path(__file__).resolve().parent
REQUESTS = 200
BARE_PAGE = [Request("/bench-b1/")]
# A page slower than SLOW is asked for about a minute, one slower than VERY_SLOW once cold and once or twice more; the
# table then says how many requests it was. One that takes longer than GIVEN_UP has no figure.
SLOW, A_MINUTE, FEWEST = 0.3, 60.0, 5
VERY_SLOW, GIVEN_UP = 10.0, 120.0  # the latter is what the client waits


def known() -> list[str]:
    """The peers that have a folder here."""
    return sorted(folder.name for folder in HERE.iterdir() if (folder / "requirements.txt").exists())


def measure_all(store: Store, size: str, customers: int, *, scale: float = 1.0, again: bool = False) -> None:
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
            found = measure(store, peer, customers, requests=max(8, round(REQUESTS * scale)))
        except Exception as error:
            (folder / f"{peer}.error").write_text(f"{type(error).__name__}: {error}")
            print(f"{size} {peer}: FAILED, {error}", flush=True)
            continue
        (folder / f"{peer}.error").unlink(missing_ok=True)
        file.write_text(json.dumps({"taken_at": datetime.now(UTC).isoformat(timespec="minutes"), **found}, indent=1))
        print(f"{size} {peer}: {time.perf_counter() - begun:.0f} s", flush=True)


def measure(store: Store, peer: str, customers: int, *, requests: int = REQUESTS) -> dict[str, Any]:
    """One peer: its environment, its database of ``customers`` with two tickets each, its pages beside its own B1."""
    alone = as_installed(store.folder / "peers", peer)
    python = environment(store.folder / "peers", peer)
    name = f"peer_{peer.replace('-', '_')}_{customers}"
    with tempfile.TemporaryDirectory(prefix="halkhata-peer-") as folder:
        settings = _environment(store, name, folder)
        done_mark = store.folder / f"{name}.seeded"
        seeds = (HERE / peer / "seed.py").read_text()
        if not done_mark.exists() or done_mark.read_text() != seeds:
            store.drop(name)
            store._create(name)
            begun = time.perf_counter()
            _run([str(python), "seed.py", str(customers)], peer, settings, seconds=7200)
            print(f"  {peer}: {customers:,} customers filled in {time.perf_counter() - begun:.0f} s", flush=True)
            done_mark.write_text(seeds)
        facts = json.loads(_run([str(python), "facts.py"], peer, settings))
        return {
            "version": facts["version"],
            "as_installed": alone,
            "notes": facts.get("notes", []),
            "cases": _cases(python, peer, settings, facts, requests),
        }


def _cases(
    python: Path, peer: str, settings: dict[str, str], facts: dict[str, Any], requests: int
) -> list[dict[str, Any]]:
    """All pages of a peer, served anew after one that was given up: what is still at work there would slow the next."""
    left, found = list(facts["cases"]), []
    while left:
        with served(python, peer, settings) as port:
            while left:
                found.append(_case(port, left.pop(0), facts, requests))
                print(
                    f"  {peer}: {found[-1]['name']}: {found[-1].get('ratio') or found[-1]['error'][:200]}", flush=True
                )
                if found[-1].pop("given_up", False):
                    break
    return found


def environment(folder: Path, peer: str, pinned: str = "requirements.txt") -> Path:
    """The peer's own Python, with the pinned packages and their hashes. Returns its interpreter.

    Every package is in the list, so pip is told to add none: what a peer declares and never needs here may stay out.
    """
    own = folder / f"{peer}-{Path(pinned).stem}"
    wanted = (HERE / peer / pinned).read_text()
    mark = own / "installed.txt"
    if not mark.exists() or mark.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", "--clear", str(own)], check=True)
        pip = [str(own / "bin/python"), "-m", "pip", "install", "--quiet", "--no-deps", "--require-hashes"]
        done = subprocess.run(
            [*pip, "-r", str(HERE / peer / pinned)], capture_output=True, text=True, check=False, timeout=1800
        )
        if done.returncode:
            raise RuntimeError(f"pip: {last_line(done.stderr)}")
        mark.write_text(wanted)
    return own / "bin/python"


def as_installed(folder: Path, peer: str) -> str:
    """What happens with the peer and its declared dependencies alone: "" when it starts, else the error.

    Only asked of a peer with ``declared.txt`` (what pip brings by itself) and ``declared_import`` (the module to load).
    """
    if not (HERE / peer / "declared.txt").exists():
        return ""
    module = (HERE / peer / "declared_import").read_text().strip()
    try:
        python = environment(folder, peer, "declared.txt")
    except RuntimeError as error:
        return str(error)
    done = subprocess.run([str(python), "-c", f"import {module}"], capture_output=True, text=True, check=False)
    return last_line(done.stderr) if done.returncode else ""


def last_line(said: str) -> str:
    """The line of an error output that names the error."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR") or "Error:" in line]
    return (errors or lines or ["no words"])[-1]


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
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(30)


def _environment(store: Store, database: str, folder: str) -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HALKHATA_", "DJANGO_"))}
    # What all peers share (names, bare pages), and no other package of ours: some have "tests" of their own.
    shared = Path(folder) / "shared"
    shared.mkdir(exist_ok=True)
    (shared / "bench").symlink_to(HERE.parent)
    return {
        **kept,
        "PYTHONPATH": str(shared),
        "PYTHONDONTWRITEBYTECODE": "1",
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


def requests_for(seconds: float, wanted: int) -> int:
    """How often a page that took ``seconds`` is asked for."""
    return wanted if seconds <= SLOW else max(FEWEST, min(wanted, int(A_MINUTE / seconds)))


def request_of(one: dict[str, Any]) -> Request:
    """A request as a peer's ``facts.py`` describes it; ``{n}`` in its body becomes a number that never comes twice."""
    body = one.get("body", "")
    if "{n}" not in body:
        return Request(one["path"], one.get("method", "GET"), one.get("headers", {}), body.encode())
    numbers = itertools.count(time.time_ns() // 1_000_000)
    return Request(
        one["path"],
        one.get("method", "POST"),
        one.get("headers", {}),
        lambda: (body.replace("{n}", str(next(numbers))).encode(), {}),
    )


def complaint(case: dict[str, Any], answer: Answer) -> str:
    """Why an answer is no success; "" when it is one. A case with ``goes_to`` succeeds by being sent on to there."""
    goes_to = case.get("goes_to", "")
    if goes_to:
        where = answer.headers.get("location", "")
        sent_on = 300 <= answer.status < 400 and goes_to in where
        return "" if sent_on else f"status {answer.status}, sent on to “{where}”"
    if answer.status >= 300:
        return f"status {answer.status}: {answer.text[:200]}"
    if case.get("has", "") not in answer.text:
        return f"the answer is without “{case['has']}”: {answer.text[:200]}"
    if case.get("without") and case["without"] in answer.text:
        return f"the answer has “{case['without']}”"
    return ""


def _case(port: int, case: dict[str, Any], facts: dict[str, Any], requests: int) -> dict[str, Any]:
    """One page of a peer; an answer that is no success is its result, not ours to mend."""
    headers = {
        "Accept-Encoding": "gzip",
        "Host": f"127.0.0.1:{port}",
        **facts.get("headers", {}),
        **case.get("headers", {}),
    }
    asked = [request_of(one) for one in case["requests"]]

    # What each request is to bring, in the order in which they are sent.
    expected = itertools.cycle([{**case, **one} for one in case["requests"]])

    def check(name: str, answer: Answer) -> None:
        wrong = complaint({} if name == B1 else next(expected), answer)
        if wrong:
            raise RuntimeError(wrong)

    try:
        connection = Connection(port, headers)
        first = connection.send(asked[0])
        check(case["name"], first)
        if first.seconds > VERY_SLOW:
            taken = _few(connection, case["name"], asked, first, check)
        else:
            warm = connection.send(asked[0])
            expected = itertools.cycle([{**case, **one} for one in case["requests"]])
            times = requests_for(warm.seconds, requests)
            taken = interleaved(port, {case["name"]: asked, B1: BARE_PAGE}, headers, times=times, check=check)
    except TimeoutError:
        return {"name": case["name"], "error": f"no answer within {GIVEN_UP:.0f} s", "given_up": True}
    except Exception as error:
        return {"name": case["name"], "error": f"{type(error).__name__}: {error}"}
    ratio = taken[case["name"]]["median_ms"] / taken[B1]["median_ms"]
    return {"name": case["name"], "ratio": round(ratio, 1), "one_by_one": taken[case["name"]], "B1": taken[B1]}


def _few(
    connection: Connection, name: str, asked: Sequence[Request], first: Answer, check: Callable[[str, Answer], None]
) -> dict[str, dict[str, float]]:
    """The same for a page of which a minute holds but a few: each one counts, and B1 is asked ten times after each."""
    turns = itertools.cycle([*asked[1:], asked[0]])
    taken: dict[str, list[float]] = {name: [], B1: []}
    for _turn in range(1 if first.seconds > A_MINUTE else 3):
        answer = connection.send(next(turns))
        check(name, answer)
        taken[name].append(answer.seconds)
        taken[B1] += [connection.send(BARE_PAGE[0]).seconds for _bare in range(10)]
    return {
        name: {**figures(taken[name]), "bytes": len(answer.body)},
        B1: figures(taken[B1]),
    }
