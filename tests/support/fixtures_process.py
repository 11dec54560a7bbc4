"""The product as processes: a whole running shop, or one worker that a test may kill."""

import contextlib
import fcntl
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from halkhata.doors.cli.parent_death import end_with_parent
from tests.support import environment, postgres

ROOT = Path(__file__).resolve().parents[2]


def clean_environment(**values: str) -> dict[str, str]:
    """This process's environment without any HALKHATA_* of the tests, and with ``values``."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("HALKHATA_", "DJANGO_", "PYTEST_"))}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1", **values}


def run_halkhata(
    *arguments: str, env: dict[str, str], stdin: bytes = b"", seconds: float = 120
) -> subprocess.CompletedProcess[bytes]:
    """Run ``halkhata ARGUMENTS`` to its end. Output is bytes."""
    return subprocess.run(
        [sys.executable, "-m", "halkhata", *arguments],
        input=stdin, capture_output=True, env=env, cwd=ROOT, timeout=seconds, check=False,
    )  # fmt: skip


def kill_tree(process: subprocess.Popen[bytes]) -> None:
    """SIGKILL to a process that was started in a session of its own, and to its process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def children_of(pid: int) -> dict[str, int]:
    """Process ids of ``pid``'s children by the part they are ("web", "worker", "scheduler")."""
    found: dict[str, int] = {}
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rsplit(")", 1)[1].split()[1])
            name = (folder / "comm").read_text().strip()
        except (OSError, IndexError, ValueError):
            continue
        if parent == pid and name.startswith("hk-"):
            found[name.removeprefix("hk-")] = int(folder.name)
    return found


