# ruff: noqa: E501 - sentences of the page read better on one line
"""Which bars are met."""

from typing import Any

from bench.report.words import PRODUCTS, where_measured
from bench.workloads import ALL

# At a million a page may take this much of its time at ten thousand (W2).
GROWTH = 1.3


def verdict(runs: dict[str, dict[str, Any]]) -> list[str]:
    """How many bars are met, and each that is not."""
    missed, met = [], 0
    for run, steps in runs.items():
        for name, bar, value, good in judged(steps):
            met += good
            if not good:
                missed.append(f"- {where_measured(run)}: {name} is at {value}, allowed is {bar}.")
        missed += [
            f"- {where_measured(run)}: {step} could not be measured ({found['error'].splitlines()[0][:160]})."
            for step, found in steps.items()
            if "error" in found
        ]
    missed += _grown(runs)
    words = ["## Bars", "", f"{met} bars are met." if met else "No bar has been measured yet."]
    if missed:
        words += ["", "Not met:", "", *missed]
    return [*words, ""]


def judged(steps: dict[str, Any]) -> list[tuple[str, str, str, bool]]:
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
