"""F06: the disk of a running shop fills up and is emptied again: nothing acknowledged is lost, nothing is half done."""

import contextlib
import json
import os
import resource
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.drills.calling import KEY, Caller, read_page
from tests.support.fixtures_process import children_of, make_live_app, wait_until

pytestmark = [pytest.mark.one_database]
MOST_WRITES = 600
INTACT = """
import sqlite3
from django.conf import settings
from django.db import connection
from halkhata.records.customers.models import Customer
with connection.cursor() as cursor:
    cursor.execute("PRAGMA integrity_check")
    print(cursor.fetchone()[0], Customer.objects.filter(name_en__startswith="Drill").count())
"""


@pytest.fixture
def small_disk() -> Iterator[tuple[Path, bool]]:
    """A folder on a disk of 60 MB where this user may mount one; else an ordinary folder, and False."""
    folder = Path(tempfile.mkdtemp(prefix="hk-full-"))
    mounted = False
    if os.geteuid() == 0:
        done = subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=60m", "tmpfs", str(folder)], check=False, capture_output=True
        )
        mounted = done.returncode == 0
    yield folder, mounted
    if mounted:
        subprocess.run(["umount", "-l", str(folder)], check=False)
    shutil.rmtree(folder, ignore_errors=True)


def _filler(app, folder: Path, mounted: bool) -> tuple[Callable[[], None], Callable[[], None]]:
    """What fills the disk and what frees it: a real file on a small disk, or a ceiling on every file it writes."""
    if mounted:
        ballast = folder / "ballast"

        def fill() -> None:
            with contextlib.suppress(OSError), ballast.open("wb") as stream:
                while True:
                    stream.write(b"\\0" * 4096)
                    stream.flush()

        return fill, ballast.unlink

    def limit(size: int) -> None:
        for pid in children_of(app.process.pid).values():
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))

    return (lambda: limit(4096)), (lambda: limit(resource.RLIM_INFINITY))


def test_full_disk_refuses_in_words_and_works_again_without_a_restart(small_disk):
    folder, mounted = small_disk
    app = make_live_app(folder, HALKHATA_API_RATE="1000000", HALKHATA_API_FAILURES="1000000")
    try:
        app.start(seconds=240)
        caller = Caller(app.base_url, app.shell(KEY).strip().splitlines()[-1])
        for _ in range(5):
            assert caller.write() == 201
        fill, free = _filler(app, folder, mounted)
        fill()
        # What the log of the database held before is used up first.
        for _ in range(MOST_WRITES):
            caller.write()
            if len(caller.refused) > 5:
                break
        assert caller.refused, "the disk is full and everything was taken"
        assert {status for status, _wait, _code in caller.refused} == {503}
        # What only looks still works, or says in words what is wrong; never a trace, never a bare 500.
        status, _wait, words = read_page(app)
        assert status in {200, 503}
        assert "Traceback" not in words
        free()
        wait_until(lambda: caller.write() == 201, 60, "no write a minute after there was room again")
        for pk in caller.acknowledged:
            assert caller.ask(f"/api/v1/customers/{pk}")[0] == 200
        state, count = app.shell(INTACT).split()
        assert state == "ok"
        assert int(count) == len(caller.acknowledged)
        assert json.loads(caller.ask("/api/v1/customers?limit=1")[2])
    finally:
        if app.process is not None and app.process.poll() is None:
            app.stop()
