"""The command ``halkhata``: help, one clear sentence for each thing that is wrong, and a process tree that holds."""

import json
import os
import signal
import socket
import time

import pytest

from tests.support.fixtures_process import (
    children_of,
    clean_environment,
    migrated_database_url,
    new_database_url,
    run_halkhata,
    wait_until,
)
from tests.support.postgres import free_port

COMMANDS = [
    "serve", "web", "worker", "scheduler", "migrate", "demo load", "demo clear", "mail ingest", "sla explain",
    "training", "check", "backup", "verify", "restore", "import", "export",
    "segment list", "segment count", "segment members", "segment why", "segment build",
]  # fmt: skip


def words(output: bytes) -> str:
    return output.decode()


def assert_one_sentence(done, *parts: str, code: int = 2) -> None:
    said = words(done.stderr).strip()
    assert done.returncode == code, said
    assert len(said.splitlines()) == 1, said
    assert said.endswith(".")
    for part in parts:
        assert part in said
    assert done.stdout == b""


@pytest.fixture
def env(tmp_path) -> dict[str, str]:
    return clean_environment(HALKHATA_DATA_DIR=str(tmp_path / "data"), HALKHATA_PORT=str(free_port()), LC_ALL="C.UTF-8")


@pytest.mark.one_database
@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_command_has_help(command, env):
    done = run_halkhata(*command.split(), "--help", env=env)
    assert done.returncode == 0
    assert words(done.stdout).startswith("usage: halkhata")
    assert len(words(done.stdout).splitlines()) > 3


@pytest.mark.one_database
@pytest.mark.parametrize(
    "command",
    [
        "migrate",
        "demo load",
        "demo clear",
        "mail ingest",
        "sla explain",
        "training",
        "check",
        "backup",
        "verify",
        "restore",
    ],
)
def test_commands_that_machines_read_offer_json(command, env):
    assert "--json" in words(run_halkhata(*command.split(), "--help", env=env).stdout)


MYSQL = ("mysql://root@localhost/shop", "begins with “mysql”")
CLOSED = ("postgresql://dealer@127.0.0.1:{closed}/shop", "No PostgreSQL answers at 127.0.0.1, port {closed}")
NO_HOST = ("postgresql://dealer@no-such-host.invalid/shop", "cannot be found")
NO_FOLDER = (
    "sqlite:////no-such-folder/shop.sqlite3",
    "The folder /no-such-folder of the database does not exist",
)


@pytest.mark.one_database
@pytest.mark.parametrize(
    ("command", "url", "part"),
    [
        (command, *wrong)
        for command in ("serve", "web", "worker", "scheduler", "migrate", "check")
        for wrong in ((MYSQL, CLOSED, NO_HOST, NO_FOLDER) if command in {"serve", "check"} else (MYSQL, CLOSED))
    ],
)
def test_wrong_database_address_is_told_in_one_sentence(command, url, part, env):
    closed = free_port()
    done = run_halkhata(command, env={**env, "HALKHATA_DATABASE_URL": url.format(closed=closed)})
    assert_one_sentence(done, part.format(closed=closed))


@pytest.mark.one_database
def test_check_tells_machines_in_json_that_the_database_is_away(env):
    closed = free_port()
    away = {**env, "HALKHATA_DATABASE_URL": f"postgresql://dealer@127.0.0.1:{closed}/shop"}
    done = run_halkhata("check", "--json", env=away)
    found = json.loads(done.stdout)
    assert (done.returncode, done.stderr) == (2, b"")
    assert found["ok"] is False
    assert [entry["name"] for entry in found["checks"]] == ["start"]
    assert "No PostgreSQL answers" in found["checks"][0]["detail"]


