"""Jobs are enqueued with their fact, run at least once, retried with back-off; the timetable fires once."""

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import connection, transaction

from halkhata.foundation.core.clock import now
from halkhata.foundation.core.jobs import worker as worker_module
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.jobs.schedule import Line, fire_due
from halkhata.foundation.core.jobs.worker import Worker, reap_expired_leases, run_until_quiet
from halkhata.foundation.core.models import Job, ScheduleLine
from halkhata.foundation.core.tests.pieces import break_a_statement, count, counted, fail, wait_for_file
from tests.support.fixtures_process import wait_until

pytestmark = pytest.mark.django_db(transaction=True)


def test_job_runs_and_keeps_its_result():
    result = count.enqueue("a")
    run_until_quiet()
    result.refresh()
    assert (result.status, result.return_value, counted("a")) == ("SUCCESSFUL", 1, 1)


def test_job_of_a_rolled_back_transaction_does_not_exist():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        count.enqueue("a")
        raise ZeroDivisionError
    assert run_until_quiet() == 0
    assert (Job.objects.count(), counted("a")) == (0, 0)


def test_failing_job_is_tried_six_times_with_growing_pauses_and_is_dead_then():
    fail.enqueue("a")
    pauses = []
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(6):
            before = now()
            Worker().work_once()
            job = Job.objects.get()
            pauses.append((job.run_after - before).total_seconds())
            clock.move_to(job.run_after + timedelta(seconds=1))
        assert Worker().work_once() == 0
    assert (job.state, job.attempts, counted("a")) == (Job.DEAD, 6, 6)
    for index, pause in enumerate(pauses[:-1]):
        assert 0.8 * 2 ** (index + 1) <= pause <= 1.2 * 2 ** (index + 1)
    assert len(job.errors) == 5
    assert job.errors[-1]["class"] == "builtins.RuntimeError"
    assert "the bell is broken" in job.errors[-1]["traceback"]


def test_job_for_later_waits():
    at = now()
    count.using(run_after=at + timedelta(hours=1)).enqueue("a")
    assert run_until_quiet() == 0
    with time_machine.travel(at + timedelta(hours=1, seconds=1)):
        assert run_until_quiet() == 1
    assert counted("a") == 1


def test_same_key_waits_once_and_may_be_enqueued_again_afterwards():
    first = enqueue_once(count, "key", "a")
    assert enqueue_once(count, "key", "a").id == first.id
    run_until_quiet()
    assert enqueue_once(count, "key", "a").id != first.id
    run_until_quiet()
    assert counted("a") == 2


def test_failed_job_whose_twin_waits_already_leaves_the_work_to_it():
    enqueue_once(fail, "key", "a")
    worker = Worker()
    (claimed,) = worker._claim()
    enqueue_once(count, "key", "b")  # the same key while the first one runs
    worker._run(claimed)
    claimed.refresh_from_db()
    assert (claimed.state, claimed.result) == (Job.DONE, {"left_to_waiting_twin": "key"})
    assert "the bell is broken" in claimed.errors[0]["traceback"]
    run_until_quiet()
    assert (counted("a"), counted("b")) == (1, 1)


def test_expired_lease_of_a_job_whose_twin_waits_stops_no_worker():
    enqueue_once(count, "key", "a")
    dead = Worker()
    (claimed,) = dead._claim()
    enqueue_once(count, "key", "a")
    Job.objects.filter(pk=claimed.pk).update(lease_until=now() - timedelta(seconds=1))
    assert reap_expired_leases() == 1
    run_until_quiet()
    assert counted("a") == 1
    assert Job.objects.filter(state=Job.DONE).count() == 2


def test_job_that_kills_its_worker_does_not_use_up_the_tries_of_those_behind_it():
    for _ in range(3):
        count.enqueue("a")
    for _ in range(7):
        assert len(Worker()._claim()) == 3  # claimed as a batch, then the process dies
        Job.objects.update(lease_until=now() - timedelta(seconds=1))
        reap_expired_leases()
    run_until_quiet()
    assert counted("a") == 3


def test_job_whose_lease_went_to_another_worker_is_not_begun():
    count.enqueue("a")
    slow = Worker()
    (claimed,) = slow._claim()
    Job.objects.update(lease_until=now() - timedelta(seconds=1))
    run_until_quiet()
    slow._run(claimed)
    assert counted("a") == 1


def test_database_error_of_a_job_counts_as_a_failed_try():
    result = break_a_statement.enqueue()
    Worker().work_once()
    job = Job.objects.get(pk=result.id)
    assert (job.state, job.attempts, job.locked_by) == (Job.READY, 1, "")
    assert "no_such_column" in job.errors[0]["traceback"]


