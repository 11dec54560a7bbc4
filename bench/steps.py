"""The steps of a run: each measures one thing and keeps its figures in a file of its own, so a run can go on later."""

import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.case import B1, BARE, Case
from bench.client import Answer, interleaved, together
from bench.databases import ROOT, Database
from bench.served import Served, environment_of, server
from bench.workloads import module_of

HTTP_WORKLOADS = ("w2", "w3", "w5", "w6", "w4")


def child(module: str, *arguments: str, database: Database, data_dir: Path, seconds: float = 7200) -> Any:
    """Run a module of ours on the database and read the JSON it prints. Raises RuntimeError with its last words."""
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=environment_of(database, data_dir),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{module}: {done.stderr[-3000:]}")
    return json.loads(done.stdout)


def measure_http(workload: str, database: Database, facts: dict[str, Any], *, requests: int) -> dict[str, Any]:
    """All cases of one workload through the server, each A B A B with B1, then eight at a time."""
    module = module_of(workload)
    result: dict[str, Any] = {"title": module.TITLE, "cases": []}
    with tempfile.TemporaryDirectory(prefix="halkhata-bench-") as folder, server(database, Path(folder)) as web:
        for case in module.cases(facts):
            result["cases"].append(measure_case(web, case, facts, requests=requests))
        if workload == "w6":
            result["weight"] = module.weigh(web.port, facts["cookies"]["owner"])
    if workload == "w4":
        with tempfile.TemporaryDirectory(prefix="halkhata-bench-") as folder:
            result["worker"] = child("bench.workloads.w4_worker", database=database, data_dir=Path(folder))
    return result


def measure_case(web: Served, case: Case, facts: dict[str, Any], *, requests: int) -> dict[str, Any]:
    """One case: ratio of the medians to B1 on the same connection, and throughput with eight at a time."""
    headers = {"Accept-Encoding": "gzip", "Host": f"127.0.0.1:{web.port}"}
    if case.who:
        headers["Cookie"] = facts["cookies"][case.who]

    def check(name: str, answer: Answer) -> None:
        problem = case.wrong(answer) if name == case.name else "" if answer.status == 200 else f"status {answer.status}"
        if problem:
            raise RuntimeError(f"{name}: {problem}")

    pair: dict[str, Sequence[Any]] = {case.name: case.requests, B1: [BARE[B1]]}
    alone = interleaved(web.port, {**pair, "B0": [BARE["B0"]]}, headers, times=requests, check=check)
    crowd = together(web.port, pair, headers, times=requests, meter=web.cpu_seconds)
    ratio = alone[case.name]["median_ms"] / alone[B1]["median_ms"]
    return {
        "name": case.name,
        "bar": case.bar,
        "ratio": round(ratio, 2),
        "met": ratio <= case.bar,
        "one_by_one": alone[case.name],
        "B1": alone[B1],
        "B0": alone["B0"],
        "eight_at_once": crowd[case.name],
        "B1_eight_at_once": crowd[B1],
        # Processor time of the web processes, which a busy machine hardly changes (the database's own is not in it).
        "cpu_ratio": round(crowd[case.name]["cpu_ms"] / crowd[B1]["cpu_ms"], 2) if crowd[B1]["cpu_ms"] else None,
        "throughput_ratio": round(crowd[B1]["per_second"] / crowd[case.name]["per_second"], 2),
    }


def count_statements(database: Database, facts: dict[str, Any]) -> dict[str, Any]:
    """Statements, plans and S of the pages that only read."""
    with tempfile.TemporaryDirectory(prefix="halkhata-bench-") as folder:
        file = Path(folder) / "facts.json"
        file.write_text(json.dumps(facts))
        return dict(child("bench.statements", str(file), database=database, data_dir=Path(folder)))
