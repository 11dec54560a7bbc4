"""Charts drawn on the server."""

import re
from collections.abc import Iterator
from decimal import Decimal

import pytest

from halkhata.foundation.core.charts import Bar, draw_bars, draw_columns
from halkhata.foundation.core.reader import Reader, reader_context


@pytest.fixture(autouse=True)
def english_reader() -> Iterator[None]:
    with reader_context(Reader()):
        yield


def bars(*values: int | Decimal, **options: str) -> str:
    return draw_bars(
        [Bar(f"branch {index}", value, **options) for index, value in enumerate(values)],
        title="Open",
        definition="now",
        label_head="Branch",
        value_head="Tickets",
    )


def columns(*values: int) -> str:
    return draw_columns(
        [Bar(f"d{index:02}", value) for index, value in enumerate(values)],
        title="New",
        label_head="Day",
        value_head="Tickets",
    )


def widths(svg: str) -> list[str]:
    return re.findall(r'class="bar[^"]*" x="0" y="\d+" width="([\d.]+%)"', svg)


def test_bars_are_as_long_as_their_share_of_the_largest() -> None:
    assert widths(bars(40, 10, 0)) == ["100.00%", "25.00%", "0.00%"]


def test_decimal_values_draw_like_whole_ones() -> None:
    assert widths(bars(Decimal("2.5"), Decimal("1.25"))) == ["100.00%", "50.00%"]


def test_all_zero_draws_no_bar_and_does_not_fail() -> None:
    assert widths(bars(0, 0)) == ["0.00%", "0.00%"]


def test_no_bars_draws_an_empty_chart() -> None:
    assert widths(bars()) == []
    assert "<rect" not in columns()


def test_a_value_below_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="below zero"):
        Bar("x", -1)


def test_an_unknown_tone_is_refused() -> None:
    with pytest.raises(ValueError, match="pink"):
        Bar("x", 1, tone="pink")


def test_the_table_behind_holds_every_value_in_the_readers_digits() -> None:
    with reader_context(Reader(language="bn", digits="bengali")):
        table = bars(1234567, 5).partition("<table")[2]
    assert "১২,৩৪,৫৬৭" in table
    assert ">৫</td>" in table


def test_a_label_cannot_bring_markup() -> None:
    svg = draw_bars([Bar("<script>x</script>", 1)], title="t", label_head="l", value_head="v")
    assert "<script>" not in svg
    assert svg.count("&lt;script&gt;") == 2


def test_a_bar_links_to_its_rows_in_the_table() -> None:
    assert 'href="/tickets/?branch=1"' in bars(3, url="/tickets/?branch=1")


def test_few_columns_all_carry_label_and_value() -> None:
    svg = columns(1, 2, 3).partition("<details")[0]
    assert re.findall(r">(d\d\d)</text>", svg) == ["d00", "d01", "d02"]
    assert svg.count('font-weight="600"') == 3


def test_many_columns_leave_out_labels_that_would_touch_but_keep_the_last() -> None:
    svg, _, table = columns(*range(1, 15)).partition("<details")
    assert re.findall(r">(d\d\d)</text>", svg) == ["d01", "d04", "d07", "d10", "d13"]
    assert len(re.findall(r"<td>d\d\d</td>", table)) == 14


def test_the_highest_of_many_columns_carries_its_value() -> None:
    svg = columns(1, 2, 9, 2, 1, 1, 1, 1, 1, 4).partition("<details")[0]
    assert re.findall(r'font-weight="600">(\d+)</text>', svg) == ["9", "4"]


def test_charts_have_no_inline_style() -> None:
    assert "style=" not in bars(1, 2) + columns(1, 2)
