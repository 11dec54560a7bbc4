"""Runs the measurements step by step and writes docs/measured.md.

    python -m bench.run --size 10k --db both --peers no [--cache FOLDER] [--steps w2,w5] [--again]

Each step keeps its figures in FOLDER/runs/SIZE-DB/STEP.json; a step that is there is not repeated (``--again`` does).
So a run that was broken off goes on where it stopped, and one step can be taken again alone.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench import steps
from bench.databases import ROOT, Database, Store, version_of_tables
from bench.peers import measuring
from bench.report.writing import write as write_report
from bench.workloads import ALL, w1, w1_crowd, w1_long, w8, w9, w12_units

SIZES = {"200": 200, "1k": 1_000, "10k": 10_000, "100k": 100_000, "1m": 1_000_000}
# Copies of the biggest would fill the disk; the few hundred rows a run adds to a million change nothing.
COPIED_UP_TO = 200_000
# The same whatever the number of customers, and a running shop would change the kept database.
NOT_AT_A_MILLION = {"w8", "w9", "w11"}
REQUESTS = 200
IMPORTED, API_CUSTOMERS, MAILS, SWEPT, REMINDED, SOLD = 20_000, 250, 400, (60_000, 600), 100_000, 200


class Run:
    """One size on one database."""

    def __init__(
        self, store: Store, size: str, folder: Path, *, scale: float, moulds: tuple[int, int], again: bool
    ) -> None:
        self.store, self.size, self.scale, self.moulds, self.again = store, size, scale, moulds, again
        self.folder = folder / "runs" / f"{size}-{store.kind}"
        self.folder.mkdir(parents=True, exist_ok=True)
        self._database: Database | None = None
        self._facts: dict[str, Any] = {}

    def take(self, wanted: list[str]) -> None:
        """Do the steps that are still to be done."""
        for name in wanted:
            if SIZES[self.size] > COPIED_UP_TO and name in NOT_AT_A_MILLION:
                continue
            file = self.folder / f"{name}.json"
            if file.exists() and not self.again:
                print(f"{self.size} {self.store.kind} {name}: kept", flush=True)
                continue
            begun = time.perf_counter()
            try:
                found = self._step(name)()
            except Exception as error:
                # What failed is part of the result; the next run tries it again.
                (self.folder / f"{name}.error").write_text(f"{type(error).__name__}: {error}")
                print(f"{self.size} {self.store.kind} {name}: FAILED, {error}", flush=True)
                continue
            (self.folder / f"{name}.error").unlink(missing_ok=True)
            taken = {"taken_at": datetime.now(UTC).isoformat(timespec="minutes"), "tables": version_of_tables()}
            found = {**taken, **found}
            file.with_suffix(".part").write_text(json.dumps(found, indent=1, ensure_ascii=False))
            file.with_suffix(".part").rename(file)
            print(f"{self.size} {self.store.kind} {name}: {time.perf_counter() - begun:.0f} s", flush=True)

    def end(self) -> None:
        """Throw the copy away."""
        if self._database is not None and SIZES[self.size] <= COPIED_UP_TO:
            self.store.drop(self._copy_name)

    @property
    def _copy_name(self) -> str:
        return f"copy_{self.size}"

    def _step(self, name: str) -> Callable[[], dict[str, Any]]:
        special: dict[str, Callable[[], dict[str, Any]]] = {
            "database": lambda: self._built().facts,
            "statements": self._statements,
            "w1": self._w1,
            # The same whatever the number of customers, and long: only when it is asked for by name.
            "lists": lambda: w1_long.measure(self.store, scale=self.scale),
            "w7": self._w7,
            "w8": self._w8,
            "w9": self._w9,
            "w10": self._w10,
            "w11": self._w11,
            "w12": self._w12,
        }
        return special.get(name) or (lambda: self._pages(name))

    def _pages(self, name: str) -> dict[str, Any]:
        requests = max(8, round(REQUESTS * self.scale))
        return steps.measure_http(name, self.database, self.facts, requests=requests)

    def _built(self) -> Database:
        """The kept database; made by a process of its own when there is none."""
        name = f"bench_{SIZES[self.size]}_1_{version_of_tables()}"
        if not self.store.has(name):
            done = subprocess.run(
                [
                    sys.executable,
                    "-m",
                    "bench.generate",
                    "--customers",
                    str(SIZES[self.size]),
                    "--db",
                    self.store.kind,
                    "--cache",
                    str(self.store.folder),
                    "--moulds",
                    *map(str, self.moulds),
                ],
                cwd=ROOT,
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(f"the generator failed: {done.stderr[-3000:]}")
        return self.store.found(name)

    @property
    def database(self) -> Database:
        """What is measured: a copy of the kept one, so that every run begins alike."""
        if self._database is None:
            built = self._built()
            name = f"bench_{SIZES[self.size]}_1_{version_of_tables()}"
            self._database = self.store.copy(name, self._copy_name) if SIZES[self.size] <= COPIED_UP_TO else built
        return self._database

    @property
    def facts(self) -> dict[str, Any]:
        """Sessions, key and records of this copy."""
        if not self._facts:
            with tempfile.TemporaryDirectory(prefix="halkhata-bench-") as folder:
                self._facts = dict(steps.child("bench.prepare", database=self.database, data_dir=Path(folder)))
        return self._facts

    def _statements(self) -> dict[str, Any]:
        return {"pages": steps.count_statements(self.database, self.facts)}

    def _w1(self) -> dict[str, Any]:
        count = max(60, round(IMPORTED * self.scale))
        with tempfile.TemporaryDirectory(prefix="halkhata-bench-") as folder:
            lists = steps.child("bench.workloads.w1_import", str(count), database=self.database, data_dir=Path(folder))
            with steps.server(self.database, Path(folder)) as web:
                api = w1.through_api(web.port, self.facts, max(10, round(API_CUSTOMERS * self.scale)))
                crowd = w1_crowd.measure(
                    web, self.database, Path(folder), self.facts, rows=count * 5, seconds=max(5.0, 30 * self.scale)
                )
        return w1.judged(lists, crowd, api)

    def _w7(self) -> dict[str, Any]:
        count = max(8, round(MAILS * self.scale))
        with tempfile.TemporaryDirectory(prefix="halkhata-bench-") as folder:
            return dict(steps.child("bench.workloads.w7", str(count), database=self.database, data_dir=Path(folder)))

    def _w8(self) -> dict[str, Any]:
        """The same whatever the number of customers."""
        items, breaching = (max(10, round(number * min(1.0, self.scale))) for number in SWEPT)
        items = max(items, breaching * 20)
        return w8.judged(self._alone("sweep", "bench.sweep", "--items", str(items), "--breaching", str(breaching)))

    def _w11(self) -> dict[str, Any]:
        """The same whatever the number of customers; it brings units of its own."""
        units = max(1_000, round(REMINDED * min(1.0, self.scale)))
        return self._alone("reminders", "bench.workloads.w11_reminders", "--units", str(units))

    def _alone(self, name: str, module: str, *arguments: str) -> dict[str, Any]:
        """What a module measures in an empty database of its own."""
        if self.store.kind == "sqlite":
            url = ""
        else:
            self.store.drop(name)
            self.store._create(name)
            url = self.store.url(name)
        environment = steps.environment_of(Database(self.store.kind, "", url, {}), Path(tempfile.gettempdir()))
        if not url:
            environment.pop("HALKHATA_DATABASE_URL")
        environment.pop("HALKHATA_DATA_DIR")
        done = subprocess.run(
            [sys.executable, "-m", module, *arguments],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if url:
            self.store.drop(name)
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        return dict(json.loads(done.stdout))

    def _w9(self) -> dict[str, Any]:
        return w9.measure(self.database, self.facts)

    def _w10(self) -> dict[str, Any]:
        with tempfile.TemporaryDirectory(prefix="halkhata-bench-") as folder:
            return dict(steps.child("bench.workloads.w10", database=self.database, data_dir=Path(folder)))

    def _w12(self) -> dict[str, Any]:
        pages, count = self._pages("w12"), max(8, round(SOLD * self.scale))
        with tempfile.TemporaryDirectory(prefix="halkhata-bench-") as folder:
            found = steps.child("bench.workloads.w12_units", str(count), database=self.database, data_dir=Path(folder))
        return w12_units.judged(pages, found)


def main() -> int:
    """Take the wanted steps of the wanted sizes and databases, then write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", default="10k", help="1k, 10k, 100k, 1m, or several with commas")
    parser.add_argument("--db", choices=["sqlite", "postgres", "both"], default="both")
    parser.add_argument("--peers", choices=["yes", "no"], default="no")
    parser.add_argument("--cache", type=Path, default=ROOT / "var" / "bench")
    parser.add_argument("--steps", default=",".join(["database", "statements", *ALL]), help='"" for the peers alone')
    parser.add_argument("--again", action="store_true", help="repeat steps whose figures are there")
    parser.add_argument("--scale", type=float, default=1.0, help="share of the requests; 1 is what counts")
    parser.add_argument("--moulds", type=int, nargs=2, default=(90, 40), metavar=("DONE", "OPEN"))
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results")
    parser.add_argument("--table", type=Path, default=ROOT / "docs" / "measured.md")
    wanted = parser.parse_args()
    failed = False
    for kind in ("sqlite", "postgres") if wanted.db == "both" else (wanted.db,):
        with Store(wanted.cache, kind) as store:
            for size in wanted.size.lower().split(","):
                run = Run(
                    store, size, store.folder, scale=wanted.scale, moulds=tuple(wanted.moulds), again=wanted.again
                )
                try:
                    run.take([step for step in wanted.steps.split(",") if step])
                finally:
                    run.end()
                failed |= any(run.folder.glob("*.error"))
            if wanted.peers == "yes" and kind == "postgres":
                for size in wanted.size.lower().split(","):
                    measuring.measure_all(store, size, SIZES[size], scale=wanted.scale, again=wanted.again)
    write_report(wanted.cache.resolve() / "runs", results=wanted.results, table=wanted.table)
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
