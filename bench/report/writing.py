# ruff: noqa: E501 - sentences of the page read better on one line
"""Turns the kept figures into bench/results/latest.json and the table in docs/measured.md."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bench.report.bars import verdict
from bench.report.beside_peers import peers
from bench.report.kept import gather, machine, versions, without_plans
from bench.report.sentences import special
from bench.report.tables import databases, pages, statements


def write(runs: Path, *, results: Path, table: Path) -> None:
    """Read all figures under ``runs``; write the summary and the page."""
    found = gather(runs)
    results.mkdir(parents=True, exist_ok=True)
    summary = {"machine": machine(), "versions": versions(), "runs": found}
    (results / "latest.json").write_text(json.dumps(without_plans(summary), indent=1, ensure_ascii=False) + "\n")
    table.write_text(page(summary))


def page(summary: dict[str, Any]) -> str:
    """docs/measured.md."""
    runs = summary["runs"]
    own = {name: steps for name, steps in runs.items() if not name.startswith("peers")}
    lines = [
        "# Measured",
        "",
        "Written by `make bench` (see [how to measure](how-to/measure.md)); do not edit. Times mean little on another machine, so each is",
        "quoted beside a baseline of the same run: **B1** is a bare Django page with one indexed query for 25 rows, answered by the same server",
        "process, in turn with the measured page. A ratio of 4 means: four times as long as B1. Signed in, debug off, warm, two web processes.",
        "",
        f"- Written on {datetime.now(UTC):%Y-%m-%d} on {summary['machine']}.",
        "- " + ", ".join(f"{name} {number}" for name, number in summary["versions"].items()) + ".",
        "- What is between the brackets after a ratio is the bar it is held to.",
        "",
        *verdict(own),
        *(databases(own) + pages(own) + statements(own) + special(own) if own else []),
        *peers(runs),
    ]
    return "\n".join(lines).rstrip() + "\n"
