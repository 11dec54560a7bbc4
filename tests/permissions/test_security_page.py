"""docs/explanation/security.md: all 46 lines, each with checks that exist or a reason why it does not apply."""

import re
from pathlib import Path

import pytest

from tests.support.named_tests import is_there

pytestmark = pytest.mark.one_database

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "explanation" / "security.md").read_text(encoding="utf-8")
LINES = {
    int(number): (asked.strip(), state.strip(), re.findall(r"`([^`]+)`", checks))
    for number, asked, state, checks in re.findall(r"^\| (\d+) \|([^|]*)\|([^|]*)\|([^|]*)\|$", PAGE, re.MULTILINE)
}


def test_all_lines_of_the_baseline_are_there():
    assert list(LINES) == list(range(1, 47))


@pytest.mark.parametrize("number", range(1, 47))
def test_line_names_checks_that_exist_or_says_why_it_does_not_apply(number):
    asked, state, checks = LINES[number]
    assert asked
    assert state
    assert checks or "does not apply" in state
    assert [check for check in checks if not is_there(check)] == []
