"""What a watcher from outside is told, and what not."""

import re
from datetime import timedelta

import pytest
from django.test import Client

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import Job, ScheduleLine
from halkhata.oversight.operations import counters, middleware
from halkhata.oversight.operations.counters import BUCKETS, RequestCounters
from halkhata.oversight.operations.exposition import Exposition
from halkhata.oversight.operations.selectors import liveness, metrics

LINE = re.compile(r'^[a-z_]+(\{[a-z]+="(?:[^"\\\n]|\\.)*"(,[a-z]+="(?:[^"\\\n]|\\.)*")*\})? (\+Inf|-?[0-9.e+-]+)$')


@pytest.fixture
def well(shop):
    """A worker and a scheduler that were at work a moment ago."""
    at = now()
    ScheduleLine.objects.create(name="sweep-promises", last_due_at=at, fired_at=at)
    Job.objects.create(
        id="j1", task="x", state=Job.DONE, run_after=at, enqueued_at=at, started_at=at, finished_at=at
    )  # fmt: skip


def test_alive_asks_no_database(db, django_assert_num_queries):
    with django_assert_num_queries(0):
        answer = Client().get("/healthz")
    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_ready_when_worker_and_scheduler_work(well):
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


def test_silent_worker_and_scheduler_are_reasons(well):
    long_ago = now() - timedelta(minutes=5)
    Job.objects.update(finished_at=long_ago)
    answer = Client().get("/readyz")
    assert (answer.status_code, answer.json()) == (503, {"status": "failing", "reasons": ["worker_silent"]})
    ScheduleLine.objects.update(fired_at=long_ago)
    assert Client().get("/readyz").json()["reasons"] == ["worker_silent", "scheduler_silent"]
    # A long job that is being worked on is a sign of life, too.
    lease = now() + timedelta(seconds=9)
    Job.objects.create(id="j2", task="y", state=Job.RUNNING, run_after=now(), enqueued_at=now(), lease_until=lease)
    assert Client().get("/readyz").json()["reasons"] == ["scheduler_silent"]


def test_missing_migration_is_a_reason(well, monkeypatch):
    monkeypatch.setattr(liveness, "_migrated", False)
    monkeypatch.setattr(liveness.MigrationExecutor, "migration_plan", lambda self, nodes: [("step", False)])
    assert Client().get("/readyz").json()["reasons"] == ["migrations_missing"]


def test_database_away_is_a_reason_and_tells_nothing_else(well, monkeypatch):
    from django.db import OperationalError, connection

    def refuse(*args, **kwargs):
        raise OperationalError("password authentication failed for user dealer at 10.0.0.5")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", refuse)
        answer = Client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "failing", "reasons": ["database_unreachable"]}
    assert answer["Retry-After"] == "10"


def test_endpoints_answer_before_set_up(db):
    assert Client().get("/healthz").status_code == 200
    assert Client().get("/readyz").status_code == 503
    assert Client(HTTP_HOST="localhost").get("/metrics").status_code == 200


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics"])
def test_nothing_can_be_posted(shop, path):
    assert Client().post(path).status_code == 405


@pytest.mark.parametrize(
    ("extra", "status"),
    [
        ({}, 200),
        ({"REMOTE_ADDR": "::1"}, 200),
        ({"REMOTE_ADDR": "203.0.113.9"}, 403),
        ({"HTTP_X_FORWARDED_FOR": "127.0.0.1"}, 403),
        ({"HTTP_FORWARDED": "for=127.0.0.1"}, 403),
        ({"HTTP_HOST": "crm.example.com"}, 403),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer right-token"}, 200),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer wrong-token"}, 403),
        ({"REMOTE_ADDR": "203.0.113.9", "HTTP_AUTHORIZATION": "Bearer "}, 403),
        ({"REMOTE_ADDR": ""}, 403),
    ],
)
def test_metrics_are_for_this_machine_or_the_token(shop, settings, extra, status):
    settings.METRICS_TOKEN = "right-token"
    settings.ALLOWED_HOSTS = ["localhost", "crm.example.com"]
    answer = Client(HTTP_HOST="localhost").get("/metrics", **extra)
    assert answer.status_code == status
    assert (b"halkhata_jobs" in answer.content) == (status == 200)