@pytest.mark.one_database
def test_file_that_is_no_database_is_told_in_one_sentence(env, tmp_path):
    (tmp_path / "notes.txt").write_text("not a database " * 100)
    done = run_halkhata("migrate", env={**env, "HALKHATA_DATABASE_URL": f"sqlite:///{tmp_path / 'notes.txt'}"})
    assert_one_sentence(done, "is no SQLite database")


@pytest.mark.needs_postgres
@pytest.mark.one_database
@pytest.mark.parametrize(
    ("change", "part"),
    [
        (lambda url: url.replace("of-tests", "wrong"), "user or password in HALKHATA_DATABASE_URL is wrong"),
        (
            lambda url: url.replace("postgres:of", "nobody-here:of"),
            "user or password in HALKHATA_DATABASE_URL is wrong",
        ),
        (lambda url: url.rsplit("/", 1)[0] + "/no_such_shop", "has no database “no_such_shop”: create it"),
    ],
)
def test_postgresql_that_refuses_is_told_in_one_sentence(change, part, env, postgres_url):
    assert_one_sentence(run_halkhata("migrate", env={**env, "HALKHATA_DATABASE_URL": change(postgres_url)}), part)


@pytest.mark.one_database
def test_taken_port_is_told_in_one_sentence(env):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = run_halkhata("serve", env={**env, "HALKHATA_PORT": port})
    assert_one_sentence(done, f"Port {port} on 127.0.0.1 is taken by another program", "HALKHATA_PORT")


@pytest.mark.one_database
def test_foreign_address_is_told_in_one_sentence(env):
    assert_one_sentence(run_halkhata("serve", env={**env, "HALKHATA_HOST": "192.0.2.1"}), "no address of this machine")


@pytest.mark.one_database
def test_unwritable_data_folder_is_told_in_one_sentence(env, tmp_path):
    (tmp_path / "file").touch()
    done = run_halkhata("serve", env={**env, "HALKHATA_DATA_DIR": str(tmp_path / "file" / "data")})
    assert_one_sentence(done, "cannot write to its data folder", "HALKHATA_DATA_DIR")


def test_worker_on_an_empty_database_asks_for_migrate(env, tmp_path):
    (tmp_path / "data").mkdir()
    env = {**env, "HALKHATA_DATABASE_URL": new_database_url(tmp_path / "data")}
    assert_one_sentence(run_halkhata("worker", env=env), "run “halkhata migrate” first")


def test_migrate_is_repeatable_and_check_names_what_is_missing(env, tmp_path):
    (tmp_path / "data").mkdir()
    env = {**env, "HALKHATA_DATABASE_URL": new_database_url(tmp_path / "data")}
    before = json.loads(run_halkhata("check", "--json", env=env).stdout)
    assert not before["ok"]
    assert {entry["name"]: entry["ok"] for entry in before["checks"]}["migrations"] is False
    first = run_halkhata("migrate", "--json", env=env)
    assert "core.0001_initial" in json.loads(first.stdout)["applied"]
    assert json.loads(run_halkhata("migrate", "--json", env=env).stdout) == {"applied": []}
    after = run_halkhata("check", "--json", env=env)
    found = {entry["name"]: entry for entry in json.loads(after.stdout)["checks"]}
    assert found["migrations"] == {
        "name": "migrations", "ok": True, "detail": "all applied", "values": {"pending": []},
    }  # fmt: skip
    assert found["database"]["ok"]
    assert found["letters"]["ok"]
    assert found["timetable"]["ok"], found["timetable"]
    assert not found["worker"]["ok"]
    assert found["worker"]["detail"] == "never ran"
    assert after.returncode == 1


def test_unknown_number_is_told_in_one_sentence(env, tmp_path):
    (tmp_path / "data").mkdir()
    env = {**env, "HALKHATA_DATABASE_URL": migrated_database_url(tmp_path / "data")}
    assert_one_sentence(run_halkhata("sla", "explain", "ক-১০৪৫", "--json", env=env), "There is no K-1045", code=1)
    assert_one_sentence(run_halkhata("sla", "explain", "??", env=env), "“??” is no number", code=1)


