"""W1 with ten staff working: how long their pages take without and beside an import, and how fast that is then."""

import json
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from bench.case import Facts
from bench.client import Connection, Request, figures
from bench.databases import ROOT, Database
from bench.served import Served, environment_of

STAFF = 10
# Seconds between two pages of one person; the ten of them ask for five a second.
PAUSE = 2.0
PAGES = [Request("/work/queue/"), Request("/customers/")]
# The pages may take so many times as long at the 95th percentile.
SLOWER = 2.0


def measure(web: Served, database: Database, data_dir: Path, facts: Facts, *, rows: int, seconds: float) -> Facts:
    """Pages alone for ``seconds``, then beside an import of ``rows`` that is stopped after ``seconds``."""
    alone = _work(web, facts, seconds)
    importer = subprocess.Popen(
        [sys.executable, "-m", "bench.workloads.w1_import", str(rows), "--format", "csv", "--seconds", str(seconds)],
        cwd=ROOT, env=environment_of(database, data_dir), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        time.sleep(3)  # it starts, and reads its list
        beside = _work(web, facts, max(2.0, seconds - 3))
        said, complaint = importer.communicate(timeout=1800)
    finally:
        importer.kill()
        importer.wait()
    if importer.returncode:
        raise RuntimeError(f"the import failed: {complaint[-3000:]}")
    return {
        "import_per_second": json.loads(said)["csv"]["per_second"],
        "pages_alone": alone,
        "pages_beside_the_import": beside,
        "slower": round(beside["p95_ms"] / alone["p95_ms"], 2),
    }


def _work(web: Served, facts: Facts, seconds: float) -> dict[str, float]:
    headers = {"Cookie": facts["cookies"]["owner"], "Host": f"127.0.0.1:{web.port}", "Accept-Encoding": "gzip"}
    until = time.monotonic() + seconds
    taken: list[float] = []
    wrong: list[Any] = []

    def person(place: int) -> None:
        connection = Connection(web.port, headers)
        time.sleep(PAUSE * place / STAFF)
        turn = place
        while time.monotonic() < until:
            answer = connection.send(PAGES[turn % len(PAGES)])
            taken.append(answer.seconds)
            if answer.status != 200:
                wrong.append(answer.status)
            turn += 1
            time.sleep(max(0.0, PAUSE - answer.seconds))

    people = [threading.Thread(target=person, args=(place,)) for place in range(STAFF)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    if wrong or len(taken) < STAFF:
        raise RuntimeError(f"{len(taken)} pages, of which failed: {wrong[:5]}")
    return figures(taken)