def test_without_a_token_no_bearer_opens_the_metrics(shop, settings):
    settings.METRICS_TOKEN = ""
    for given in ("Bearer ", "Bearer None", "Bearer"):
        assert Client().get("/metrics", REMOTE_ADDR="203.0.113.9", HTTP_AUTHORIZATION=given).status_code == 403


def figures(client: Client) -> dict[str, float]:
    """What /metrics says now; every line must be one that Prometheus reads."""
    values = {}
    for line in client.get("/metrics").content.decode().splitlines():
        if not line.startswith("#"):
            assert LINE.match(line), line
            name, _space, value = line.rpartition(" ")
            values[name] = float(value)
    return values


def test_metrics_are_well_formed_and_hold_the_figures(well, settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    fresh = RequestCounters()
    monkeypatch.setattr(middleware, "request_counters", fresh)
    monkeypatch.setattr(metrics, "request_counters", fresh)
    Job.objects.create(id="dead", task="x", state=Job.DEAD, run_after=now(), enqueued_at=now())
    Job.objects.create(id="late", task="x", run_after=now() - timedelta(seconds=90), enqueued_at=now())
    client = Client(HTTP_HOST="localhost")
    client.get("/healthz")
    client.get("/nothing-like-this/")
    values = figures(client)
    assert values['halkhata_jobs{state="dead"}'] == 1
    assert 85 < values["halkhata_job_lag_seconds"] < 200
    assert values["halkhata_backup_age_seconds"] == float("inf")
    assert values["halkhata_promise_sweep_age_seconds"] < 60
    request = "halkhata_http_request_duration_seconds"
    for labels in ('{route="healthz",status="2xx"}', '{route="(none)",status="4xx"}'):
        assert values[f"{request}_count{labels}"] == 1
    assert not any("nothing-like-this" in name for name in values)
    series = [values[name] for name in values if name.startswith(f'{request}_bucket{{route="healthz",status="2xx"')]
    assert len(series) == len(BUCKETS) + 1
    assert series == sorted(series)


def test_label_with_quotes_and_backslashes_is_escaped():
    page = Exposition()
    page.metric("m", "gauge", "a\nb", [({"route": 'x"y\\d+\n'}, 1.5)])
    assert page.text() == '# HELP m a\\nb\n# TYPE m gauge\nm{route="x\\"y\\\\d+\\n"} 1.5\n'


def test_counts_of_all_processes_are_added_and_never_go_back(settings, tmp_path):
    """Two live processes and one that has ended: each sum counts once, also after the ended one's file is folded in."""
    settings.DATA_DIR = tmp_path
    import json
    import subprocess
    import sys

    mine = RequestCounters()
    mine.note("a/", 200, 0.01)
    other = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    row = [0.0] * (len(BUCKETS) + 2)
    row[2], row[-1] = 5.0, 0.4
    folder = tmp_path / "metrics"
    folder.mkdir()
    born = counters._born(other.pid)
    (folder / f"{other.pid}-{born}.json").write_text(json.dumps({"a/\t2xx": row}))

    def total() -> float:
        found = mine.total()["a/\t2xx"]
        return sum(found[:-1])

    assert total() == total() == 6
    other.communicate(b"\n")
    assert total() == total() == 6
    assert sorted(path.name for path in folder.glob("*-*.json")) == [
        f"{counters.os.getpid()}-{counters._born(counters.os.getpid())}.json"
    ]
    mine.note("a/", 200, 99)
    assert total() == 7
    assert mine.total()["a/\t2xx"][len(BUCKETS)] == 1


def test_forked_child_does_not_report_its_parents_counts(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    import os

    parent = RequestCounters()
    parent.note("a/", 200, 0.01)
    child = os.fork()
    if child == 0:
        try:
            parent.note("a/", 200, 0.01)
            parent.write()
        finally:
            os._exit(0)
    os.waitpid(child, 0)
    assert sum(parent.total()["a/\t2xx"][:-1]) == 2


def test_routes_without_end_cannot_fill_the_memory(settings, tmp_path, monkeypatch):
    settings.DATA_DIR = tmp_path
    monkeypatch.setattr(counters, "MAX_SERIES", 3)
    mine = RequestCounters()
    for number in range(10):
        mine.note(f"route-{number}/", 200, 0.01)
    assert len(mine.total()) == 4
    assert sum(mine.total()["(others)\t2xx"][:-1]) == 7
