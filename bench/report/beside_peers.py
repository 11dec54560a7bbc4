# ruff: noqa: E501 - sentences of the page read better on one line
"""The other products, each beside its own bare page."""

from typing import Any

from bench.report.words import WORDS

# Fewer requests than this are said beside the figure.
ENOUGH = 200


def peers(runs: dict[str, dict[str, Any]]) -> list[str]:
    """The tables of the peers; a sentence when none was measured."""
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
