# ruff: noqa: E501 - sentences of the page read better on one line
"""What is said in sentences: loading, mail, sweep, start, segments, reminders, units."""

from typing import Any

from bench.report.words import where_measured


def special(runs: dict[str, dict[str, Any]]) -> list[str]:
    """The lines of each run about what is no page."""
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
            lines += [f"{where_measured(name)}:", "", *(f"- {line}" for line in said), ""]
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
