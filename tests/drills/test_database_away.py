"""F04: the database goes away and comes back: 503 with a time to wait, nothing acknowledged is lost, work goes on."""

import contextlib
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from halkhata.doors.cli.parent_death import end_with_parent
from tests.drills.calling import KEY, Caller, read_page
from tests.support import postgres
from tests.support.fixtures_process import wait_until

pytestmark = [pytest.mark.one_database, pytest.mark.needs_postgres]
SECONDS_AWAY = 30 if os.environ.get("HALKHATA_DRILL") == "long" else 6
DELIVERED = """
from halkhata.foundation.core.models import EventDelivery, OutboxEvent
print(OutboxEvent.objects.count(), EventDelivery.objects.exclude(state="done").count())
"""


@pytest.fixture
def own_server() -> Iterator[postgres.Server]:
    """A PostgreSQL that this test alone may stop."""
    folder = Path(tempfile.mkdtemp(prefix="hk-away-"))
    server = postgres.start(folder / "server")
    yield server
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)


def _stop(server: postgres.Server) -> None:
    os.killpg(server.process.pid, signal.SIGINT)  # PostgreSQL's "fast" shutdown: every connection is cut
    server.process.wait(30)


def _signal_all(server: postgres.Server, what: signal.Signals) -> None:
    """To the server and to each process that serves a connection: they are in sessions of their own."""
    pids = [server.process.pid]
    for pid in pids:
        for stat in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                if int(stat.read_text().rsplit(")", 1)[1].split()[1]) == pid:
                    pids.append(int(stat.parent.name))
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, what)


def _start_again(server: postgres.Server) -> None:
    log = (server.folder / "log").open("ab")
    server.process = subprocess.Popen(
        server.process.args, stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
        preexec_fn=end_with_parent(),
    )  # fmt: skip
    log.close()


@pytest.fixture
def shop_on_own_server(own_server, make_app):
    import psycopg

    with psycopg.connect(own_server.url("postgres"), autocommit=True) as connection:
        connection.execute("CREATE DATABASE drill")
    app = make_app(
        migrated=False, HALKHATA_DATABASE_URL=own_server.url("drill"), HALKHATA_API_RATE="1000000",
        HALKHATA_API_FAILURES="1000000",
    )  # fmt: skip
    app.start(seconds=240)
    return app, Caller(app.base_url, app.shell(KEY).strip().splitlines()[-1])


def test_stopped_database_is_503_everywhere_and_nothing_acknowledged_is_lost(own_server, shop_on_own_server):
    app, caller = shop_on_own_server
    for _ in range(10):
        assert caller.write() == 201
    _stop(own_server)
    until = time.monotonic() + SECONDS_AWAY
    while time.monotonic() < until:
        caller.write()
        status, wait, words = read_page(app)
        assert (status, wait) == (503, "5"), words[:500]
        assert "Traceback" not in words
        time.sleep(0.5)
    assert caller.refused
    assert set(caller.refused) == {(503, "5", "database_away")}
    with contextlib.suppress(urllib.error.HTTPError):
        urllib.request.urlopen(app.base_url + "/readyz", timeout=30)
        pytest.fail("/readyz must say 503 while the database is away")
    _start_again(own_server)
    wait_until(lambda: caller.write() == 201, 10, "no write ten seconds after the database came back")
    for _ in range(5):
        assert caller.write() == 201
    for pk in caller.acknowledged:
        assert caller.ask(f"/api/v1/customers/{pk}")[0] == 200
    # The worker found its way back as well: what happened meanwhile is delivered.
    wait_until(lambda: app.shell(DELIVERED).split()[1] == "0", 60, "the worker did not come back")
    assert int(app.shell(DELIVERED).split()[0]) > 0
    assert app.stop() == 0


def test_frozen_database_makes_people_wait_and_loses_nothing(own_server, shop_on_own_server):
    app, caller = shop_on_own_server
    assert caller.write() == 201
    _signal_all(own_server, signal.SIGSTOP)
    try:
        late = threading.Thread(target=caller.write)
        late.start()
        time.sleep(3)
        assert len(caller.acknowledged) == 1, "nothing may be acknowledged that the database has not kept"
    finally:
        _signal_all(own_server, signal.SIGCONT)
    late.join(60)
    assert len(caller.acknowledged) + len(caller.refused) == 2
    assert caller.write() == 201
    for pk in caller.acknowledged:
        assert caller.ask(f"/api/v1/customers/{pk}")[0] == 200