def test_any_bytes_at_all_are_ingested(env, tmp_path):
    (tmp_path / "data").mkdir()
    env = {**env, "HALKHATA_DATABASE_URL": migrated_database_url(tmp_path / "data")}
    noise = [
        b"",
        b"\0" * 64,
        bytes(range(256)) * 8,
        b"From: a@example.com\r\n\r\nhello",
        b"Content-Type: multipart/mixed\n\n",
    ]
    for raw in noise:
        done = run_halkhata("mail", "ingest", "--json", stdin=raw, env=env)
        assert done.returncode == 0, words(done.stderr)
        assert {"outcome", "ticket", "customer", "message_id"} <= set(json.loads(done.stdout))
    again = json.loads(run_halkhata("mail", "ingest", "-", "--json", stdin=noise[3], env=env).stdout)
    assert again["outcome"] == "duplicate"
    missing = run_halkhata("mail", "ingest", str(tmp_path / "no-such.eml"), env=env)
    assert_one_sentence(missing, "cannot be read")


# ------------------------------------------------------------------------------------------------ the process tree
def is_alive(pid: int) -> bool:
    try:
        with open(f"/proc/{pid}/stat") as stream:
            return stream.read().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def test_serve_starts_three_parts_restarts_a_dead_one_and_ends_all(live_app):
    parts = children_of(live_app.process.pid)
    assert set(parts) == {"web", "worker", "scheduler"}
    wait_until(lambda: f"Halkhata is ready: {live_app.base_url}/" in live_app.said(), what=live_app.said())
    os.kill(parts["worker"], signal.SIGKILL)
    wait_until(lambda: children_of(live_app.process.pid).get("worker") not in {None, parts["worker"]}, seconds=20)
    assert "The worker ended (killed by signal 9); it starts again" in live_app.said()
    assert children_of(live_app.process.pid)["web"] == parts["web"]
    parts = children_of(live_app.process.pid)
    assert live_app.stop() == 0
    assert not any(is_alive(pid) for pid in parts.values())
    assert not live_app.answers()


def test_killed_supervisor_takes_its_children_along(live_app):
    parts = children_of(live_app.process.pid)
    assert len(parts) == 3
    live_app.kill()
    wait_until(lambda: not any(is_alive(pid) for pid in parts.values()), seconds=20, what=str(parts))
    assert not live_app.answers()


def processor_seconds(pid: int) -> float:
    """User and system time of a process so far (proc(5), fields 14 and 15 of stat)."""
    with open(f"/proc/{pid}/stat") as stream:
        fields = stream.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def test_second_start_answers_soon_and_needs_little_memory(make_app):
    app = make_app(migrated=False)
    app.start()
    app.stop()
    seconds = app.start()
    # The aim is 5 s (W9, measured by the bench on a quiet machine). Here other tests run beside it, so what is held to
    # is the work of the processor: it does not grow because others work, too.
    tree = [app.process.pid, *children_of(app.process.pid).values()]
    assert sum(processor_seconds(pid) for pid in tree) < 10, f"{seconds:.1f} s"
    assert seconds < 60
    time.sleep(2)
    kilobytes = 0
    for pid in [app.process.pid, *children_of(app.process.pid).values()]:
        with open(f"/proc/{pid}/smaps_rollup") as stream:
            kilobytes += next(int(line.split()[1]) for line in stream if line.startswith("Pss:"))
    assert kilobytes < 400 * 1024, f"{kilobytes // 1024} MB"


def test_check_finds_a_running_shop_well(live_app):
    def well() -> bool:
        found = json.loads(live_app.run("check", "--json").stdout)["checks"]
        return all(entry["ok"] for entry in found if entry["name"] in {"worker", "scheduler", "migrations", "database"})

    wait_until(well, seconds=60, what=words(live_app.run("check").stdout))