def test_long_job_keeps_its_lease_also_while_the_worker_is_told_to_stop(monkeypatch, tmp_path):
    monkeypatch.setattr(worker_module, "LEASE", timedelta(seconds=0.6))
    wait_for_file.enqueue("a", str(tmp_path / "begun"), str(tmp_path / "go"))
    worker = Worker()

    def work() -> None:
        worker.run(install_signals=False)
        connection.close()

    thread = threading.Thread(target=work)
    thread.start()
    wait_until((tmp_path / "begun").exists)
    worker.stop()
    time.sleep(1.5)
    assert reap_expired_leases() == 0
    (tmp_path / "go").touch()
    thread.join(20)
    assert not thread.is_alive()
    assert (counted("a"), Job.objects.get().state, Job.objects.get().attempts) == (1, Job.DONE, 1)


def test_job_of_a_killed_worker_runs_again_after_its_lease(worker_process, tmp_path):
    begun, go = tmp_path / "begun", tmp_path / "go"
    wait_for_file.enqueue("a", str(begun), str(go))
    first = worker_process()
    wait_until(begun.exists, what="the first worker began no job")
    killed_at = time.monotonic()
    first.kill()
    go.touch()
    assert (counted("a"), Job.objects.get().state) == (0, Job.RUNNING)
    second = worker_process()
    wait_until(lambda: counted("a") == 1, seconds=40, what=second.said())
    waited = time.monotonic() - killed_at
    wait_until(lambda: Job.objects.get().state == Job.DONE)
    assert Job.objects.get().attempts == 2
    assert len(begun.read_text().splitlines()) == 2
    assert waited < worker_module.LEASE.total_seconds() + 8
    assert second.stop() == 0


def test_idle_worker_begins_a_new_job_within_a_second(worker_process):
    worker = worker_process()
    count.enqueue("warm-up")
    wait_until(lambda: counted("warm-up") == 1, what=worker.said())
    waits = []
    for number in range(5):
        time.sleep(0.3)
        begin = time.monotonic()
        count.enqueue(f"a{number}")
        wait_until(lambda name=f"a{number}": counted(name) == 1)
        waits.append(time.monotonic() - begin)
    assert sorted(waits)[2] < 1.0, waits


# ------------------------------------------------------------------------------------------------ the timetable
EVERY_TEN_MINUTES = Line(name="test-line", cron="*/10 * * * *", task=count.module_path)
NOON = datetime(2026, 3, 1, 12, 0, 3, tzinfo=UTC)


def test_line_fires_once_for_each_due_time():
    assert fire_due([EVERY_TEN_MINUTES], NOON) == ["test-line"]
    assert fire_due([EVERY_TEN_MINUTES], NOON + timedelta(seconds=20)) == []
    assert ScheduleLine.objects.get().last_due_at == datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    assert fire_due([EVERY_TEN_MINUTES], NOON + timedelta(minutes=10)) == ["test-line"]


def test_line_fires_at_the_very_second_it_is_due():
    assert fire_due([EVERY_TEN_MINUTES], NOON) == ["test-line"]
    assert fire_due([EVERY_TEN_MINUTES], datetime(2026, 3, 1, 12, 10, tzinfo=UTC)) == ["test-line"]


def test_sixth_field_counts_seconds():
    line = Line(name="quick", cron="* * * * * */5", task=count.module_path)
    begin = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
    fired = [second for second in range(21) if fire_due([line], begin + timedelta(seconds=second))]
    assert fired == [0, 5, 10, 15, 20]


def test_night_without_a_scheduler_is_made_up_once():
    fire_due([EVERY_TEN_MINUTES], NOON)
    Job.objects.all().delete()
    assert fire_due([EVERY_TEN_MINUTES], NOON + timedelta(hours=9)) == ["test-line"]
    assert fire_due([EVERY_TEN_MINUTES], NOON + timedelta(hours=9, minutes=1)) == []
    assert Job.objects.count() == 1


def test_two_schedulers_fire_a_due_time_once():
    fire_due([EVERY_TEN_MINUTES], NOON)
    Job.objects.all().delete()
    for number in range(1, 8):
        at = NOON + timedelta(minutes=10 * number)
        gate = threading.Barrier(4)
        fired: list[str] = []

        def look(at: datetime = at, gate: threading.Barrier = gate, fired: list[str] = fired) -> None:
            gate.wait()
            fired.extend(fire_due([EVERY_TEN_MINUTES], at))
            connection.close()

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert fired == ["test-line"]
        assert Job.objects.count() == 1
        Job.objects.all().delete()


def test_line_that_names_no_task_does_not_stop_the_others():
    broken = Line(name="broken", cron="*/10 * * * *", task="halkhata.no.such.task")
    assert fire_due([broken, EVERY_TEN_MINUTES], NOON) == ["test-line"]
