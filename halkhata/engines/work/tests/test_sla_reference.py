"""The reference table of due times: every case exact, and the clock agrees with itself on each."""

import json
import os
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from halkhata.engines.work.promise.calendar import WorkingCalendar
from halkhata.engines.work.promise.clock import due_at, elapsed, explain, instant_at_share

pytestmark = pytest.mark.reference

FOLDER = Path(os.environ.get("HALKHATA_REFERENCE_DIR") or Path(__file__).resolve().parents[4] / "tests" / "reference")
CASES = json.loads((FOLDER / "sla_cases.json").read_text(encoding="utf-8"))


def read(case: dict) -> tuple[datetime, timedelta, WorkingCalendar, list, datetime]:
    moment = datetime.fromisoformat
    pauses = [(moment(a), None if b is None else moment(b)) for a, b in case["pauses"]]
    calendar = WorkingCalendar.from_dict(case["calendar"])
    return moment(case["start"]), timedelta(minutes=case["minutes"]), calendar, pauses, moment(case["due"])


def test_reference_table_is_there():
    assert len(CASES) > 0


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"case-{case['id']}")
def test_reference_case_is_due_exactly_then(case):
    start, target, calendar, pauses, due = read(case)
    assert due_at(start, target, calendar, pauses) == due
    assert due_at(start, target, WorkingCalendar.from_dict(calendar.to_dict()), pauses[::-1]) == due


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"case-{case['id']}")
def test_reference_case_explains_itself(case):
    start, target, calendar, pauses, due = read(case)
    assert elapsed(start, due, calendar, pauses) == target
    assert elapsed(start, due - timedelta(microseconds=1), calendar, pauses) < target
    assert instant_at_share(start, target, 1, calendar, pauses) == due
    lines = explain(start, target, calendar, pauses)
    assert lines[0].from_at == start
    assert lines[-1].to_at == due
    assert all(before.to_at == after.from_at for before, after in zip(lines, lines[1:], strict=False))
    assert sum((line.counted for line in lines), timedelta(0)) == target
    assert lines[-1].remaining == timedelta(0)
