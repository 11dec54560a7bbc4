# ruff: noqa: E501 - sentences of the page read better on one line
"""Turns the kept figures into bench/results/latest.json and the table in docs/measured.md."""

import json
import os
import platform
import sqlite3
import subprocess
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.workloads import ALL

ORDER = ("1k", "10k", "100k", "1m")
WORDS = {"1k": "1 thousand", "10k": "10 thousand", "100k": "100 thousand", "1m": "1 million"}
PRODUCTS = {"sqlite": "SQLite", "postgres": "PostgreSQL"}
# At a million a page may take this much of its time at ten thousand (W2).
GROWTH = 1.3
# Fewer requests than this are said beside the figure.
ENOUGH = 200


def write(runs: Path, *, results: Path, table: Path) -> None:
    """Read all figures under ``runs``; write the summary and the page."""
    found = gather(runs)
    results.mkdir(parents=True, exist_ok=True)
    summary = {"machine": machine(), "versions": versions(), "runs": found}
    (results / "latest.json").write_text(json.dumps(_short(summary), indent=1, ensure_ascii=False) + "\n")
    table.write_text(page(summary))


def gather(runs: Path) -> dict[str, dict[str, Any]]:
    """``{"10k-sqlite": {"w2": …}}``; a step that failed has its error as ``{"error": …}``."""
    found: dict[str, dict[str, Any]] = {}
    for folder in sorted(runs.glob("*-*"), key=_place):
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
        *_verdict(own),
        *(_databases(own) + _pages(own) + _statements(own) + _special(own) if own else []),
        *_peers(runs),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _place(folder: Path) -> tuple[int, str]:
    size = folder.name.split("-")[0]
    return (ORDER.index(size) if size in ORDER else 9, folder.name)


def _where(name: str) -> str:
    size, kind = name.split("-", 1)
    return f"{WORDS.get(size, size)}, {PRODUCTS.get(kind, kind)}"


def _verdict(runs: dict[str, dict[str, Any]]) -> list[str]:
    missed, met = [], 0
    for run, steps in runs.items():
        for name, bar, value, good in _judged(steps):
            met += good
            if not good:
                missed.append(f"- {_where(run)}: {name} is at {value}, allowed is {bar}.")
        missed += [
            f"- {_where(run)}: {step} could not be measured ({found['error'].splitlines()[0][:160]})."
            for step, found in steps.items()
            if "error" in found
        ]
    missed += _grown(runs)
    words = ["## Bars", "", f"{met} bars are met." if met else "No bar has been measured yet."]
    if missed:
        words += ["", "Not met:", "", *missed]
    return [*words, ""]