@dataclass
class LiveApp:
    """``halkhata serve`` on its own data folder, database and port."""

    base_url: str
    data_dir: Path
    env: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    output: Path = field(default=Path())

    def run(self, *arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run a ``halkhata`` command on the same data, for example ``run("mail", "ingest", "--json", stdin=raw)``."""
        return run_halkhata(*arguments, env=self.env, stdin=stdin)

    def shell(self, code: str) -> str:
        """Run Python with Django set up on the same data. Returns what it printed; raises with its stderr."""
        done = subprocess.run(
            [sys.executable, "-c", f"import django; django.setup()\n{code}"],
            capture_output=True, text=True, cwd=ROOT, check=False, timeout=180,
            env={**self.env, "DJANGO_SETTINGS_MODULE": "config.settings"},
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        return done.stdout

    def start(self, seconds: float = 90) -> float:
        """Start and wait for the first answered page. Returns the seconds that took."""
        begin = time.monotonic()
        stream = self.output.open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "halkhata", "serve"], stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
            env=self.env, cwd=ROOT, start_new_session=True, preexec_fn=end_with_parent(),
        )  # fmt: skip
        stream.close()
        while True:
            if self.process.poll() is not None:
                raise RuntimeError(f"halkhata serve ended: {self.said()}")
            if self.answers():
                return time.monotonic() - begin
            if time.monotonic() - begin > seconds:
                self.kill()
                raise RuntimeError(f"no page within {seconds} s: {self.said()}")
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether a page is answered, with whatever status."""
        try:
            urllib.request.urlopen(self.base_url + "/", timeout=10).close()
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
        return True

    def said(self) -> str:
        """What it printed so far."""
        return self.output.read_text(errors="replace")

    def stop(self, seconds: float = 20) -> int:
        """Ctrl-C. Returns the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(seconds)

    def kill(self) -> None:
        """SIGKILL to the supervisor alone; the kernel tells its children."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait()


def new_database_url(data_dir: Path, *, template: str = "") -> str:
    """The address of a new database of the kind that this run tests: empty, or on PostgreSQL a copy of ``template``."""
    if not environment.ON_POSTGRES:
        return f"sqlite:///{data_dir / 'halkhata.sqlite3'}"
    import psycopg

    name = f"live_{uuid.uuid4().hex[:12]}"
    base = os.environ["HALKHATA_TEST_POSTGRES_URL"]
    copied = f' TEMPLATE "{template}"' if template else ""
    with psycopg.connect(base, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}"{copied}')
    return f"{base.rsplit('/', 1)[0]}/{name}"


def migrated_database_url(data_dir: Path) -> str:
    """The address of a new database with all tables and no rows, as ``halkhata migrate`` leaves it.

    Made by that command once for all processes of the run and copied from then on: the steps take seconds each time.
    """
    mould = environment.SHARED / "migrated"
    mould.mkdir(parents=True, exist_ok=True)
    address = mould / "address"
    with (mould / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not address.exists():
            url = new_database_url(mould)
            done = run_halkhata(
                "migrate", env=clean_environment(HALKHATA_DATA_DIR=str(mould), HALKHATA_DATABASE_URL=url)
            )
            if done.returncode:
                raise RuntimeError(done.stderr.decode())
            address.write_text(url)
        if environment.ON_POSTGRES:
            # Under the lock, too: PostgreSQL copies a template for one at a time.
            return new_database_url(data_dir, template=address.read_text().rsplit("/", 1)[1])
    url = new_database_url(data_dir)
    with (
        contextlib.closing(sqlite3.connect(mould / "halkhata.sqlite3")) as source,
        contextlib.closing(sqlite3.connect(data_dir / "halkhata.sqlite3")) as copy,
    ):
        source.backup(copy)
    return url


def make_live_app(folder: Path, *, demo: bool = False, migrated: bool = True, **values: str) -> LiveApp:
    """A shop that is not started yet, in ``folder``; the one with the demo makes its tables itself, as any first start.

    ``migrated``: the tables of the one without the demo are there already.
    """
    data_dir = folder / "data"
    data_dir.mkdir(parents=True)
    port = postgres.free_port()
    url = values.pop("HALKHATA_DATABASE_URL", "") or (
        migrated_database_url(data_dir) if migrated and not demo else new_database_url(data_dir)
    )
    env = clean_environment(
        HALKHATA_DATA_DIR=str(data_dir),
        HALKHATA_DATABASE_URL=url,
        HALKHATA_PORT=str(port),
        HALKHATA_DEMO="yes" if demo else "no",
        **{"HALKHATA_MAIL_PRIVATE_HOSTS": os.environ["HALKHATA_MAIL_PRIVATE_HOSTS"], **values},
    )
    return LiveApp(base_url=f"http://localhost:{port}", data_dir=data_dir, env=env, output=folder / "output.txt")


def _end(app: LiveApp) -> None:
    if app.process is not None and app.process.poll() is None:
        try:
            app.stop()
        except subprocess.TimeoutExpired:
            app.kill()


@pytest.fixture
def make_app() -> Iterator[Callable[..., LiveApp]]:
    """``make_app(demo=False, migrated=True, **env)``: a shop of its own; ``app.start()`` starts it."""
    folder = Path(tempfile.mkdtemp(prefix="hk-app-"))
    apps: list[LiveApp] = []

    def make(*, demo: bool = False, migrated: bool = True, **values: str) -> LiveApp:
        apps.append(make_live_app(folder / str(len(apps)), demo=demo, migrated=migrated, **values))
        return apps[-1]

    yield make
    for app in apps:
        _end(app)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def live_app(make_app: Callable[..., LiveApp]) -> LiveApp:
    """A running shop without demo data: web, worker and scheduler as real processes."""
    app = make_app()
    app.start()
    return app


@pytest.fixture(scope="session")
def live_demo_app() -> Iterator[LiveApp]:
    """A running shop with the demo data, shared by all tests that only look at pages."""
    folder = Path(tempfile.mkdtemp(prefix="hk-demo-"))
    app = make_live_app(folder / "app", demo=True)
    app.start(seconds=240)
    yield app
    _end(app)
    shutil.rmtree(folder, ignore_errors=True)


@dataclass
class ProcessOnTestDatabase:
    """``halkhata worker`` (or another command) on the test's own database."""

    process: subprocess.Popen[bytes]
    output: Path

    def kill(self) -> None:
        """SIGKILL, as when the power goes."""
        self.process.kill()
        self.process.wait()

    def stop(self, seconds: float = 20) -> int:
        """SIGTERM. Returns the exit code."""
        self.process.terminate()
        return self.process.wait(seconds)

    def said(self) -> str:
        """What it printed so far."""
        return self.output.read_text(errors="replace")


@pytest.fixture
def start_process(tmp_path: Path) -> Iterator[Callable[..., ProcessOnTestDatabase]]:
    """``start_process("worker")``: a command on the test's own database, for tests that kill it.

    The test must be marked ``django_db(transaction=True)``: another process sees only what is committed.
    """
    from tests.support.database import database_url

    started: list[ProcessOnTestDatabase] = []

    def start(*arguments: str, **values: str) -> ProcessOnTestDatabase:
        output = tmp_path / f"process-{len(started)}.txt"
        env = clean_environment(
            HALKHATA_DATA_DIR=os.environ["HALKHATA_DATA_DIR"],
            HALKHATA_SECRET_KEY=os.environ["HALKHATA_SECRET_KEY"],
            HALKHATA_DATABASE_URL=database_url(),
            **{"HALKHATA_MAIL_PRIVATE_HOSTS": os.environ["HALKHATA_MAIL_PRIVATE_HOSTS"], **values},
        )
        with output.open("ab") as stream:
            process = subprocess.Popen(
                [sys.executable, "-m", "halkhata", *arguments], stdin=subprocess.DEVNULL, stdout=stream, stderr=stream,
                env=env, cwd=ROOT, start_new_session=True, preexec_fn=end_with_parent(),
            )  # fmt: skip
        started.append(ProcessOnTestDatabase(process, output))
        return started[-1]

    yield start
    for one in started:
        kill_tree(one.process)


@pytest.fixture
def worker_process(start_process: Callable[..., ProcessOnTestDatabase]) -> Callable[..., ProcessOnTestDatabase]:
    """``worker_process()``: a real worker on the test's own database; ``.kill()`` is SIGKILL."""
    return lambda *arguments, **values: start_process("worker", *arguments, **values)


def wait_until(condition: Callable[[], object], seconds: float = 30, what: str | Callable[[], str] = "") -> None:
    """Return as soon as ``condition()`` is true. Raises TimeoutError, saying ``what`` was waited for."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise TimeoutError((what() if callable(what) else what) or "the condition did not come true")
        time.sleep(0.05)


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL server's address, of this run's own or started for the asking. Mark the test needs_postgres."""
    if environment.ON_POSTGRES:
        yield os.environ["HALKHATA_TEST_POSTGRES_URL"]
        return
    folder = Path(tempfile.mkdtemp(prefix="hk-pg-"))
    server = postgres.start(folder / "server")
    yield server.url("postgres")
    server.stop()
    shutil.rmtree(folder, ignore_errors=True)
