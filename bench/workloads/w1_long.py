"""W1, the longest lists: a million rows as CSV and a hundred thousand as XLSX, in and out again of an empty book.

In a database of its own with all tables and no customers: what is measured is the list, not the book beside it.
"""

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench import steps
from bench.databases import ROOT, Database, Store

ROWS = {"csv": 1_000_000, "xlsx": 100_000}
NAME = "lists"


def measure(store: Store, *, scale: float = 1.0) -> dict[str, Any]:
    """``{"lists": {"csv": …, "xlsx": …}}`` as w1_import tells it, with the trial run and every row compared."""
    store.drop(NAME)
    store._create(NAME)
    place = str(store.folder / f"{NAME}.sqlite3") if store.kind == "sqlite" else NAME
    database = Database(store.kind, place, store.url(NAME), {})
    found: dict[str, Any] = {}
    with tempfile.TemporaryDirectory(prefix="halkhata-bench-") as folder:
        migrated = subprocess.run(
            [sys.executable, "-m", "halkhata", "migrate"],
            cwd=ROOT,
            env=steps.environment_of(database, Path(folder)),
            capture_output=True,
            text=True,
            check=False,
        )
        if migrated.returncode:
            raise RuntimeError(f"migrate: {migrated.stderr[-2000:]}")
        for kind, rows in ROWS.items():
            count = str(max(200, round(rows * scale)))
            told = steps.child(
                "bench.workloads.w1_import",
                count,
                "--format",
                kind,
                "--check",
                database=database,
                data_dir=Path(folder),
            )
            found |= told
    store.drop(NAME)
    return {"lists": found}
