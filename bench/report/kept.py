"""The kept figures of all runs, the machine and the versions they depend on."""

import json
import os
import platform
import sqlite3
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.report.words import place_of_run


def gather(runs: Path) -> dict[str, dict[str, Any]]:
    """``{"10k-sqlite": {"w2": …}}``; a step that failed has its error as ``{"error": …}``."""
    found: dict[str, dict[str, Any]] = {}
    for folder in sorted(runs.glob("*-*"), key=place_of_run):
        steps = {file.stem: json.loads(file.read_text()) for file in sorted(folder.glob("*.json"))}
        steps |= {file.stem: {"error": file.read_text()[:600]} for file in folder.glob("*.error")}
        if steps:
            found[folder.name] = steps
    return found


def machine() -> str:
    """The machine in words, without its name."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    model = ""
    for line in Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []:
        if line.startswith("model name"):
            model = line.split(":", 1)[1].strip()
            break
    return f"{os.cpu_count()} cores{f' ({model})' if model else ''}, {memory:.0f} GiB of memory, {platform.system()}"


def versions() -> dict[str, str]:
    """Of what a figure depends on."""
    found = {"Python": platform.python_version(), "SQLite": sqlite3.sqlite_version}
    for package in ("django", "psycopg", "uvicorn"):
        found[package] = version(package)
    from tests.support.postgres import binaries

    programs = binaries()
    if programs:
        said = subprocess.run([str(programs / "postgres"), "--version"], capture_output=True, text=True, check=False)
        found["PostgreSQL"] = said.stdout.split()[2] if said.stdout else ""
    return found


def without_plans(value: Any) -> Any:
    """Without plans and statements' texts: those stay in the run's own files."""
    if isinstance(value, dict):
        return {key: without_plans(inner) for key, inner in value.items() if key not in {"plans", "S_sql", "files_kb"}}
    if isinstance(value, list):
        return [without_plans(inner) for inner in value]
    return value
