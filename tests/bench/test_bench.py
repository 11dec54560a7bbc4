"""The measuring itself, small: the generator at 200 customers, each workload with few requests. No time is judged."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from bench.statements import explain, walks
from tests.support import environment

ROOT = Path(__file__).resolve().parents[2]
# make drill measures everything; in between, what the pages and workloads have in common is enough.
LONG = os.environ.get("HALKHATA_DRILL") == "long"
EVERY_STEP = ["database", "statements", "w2", "w3", "w5", "w6", "w4", "w1", "w7", "w8", "w9", "w10", "w11", "w12"]
STEPS = EVERY_STEP if LONG else ["database", "statements", "w2", "w4", "w8", "w10", "w11", "w12"]
KIND = "postgres" if environment.ON_POSTGRES else "sqlite"

# make bench measures on both; here one is enough, it takes minutes.
pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


def run_bench(cache: Path, out: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("HALKHATA_", "DJANGO_", "PYTEST_"))}
    return subprocess.run(
        [
            sys.executable,
            "-m",
            "bench.run",
            "--size",
            "200",
            "--db",
            KIND,
            "--cache",
            str(cache),
            "--moulds",
            "4",
            "3",
            "--scale",
            "0.04",
            "--results",
            str(out),
            "--table",
            str(out / "measured.md"),
            *(arguments or ("--steps", ",".join(STEPS))),
        ],
        cwd=ROOT,
        env={**clean, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )


@pytest.fixture(scope="module")
def measured(tmp_path_factory):
    """A whole run at 200 customers: (folder of its figures, folder of its results, what it printed)."""
    cache, out = tmp_path_factory.mktemp("bench-cache"), tmp_path_factory.mktemp("bench-out")
    done = run_bench(cache, out)
    assert done.returncode == 0, done.stdout + done.stderr
    return cache / "runs" / f"200-{KIND}", out, done.stdout


def figures(measured, step):
    return json.loads((measured[0] / f"{step}.json").read_text())


def test_every_step_leaves_its_figures(measured):
    assert sorted(file.stem for file in measured[0].glob("*.json")) == sorted(STEPS)
    assert not list(measured[0].glob("*.error"))


def test_generated_database_is_sound(measured):
    facts = figures(measured, "database")
    assert facts["customers"] == 200
    assert facts["rows"] > 200 * 30
    assert facts["verified"]["opened_through_services"] == 25
    assert facts["verified"]["promises_recomputed"] > 20
    assert facts["verified"]["open_items"] > 0
    assert facts["verified"]["units"] == 200


def test_pages_answer_whole_and_within_their_statements(measured):
    pages = figures(measured, "statements")["pages"]
    assert len(pages) == 25
    for name, page in pages.items():
        if name != "search":
            assert page["statements"] <= page["allowed"], name
            assert page["plans"], name


def test_no_page_reads_a_whole_table_that_grows(measured):
    for name, page in figures(measured, "statements")["pages"].items():
        for walk in [] if name == "search" else page["walks"]:
            # Whether there is anything that is not invented: it stops at the first row.
            assert walk["sql"].startswith('SELECT %s AS "a"'), (name, walk)
            assert '"is_demo" LIMIT 1' in walk["sql"], (name, walk)


def test_a_condition_without_an_index_is_noticed():
    found = explain(connection, "SELECT id FROM work_workitem WHERE subject LIKE %s", ["%brake%"])
    by_key = explain(connection, "SELECT id FROM work_workitem WHERE number = %s", ["K-1"])
    assert (walks(connection, found), walks(connection, by_key)) == (True, False)


@pytest.mark.parametrize("workload", [step for step in STEPS if step in {"w2", "w3", "w4", "w5", "w6", "w12"}])
def test_workload_is_measured_beside_the_baseline(measured, workload):
    for case in figures(measured, workload)["cases"]:
        assert case["one_by_one"]["n"] == case["B1"]["n"] == 8
        assert case["ratio"] == pytest.approx(case["one_by_one"]["median_ms"] / case["B1"]["median_ms"], abs=0.01)
        assert case["eight_at_once"]["per_second"] > 0


def test_complaints_through_the_api_are_tickets_with_promises(measured):
    # 11 one by one with warming up, 16 in two rounds of eight at a time. One without a promise fails the step.
    assert figures(measured, "w4")["worker"]["complaints"] == 11 + 16


def test_sweep_deals_with_what_is_due_and_nothing_else(measured):
    runs = figures(measured, "w8")["runs"]
    assert runs["all items"]["due_items"] == runs["a tenth of the items"]["due_items"] == 24
    assert runs["nothing due"]["clocks_touched"] == 0


def test_segments_are_counted_as_by_hand(measured):
    found = figures(measured, "w10")
    assert len(found["counts"]) == 4
    assert {one["name"]: one["customers"] > 0 for one in found["counts"]}["a column: language"]
    assert all(one["ratio"] == pytest.approx(one["count_ms"] / one["S_ms"], rel=0.2) for one in found["counts"])
    assert found["one_customer"]["lines"] == 40


def test_reminders_of_a_day_are_computed_once(measured):
    found = figures(measured, "w11")
    assert found["units"] == 4_000  # 100,000 at the scale of this run
    assert found["made"] > 0
    assert found["statements_a_batch"] < 60


def test_units_are_sold_found_and_judged(measured):
    found = figures(measured, "w12")
    assert len(found["cases"]) == 9
    sales = found["sales"]
    assert sales["sales"] == 8
    # Memo, unit, line, number, owner, three lines of life, three covers, registration, two movements, card.
    assert sales["rows_each"] == 15
    assert sales["per_second"] > 0
    assert sales["by_hand_per_second"] > 0
    assert sales["statements"] < 80
    names = {one["name"]: one for one in found["beside_sql"]}
    assert set(names) == {
        "search for a serial number, whole", "search for a serial number, last six digits", "warranty verdict",
    }  # fmt: skip
    assert [one["statements"] for one in names.values()] == [2, 2, 1]


def test_table_and_summary_are_written(measured):
    page = (measured[1] / "measured.md").read_text()
    assert "| W2 queue, first page |" in page
    assert "W10 segment count, nested any, none, all" in page
    assert "W11: reminders of 4,000 units in" in page
    assert "| W12 unit page, a manager's |" in page
    assert "sales of one unit a second through the service" in page
    assert "W12 warranty verdict" in page
    assert re.search(r"\d+ bars are met", page)
    assert "nodename" not in page
    assert os.uname().nodename not in page
    summary = json.loads((measured[1] / "latest.json").read_text())
    assert list(summary["runs"]) == [f"200-{KIND}"]
    assert "plans" not in json.dumps(summary)


def test_second_run_keeps_what_is_there(measured):
    again = run_bench(measured[0].parents[1], measured[1], "--steps", "database,w2")
    assert again.returncode == 0, again.stderr
    assert again.stdout.count("kept") == 2


if LONG:

    def test_customers_are_made_and_loaded_again(measured):
        w1 = figures(measured, "w1")
        assert {kind: one["customers"] for kind, one in w1["lists"].items()} == {"csv": 800, "xlsx": 800}
        assert w1["lists"]["csv"]["rows_each"] > 8
        assert w1["crowd"]["import_per_second"] > 0
        assert w1["api"]["customers"] == 10

    def test_each_mail_becomes_a_ticket_with_acknowledgement(measured):
        w7 = figures(measured, "w7")
        assert sum(w7["outcomes"].values()) == w7["mails"] == 16
        assert w7["acknowledgements"] == 16

    def test_start_and_memory_are_seen(measured):
        w9 = figures(measured, "w9")
        assert set(w9["memory_mb"]) == {"supervisor", "web", "worker", "scheduler"}
        assert len(w9["starts"]) == 3
