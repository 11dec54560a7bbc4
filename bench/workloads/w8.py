"""W8: the sweep of due clocks among sixty thousand open items (bench/sweep.py, in a database of its own)."""

TITLE = "Sweep of due promises: 60,000 open items, 1 % breaching"
BAR_SECONDS = 5.0
# The same breaches among ten times as many items may cost this much more: noise of the machine, not growth.
GROWTH = 1.5


def judged(found: dict[str, dict[str, dict[str, float]]]) -> dict[str, object]:
    """The figures of bench.sweep with the bars' verdict."""
    runs = found["runs"]
    tenth, whole = runs["a tenth of the items"]["cpu_seconds"], runs["all items"]["cpu_seconds"]
    growth = whole / tenth if tenth else 1.0
    return {
        "title": TITLE,
        "runs": runs,
        "cpu_seconds": whole,
        "growth_with_ten_times_the_items": round(growth, 2),
        "bar": BAR_SECONDS,
        "met": whole < BAR_SECONDS and growth <= GROWTH,
    }
