# ruff: noqa: E501 - sentences of the page read better on one line
"""The tables of the page: databases, pages and calls, statements."""

from typing import Any

from bench.report.words import PRODUCTS, WORDS, where_measured
from bench.workloads import ALL


def databases(runs: dict[str, dict[str, Any]]) -> list[str]:
    """What was loaded, how large it is, how long it took."""
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


def pages(runs: dict[str, dict[str, Any]]) -> list[str]:
    """Each page and call beside the bare page."""
    lines = [
        "## Pages and calls",
        "",
        "| workload | " + " | ".join(where_measured(name) for name in runs) + " |",
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


def statements(runs: dict[str, dict[str, Any]]) -> list[str]:
    """How many statements each page sends."""
    lines = [
        "## Statements",
        "",
        "| page | " + " | ".join(where_measured(name) for name in runs) + " |",
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
