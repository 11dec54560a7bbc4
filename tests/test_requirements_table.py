"""docs/requirements.md tells the truth as far as a program can see: ids, states, and that the tests it names exist."""

import ast
import re
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "requirements.md"
# How many numbered capabilities each group has; A51 is A51.1 to A51.13. 184 in all.
GROUPS = {
    "A51": 13, "A52": 22, "A53": 17, "A54": 12, "A55": 12, "A56": 25, "A57": 6, "A58": 12, "A59": 16, "A60": 11,
    "B": 11, "C": 4, "D": 8, "E": 15,
}  # fmt: skip
KNOWN_IDS = [f"{group}.{number}" for group, count in GROUPS.items() for number in range(1, count + 1)]
STORIES = {*range(1, 17), 18, 20, 21, 22, *range(24, 35), 53, 55, 56}
STATE = re.compile(r"built|not yet|partly: \S.*")
CAPABILITY = re.compile(r"[A-E]\d*\.\d+")
CRITERION = re.compile(r"US-(\d\d)\.(\d+)")


def rows(first_cell: re.Pattern[str]) -> list[list[str]]:
    """The cells of each table row whose first cell is such an id."""
    found = []
    for line in PAGE.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip().strip("|").split(" |")]
        if line.startswith("| ") and first_cell.fullmatch(cells[0]):
            found.append(cells)
    return found


CAPABILITIES, CRITERIA = rows(CAPABILITY), rows(CRITERION)


@cache
def names_in(path: str) -> frozenset[str]:
    """Names of the test functions that a file defines; none when there is no such file."""
    file = ROOT / path
    if not file.is_file():
        return frozenset()
    tree = ast.parse(file.read_text(encoding="utf-8"))
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def missing_test(cell: str) -> str:
    """What is wrong with the test a row names, or "" when it is there."""
    path, colons, name = cell.strip("`").partition("::")
    if not colons or not name.startswith("test_") or not Path(path).name.startswith("test_"):
        return f"no test is named: {cell!r}"
    return "" if name in names_in(path) else f"there is no {path}::{name}"


def test_every_capability_stands_there_once() -> None:
    assert len(KNOWN_IDS) == 184
    assert [row[0] for row in CAPABILITIES] == KNOWN_IDS


def test_every_story_of_the_first_release_has_its_criteria_in_order() -> None:
    numbers: dict[int, list[int]] = {}
    for row in CRITERIA:
        story, criterion = CRITERION.fullmatch(row[0]).groups()  # type: ignore[union-attr]
        numbers.setdefault(int(story), []).append(int(criterion))
    assert set(numbers) == STORIES
    assert all(found == list(range(1, len(found) + 1)) and len(found) >= 3 for found in numbers.values())


@pytest.mark.parametrize(
    ("row", "state", "test"),
    [*((row, row[3], row[5]) for row in CAPABILITIES), *((row, row[2], row[3]) for row in CRITERIA)],
    ids=lambda value: value[0] if isinstance(value, list) else "",
)
def test_row_has_a_known_state_and_what_is_there_has_its_test(row: list[str], state: str, test: str) -> None:
    assert STATE.fullmatch(state), f"{row[0]}: unknown state {state!r}"
    if state == "not yet":
        assert not test, f"{row[0]} is not there, so no test can prove it"
    else:
        assert not missing_test(test), f"{row[0]}: {missing_test(test)}"


def test_counts_above_the_table_are_those_of_the_table() -> None:
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    said = re.search(r"\*\*(\d+) built, (\d+) partly, (\d+) not yet\*\*, of 184", text)
    assert said is not None
    counted = Counter(row[3].split(":")[0] for row in CAPABILITIES)
    assert [int(number) for number in said.groups()] == [counted[state] for state in ("built", "partly", "not yet")]


def test_a_name_that_is_nowhere_is_noticed() -> None:
    assert missing_test("`tests/test_requirements_table.py::test_that_was_never_written`")
    assert missing_test("`tests/test_gone.py::test_counts_above_the_table_are_those_of_the_table`")
    assert missing_test("")
    assert missing_test("`tests/test_requirements_table.py`")
    assert not missing_test("`tests/test_requirements_table.py::test_a_name_that_is_nowhere_is_noticed`")
