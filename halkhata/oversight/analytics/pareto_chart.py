"""The Pareto chart as SVG, drawn on the server: lying bars that open their tickets, and the running share as a line.

No script and no inline style: places are percentages of the width, so that letters keep their size on a phone. The
line is made of one short stroke for each step, because a path takes no percentages.
"""

from typing import Any

from halkhata.oversight.analytics.selectors.cause_report import VITAL, ParetoLine

ROW = 48
BAR_TOP, BAR_HEIGHT = 24, 14


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def chart(lines: list[tuple[ParetoLine, str, str]]) -> dict[str, Any]:
    """Context of analytics/_pareto.html from lines with the value as written and the address of the tickets.

    Bars and line share one scale: the width is all of the measure, so a bar's end is its share.
    """
    rows: list[dict[str, Any]] = []
    strokes: list[dict[str, Any]] = []
    before: tuple[float, float] | None = None
    for index, (line, text, url) in enumerate(lines):
        middle = index * ROW + BAR_TOP + BAR_HEIGHT / 2
        rows.append(
            {
                "line": line,
                "text": text,
                "url": url,
                "text_y": index * ROW + 16,
                "bar_y": index * ROW + BAR_TOP,
                "width": _percent(line.share),
                "dot_x": _percent(line.cumulative),
                "dot_y": middle,
            }
        )
        if before is not None:
            strokes.append({"x1": _percent(before[0]), "y1": before[1], "x2": _percent(line.cumulative), "y2": middle})
        before = (line.cumulative, middle)
    return {
        "rows": rows,
        "strokes": strokes,
        "height": max(len(rows), 1) * ROW,
        "limit_x": _percent(VITAL),
        "limit": VITAL,
        "bar_height": BAR_HEIGHT,
    }
