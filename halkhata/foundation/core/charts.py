"""Simple charts as SVG, drawn on the server: bars with their labels on them and a table behind.

No script and no inline style: places are percentages, so a chart fits a phone and a desk without shrinking its letters.
Numbers are written by the page (``|num``) in the reader's digits, unless a bar brings its own ``text``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

TONES = ("", "good", "warn", "bad", "info", "quiet")
ROW_HEIGHT = 46
COLUMN_HEIGHT = 180
# Widest row of labels under the columns that a phone of 390 px can show without two of them touching.
MOST_COLUMN_LABELS = 6


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its label, a value of 0 or more, the page with its rows, and its colour (see TONES).

    ``text`` is the value as written, for amounts and durations ("৳ ১২,০০০", "3 h"); without it the number is written.
    """

    label: Any
    value: int | float | Decimal
    url: str = ""
    tone: str = ""
    text: Any = ""

    def __post_init__(self) -> None:
        if self.value < 0:
            raise ValueError("a bar cannot show a value below zero")
        if self.tone not in TONES:
            raise ValueError(f"unknown tone {self.tone!r}")


def _percent(value: float) -> str:
    return f"{value:.2f}%"


def draw_bars(bars: Sequence[Bar], *, title: Any, definition: Any = "", label_head: Any, value_head: Any) -> SafeString:
    """Lying bars, one below the other, each under its label: for things that have names.

    ``definition`` says what was counted and over which time; the heads name the table's two columns. The longest bar
    fills the width; all are zero when nothing was counted.
    """
    largest = max((float(bar.value) for bar in bars), default=0.0) or 1.0
    rows = [
        {
            "bar": bar,
            "text_y": index * ROW_HEIGHT + 17,
            "bar_y": index * ROW_HEIGHT + 25,
            "width": _percent(float(bar.value) / largest * 100),
        }
        for index, bar in enumerate(bars)
    ]
    return render_to_string(
        "components/chart.html",
        {
            "kind": "bars",
            "rows": rows,
            "height": max(len(bars), 1) * ROW_HEIGHT,
            "title": title,
            "definition": definition,
            "label_head": label_head,
            "value_head": value_head,
        },
    )


def draw_columns(
    bars: Sequence[Bar], *, title: Any, definition: Any = "", label_head: Any, value_head: Any
) -> SafeString:
    """Standing bars from left to right: for days, weeks and months. Labels that would touch on a phone are left out
    below the columns (never in the table); the highest and the last column carry their value.
    """
    largest = max((float(bar.value) for bar in bars), default=0.0)
    step = 100 / max(len(bars), 1)
    every = -(-len(bars) // MOST_COLUMN_LABELS) or 1
    peak = next((index for index, bar in enumerate(bars) if float(bar.value) == largest), -1)
    room = COLUMN_HEIGHT - 48  # a line of values above, a line of labels below
    rows = []
    for index, bar in enumerate(bars):
        height = round(float(bar.value) / (largest or 1.0) * room, 1)
        from_end = len(bars) - 1 - index
        rows.append(
            {
                "bar": bar,
                "x": _percent(index * step + step * 0.15),
                "width": _percent(step * 0.7),
                "middle": _percent(index * step + step / 2),
                "y": round(COLUMN_HEIGHT - 24 - height, 1),
                "height": height,
                "text_y": round(COLUMN_HEIGHT - 30 - height, 1),
                "show_label": from_end % every == 0,
                # Beside a shown neighbour two values would touch.
                "show_value": len(bars) <= MOST_COLUMN_LABELS
                or from_end == 0
                or (index == peak and from_end >= (every if bar.text else 2)),
            }
        )
    return render_to_string(
        "components/chart.html",
        {
            "kind": "columns",
            "rows": rows,
            "height": COLUMN_HEIGHT,
            "base_y": COLUMN_HEIGHT - 24,
            "label_y": COLUMN_HEIGHT - 6,
            "title": title,
            "definition": definition,
            "label_head": label_head,
            "value_head": value_head,
        },
    )