def _judged(steps: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
    """(what, bar, value, met) of everything that has a bar."""
    found = []
    for workload in ALL:
        step = steps.get(workload, {})
        for case in step.get("cases", []):
            found.append(
                (f"{workload.upper()} {case['name']}", f"{case['bar']:g} × B1", f"{case['ratio']:g} × B1", case["met"])
            )
        if "weight" in step:
            weight = step["weight"]
            value = f"{weight['first_visit_kb']} kB and {weight['later_visit_kb']} kB"
            found.append(("W6 weight of a first and a later visit", "220 kB and 40 kB", value, weight["met"]))
    for kind, one in steps.get("w1", {}).get("lists", {}).items():
        share = one["share_of_C"]
        found.append((f"W1 import from {kind.upper()}", "25 % of the bare load", f"{100 * share:.0f} %", one["met"]))
    for kind, one in steps.get("lists", {}).get("lists", {}).items():
        value = f"{100 * one['share_of_C']:.0f} %"
        found.append(
            (f"W1 list of {one['customers']:,} from {kind.upper()}", "25 % of the bare load", value, one["met"])
        )
    if "crowd" in steps.get("w1", {}):
        crowd = steps["w1"]["crowd"]
        value = f"{100 * crowd['share_of_C']:.0f} %, pages {crowd['slower']:g} times as long"
        found.append(("W1 import with staff working", "12 % of the bare load, 2 times", value, crowd["met"]))
    if "share_of_bare" in steps.get("w7", {}):
        share = steps["w7"]["share_of_bare"]
        found.append(("W7 inbound mail", "30 % of a bare loop", f"{100 * share:.0f} %", steps["w7"]["met"]))
    if "cpu_seconds" in steps.get("w8", {}):
        w8 = steps["w8"]
        value = f"{w8['cpu_seconds']} s, × {w8['growth_with_ten_times_the_items']} with ten times the items"
        found.append(("W8 sweep", "5 s, cost by the breaches", value, w8["met"]))
    if "start_seconds" in steps.get("w9", {}):
        w9 = steps["w9"]
        found.append(("W9 start and memory", "5 s, 400 MB", f"{w9['start_seconds']} s, {w9['total_mb']} MB", w9["met"]))
    for one in steps.get("w10", {}).get("counts", []):
        value = f"{one['ratio']:g} × S ({one['count_ms']:g} ms)"
        found.append((f"W10 segment count, {one['name']}", f"{one['bar']:g} × S", value, one["met"]))
    if "seconds_for_10000" in steps.get("w11", {}):
        w11 = steps["w11"]
        value = f"{w11['seconds_for_10000']:g} s ({w11['units']:,} units in {w11['seconds']:g} s)"
        found.append(("W11 service reminders, 10,000 units", "60 s", value, w11["met"]))
    w12 = steps.get("w12", {})
    if "sales" in w12:
        sales = w12["sales"]
        value = f"{sales['B1_ratio']:g} × B1 ({sales['per_second']:g} a second)"
        found.append(("W12 sale at the counter", f"{sales['bar']:g} × B1", value, sales["met"]))
    for one in w12.get("beside_sql", []):
        ratio = one["ratio"] if one["beside"] == "S" else one["B1_ratio"]
        value = f"{ratio:g} × {one['beside']} ({one['ms']:g} ms)"
        found.append((f"W12 {one['name']}", f"{one['bar']:g} × {one['beside']}", value, one["met"]))
    for name, one in steps.get("statements", {}).get("pages", {}).items():
        if name == "search":
            for kind, search in one.items():
                found.append((f"W5 search itself, {kind}", "10 × S", f"{search['ratio']} × S", search["met"]))
        elif one["allowed"] is not None:
            value = f"{one['statements']} statements"
            found.append((f"statements of {name}", str(one["allowed"]), value, one["met"]))
    return found


def _grown(runs: dict[str, dict[str, Any]]) -> list[str]:
    """W2's second bar: at a million at most 1.3 times its time at ten thousand, both beside B1."""
    said = []
    for kind in PRODUCTS:
        small, large = (runs.get(f"{size}-{kind}", {}).get("w2", {}) for size in ("10k", "1m"))
        if small.get("tables") != large.get("tables"):
            continue  # two versions of the product say nothing about each other
        for before, after in zip(small.get("cases", []), large.get("cases", []), strict=False):
            growth = after["one_by_one"]["median_ms"] / before["one_by_one"]["median_ms"]
            if growth > GROWTH:
                said.append(
                    f"- {PRODUCTS[kind]}: {after['name']} takes {growth:.2f} times as long at 1 million as at 10 thousand, allowed is {GROWTH}."
                )
    return said


def _databases(runs: dict[str, dict[str, Any]]) -> list[str]:
    lines = [
        "## The databases",
        "",
        "Each customer has two tickets and owns one unit, bought at the counter: numbers, owner, two or three covers, a registration, two lines in the",
        "ledger of goods, three to a dozen lines of life; one unit in four has been in the workshop. A million customers are a million units.",
        "Columns with the same version of the tables belong together; another version was measured earlier.",
        "",
        "| customers | database | rows | size | loaded in | checks | version of the tables |",
        "|---|---|---|---|---|---|---|",
    ]
    for name, steps in runs.items():
        facts = steps.get("database", {})
        if "rows" not in facts:
            continue
        size, kind = name.split("-", 1)
        checks = ", ".join(f"{key.replace('_', ' ')}: {value}" for key, value in facts.get("verified", {}).items())
        lines.append(
            f"| {WORDS.get(size, size)} | {PRODUCTS[kind]} | {facts['rows']:,} | {facts['megabytes']:,} MB "
            f"| {facts['load_seconds'] + facts['index_seconds']:.0f} s ({facts['rows_per_second']:,} rows a second) | {checks} "
            f"| {facts.get('tables', '–')} |"
        )
    return [*lines, ""]


def _pages(runs: dict[str, dict[str, Any]]) -> list[str]:
    lines = [
        "## Pages and calls",
        "",
        "| workload | " + " | ".join(_where(name) for name in runs) + " |",
        "|---|" + "---|" * len(runs),
    ]
    named: dict[str, dict[str, Any]] = {}
    for run, steps in runs.items():
        for workload in ALL:
            for case in steps.get(workload, {}).get("cases", []):
                named.setdefault(f"{workload.upper()} {case['name']}", {})[run] = case
    for name, by_run in named.items():
        cells = [_cell(by_run.get(run)) for run in runs]
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    note = "Median ratio to B1 [bar]; processor time beside B1's; median and 95th percentile one by one; requests a second with eight at a time (B1's in brackets)."
    return [*lines, "", note, ""]


def _cell(case: dict[str, Any] | None) -> str:
    if case is None:
        return "–"
    mark = "" if case["met"] else " **not met**"
    one, eight = case["one_by_one"], case["eight_at_once"]
    return (
        f"{case['ratio']:g} × [{case['bar']:g}]{mark}; CPU {case['cpu_ratio']} ×; {one['median_ms']:.1f} / {one['p95_ms']:.1f} ms; "
        f"{eight['per_second']:.0f}/s ({case['B1_eight_at_once']['per_second']:.0f}/s)"
    )


def _statements(runs: dict[str, dict[str, Any]]) -> list[str]:
    lines = [
        "## Statements",
        "",
        "| page | " + " | ".join(_where(name) for name in runs) + " |",
        "|---|" + "---|" * len(runs),
    ]
    named: dict[str, dict[str, Any]] = {}
    for run, steps in runs.items():
        for name, one in steps.get("statements", {}).get("pages", {}).items():
            if name != "search":
                named.setdefault(name, {})[run] = one
    for name, by_run in named.items():
        cells = []
        for run in runs:
            one = by_run.get(run)
            cells.append(
                "–"
                if one is None
                else f"{one['statements']} [{one['allowed']}], {one['database_ms']:.1f} ms in the database, S {one['S_ms']:.2f} ms"
                + (f", {len(one['walks'])} walk through a table" if one["walks"] else "")
            )
        lines.append(f"| {name} | " + " | ".join(cells) + " |")
    note = (
        "Number of statements [allowed]; S is the slowest of them as raw SQL. “Walks through a table”: its plan reads a table that grows "
        "with the customers from end to end; the plans are in the run's own files."
    )
    return [*lines, "", note, ""]


def _special(runs: dict[str, dict[str, Any]]) -> list[str]:
    lines = ["## Loading, mail, sweep, start, segments, reminders, units", ""]
    for name, steps in runs.items():
        said = []
        if "lists" in steps.get("w1", {}):
            w1 = steps["w1"]
            said += [_list_words(kind, one) for kind, one in w1["lists"].items()]
            crowd = w1["crowd"]
            said.append(
                f"W1 with ten staff working: {crowd['import_per_second']:g} a second ({100 * crowd['share_of_C']:.0f} % of the bare load, "
                f"bar 12 %); the 95th percentile of their pages is {crowd['slower']:g} times as long as without it (bar 2). "
                f"One by one through the API: {w1['api']['per_second']:g} a second."
            )
        said += [_list_words(kind, one) for kind, one in steps.get("lists", {}).get("lists", {}).items()]
        if "worker" in steps.get("w4", {}):
            worker = steps["w4"]["worker"]
            said.append(
                f"W4 after the answer: the worker needs {worker['worker_ms_each']:g} ms for each complaint; {worker['acknowledgements']} of "
                f"{worker['complaints']} customers have an address and were acknowledged."
            )
        if "share_of_bare" in steps.get("w7", {}):
            w7 = steps["w7"]
            said.append(
                f"W7: {w7['per_second']:g} mails a second from bytes to ticket, a bare loop {w7['bare_per_second']:g} "
                f"({100 * w7['share_of_bare']:.0f} %, bar 30 %); acknowledgement in the worker {w7['worker_ms_each']:g} ms each."
            )
        if "cpu_seconds" in steps.get("w8", {}):
            w8 = steps["w8"]
            said.append(
                f"W8: {w8['cpu_seconds']:g} s of one core (bar 5 s); × {w8['growth_with_ten_times_the_items']:g} with ten times the items."
            )
        if "start_seconds" in steps.get("w9", {}):
            w9 = steps["w9"]
            parts = ", ".join(f"{part} {size:g}" for part, size in w9["memory_mb"].items())
            said.append(
                f"W9: first page after {w9['start_seconds']:g} s (bar 5 s); {w9['total_mb']:g} MB (bar 400 MB): {parts}."
            )
        for one in steps.get("w10", {}).get("counts", []):
            said.append(
                f"W10 segment count, {one['name']}: {one['count_ms']:g} ms for {one['customers']:,} customers; S, the same as SQL by "
                f"hand, {one['S_ms']:g} ms ({one['ratio']:g} ×, bar {one['bar']:g} ×; n = {one['n']})."
            )
        if "one_customer" in steps.get("w10", {}):
            one = steps["w10"]["one_customer"]
            said.append(
                f"W10 one customer's change: {one['lines']} lines of conditions asked of that customer in {one['ms']:g} ms."
            )
        if "seconds_for_10000" in steps.get("w11", {}):
            w11 = steps["w11"]
            said.append(
                f"W11: reminders of {w11['units']:,} units in {w11['seconds']:g} s ({w11['seconds_for_10000']:g} s for 10,000, bar "
                f"{w11['bar']:g} s), {w11['made']:,} made; {w11['statements_a_batch']:g} statements for a thousand units; the same day once "
                f"more {w11['again_seconds']:g} s, none made twice."
            )
        said += _unit_words(steps.get("w12", {}))
        if "weight" in steps.get("w6", {}):
            weight = steps["w6"]["weight"]
            said.append(
                f"W6: a first visit weighs {weight['first_visit_kb']:g} kB (bar 220), a later one {weight['later_visit_kb']:g} kB (bar 40)."
            )
        if said:
            lines += [f"{_where(name)}:", "", *(f"- {line}" for line in said), ""]
    return lines


def _unit_words(w12: dict[str, Any]) -> list[str]:
    """What services about units cost, in sentences."""
    said = []
    if "sales" in w12:
        one = w12["sales"]
        said.append(
            f"W12: {one['per_second']:g} sales of one unit a second through the service, {one['ms']:g} ms each ({one['B1_ratio']:g} × B1, bar "
            f"{one['bar']:g} ×; n = {one['sales']}) with {one['statements']} statements; the {one['rows_each']} rows of a sale by hand "
            f"{one['by_hand_per_second']:g} a second. The worker needs {one['worker_ms_each']:g} ms for each."
        )
    for one in w12.get("beside_sql", []):
        bar = f"bar {one['bar']:g} ×" if one["beside"] == "S" else f"{one['B1_ratio']:g} × B1, bar {one['bar']:g} ×"
        said.append(
            f"W12 {one['name']}: {one['ms']:g} ms with {one['statements']} statements; S {one['S_ms']:g} ms ({one['ratio']:g} ×; {bar})."
        )
    return said


def _list_words(kind: str, one: dict[str, Any]) -> str:
    """One imported list in a sentence; the long ones with their trial run and the comparison of every row."""
    tried = f" tried at {one['checked_per_second']:,} rows a second, then" if "checked_per_second" in one else ""
    compared = f" {one['rows_compared']:,} rows compared with the list, all right;" if "rows_compared" in one else ""
    return (
        f"W1, {one['customers']:,} customers from {kind.upper()}:{tried} {one['per_second']:,} a second, bare load of the same rows "
        f"{one['C_per_second']:,} ({100 * one['share_of_C']:.0f} %, bar 25 %);{compared} undone {one['undone_per_second']:,} a second, nothing left; "
        f"transactions of {one['transaction_ms'][0]} ms, the longest {one['transaction_ms'][1]} ms; {one['memory_mb']} MB."
    )


def _peers(runs: dict[str, dict[str, Any]]) -> list[str]:
    found = {name: steps for name, steps in runs.items() if name.startswith("peers")}
    lines = ["## Peers", ""]
    if not found:
        return [*lines, "Not measured in this run (`make bench PEERS=yes`).", ""]
    lines += [
        "Each in its own environment, PostgreSQL, two gunicorn workers, the same number of rows, beside its own B1.",
        "",
    ]
    for name, steps in found.items():
        lines += [
            f"{WORDS.get(name.split('-')[1], name)} customers:",
            "",
            "| peer | workload | ratio to its own B1 | median / 95th percentile, one by one; weight |",
            "|---|---|---|---|",
        ]
        for peer, result in steps.items():
            lines += peer_rows(peer, result)
        lines.append("")
    return lines


def peer_rows(peer: str, result: dict[str, Any]) -> list[str]:
    """The rows of one peer; what failed is a row too."""
    if "error" in result:
        return [f"| {peer} | – | does not run as installed: {_plain(result['error'])} | – |"]
    title = f"{peer} {result['version']}"
    rows = []
    if result.get("as_installed"):
        said = f"does not run as installed: {_plain(result['as_installed'])}"
        rows.append(f"| {title} | its declared packages alone | {said} | – |")
    for case in result["cases"]:
        if "error" in case:
            rows.append(f"| {title} | {case['name']} | failed: {_plain(case['error'])} | – |")
            continue
        one = case["one_by_one"]
        few = f" (n = {one['n']})" if one["n"] < ENOUGH else ""
        times = f"{one['median_ms']:.1f} / {one['p95_ms']:.1f} ms{few}, {one['bytes'] / 1000:.1f} kB; B1 {case['B1']['median_ms']:.1f} ms"
        rows.append(f"| {title} | {case['name']} | {case['ratio']:g} × | {times} |")
    return rows + [f"| {title} | note | {note} | |" for note in result.get("notes", [])]


def _plain(error: str) -> str:
    """An error in one cell of a table."""
    return " ".join(error.replace("|", "/").split())[-300:]


def _short(value: Any) -> Any:
    """Without plans and statements' texts: those stay in the run's own files."""
    if isinstance(value, dict):
        return {key: _short(inner) for key, inner in value.items() if key not in {"plans", "S_sql", "files_kb"}}
    if isinstance(value, list):
        return [_short(inner) for inner in value]
    return value
