"""An install of its own for a drill: data folder, database on SQLite or PostgreSQL, commands as processes."""

import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.support.fixtures_process import ROOT, clean_environment, run_halkhata

# What a drill may run inside an install: Django set up, the shop's services at hand.
PRELUDE = "import django; django.setup()\n"
# Seconds for one process to end: a busy machine is no failure.
PATIENCE = 600


@dataclass
class Install:
    """One data folder and one database, and every command run on them as a process."""

    folder: Path
    env: dict[str, str]
    vendor: str
    started: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def run(self, *arguments: str, **env: str) -> subprocess.CompletedProcess[bytes]:
        """``halkhata ARGUMENTS`` to its end."""
        return run_halkhata(*arguments, env={**self.env, **env}, seconds=PATIENCE)

    def answer(self, *arguments: str, **env: str) -> dict[str, Any]:
        """The JSON of a command that must succeed."""
        done = self.run(*arguments, "--json", **env)
        assert done.returncode == 0, done.stderr.decode()[-3000:]
        return json.loads(done.stdout)

    def refusal(self, *arguments: str, **env: str) -> tuple[str, int, str]:
        """Code, exit code and sentence of a command that must refuse."""
        done = self.run(*arguments, "--json", **env)
        assert done.returncode in {1, 2}, done.stdout.decode() + done.stderr.decode()[-3000:]
        said = done.stderr.decode().strip()
        assert len(said.splitlines()) == 1, said
        return json.loads(done.stdout)["error"], done.returncode, said

    def start(self, *command: str, **env: str) -> subprocess.Popen[bytes]:
        """A process in a session of its own; the fixture ends it."""
        process = subprocess.Popen(
            [sys.executable, *command], env={**self.env, "DJANGO_SETTINGS_MODULE": "config.settings", **env}, cwd=ROOT,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True,
        )  # fmt: skip
        self.started.append(process)
        return process

    def python(self, code: str, **env: str) -> str:
        """Run Python with Django set up on this install. Returns what it printed; raises with its stderr."""
        done = subprocess.run(
            [sys.executable, "-c", PRELUDE + code], capture_output=True, text=True, cwd=ROOT, check=False,
            env={**self.env, "DJANGO_SETTINGS_MODULE": "config.settings", **env}, timeout=PATIENCE,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        return done.stdout

    def end(self) -> None:
        """Kill what still runs."""
        for process in self.started:
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGKILL)
            process.communicate()

    @property
    def backups(self) -> Path:
        """Where archives go when nobody says otherwise."""
        return self.folder / "backups"

    def digest(self, first: str = "") -> str:
        """Of every row of the database, and of every file below ``files``: what a refused restore must not change.

        ``first`` is run before.
        """
        rows = self.python(first + _DIGEST).strip()
        files = hashlib.sha256()
        for path in sorted((self.folder / "files").rglob("*")):
            if path.is_file():
                files.update(str(path.relative_to(self.folder)).encode() + path.read_bytes())
        return f"{rows} {files.hexdigest()}"

    def leftovers(self) -> list[str]:
        """What no command may leave behind."""
        odd = [
            path.name
            for path in self.folder.iterdir()
            if path.name.startswith((".backup-work", ".restoring", ".trial"))
        ]
        odd += [path.name for path in self.folder.glob("*restoring*")]
        return odd + [path.name for path in self.folder.rglob("*.part")]


_DIGEST = """
import hashlib
from django.db import connection
digest = hashlib.sha256()
with connection.cursor() as cursor:
    for table in sorted(connection.introspection.table_names(cursor)):
        cursor.execute(f'SELECT * FROM "{table}"')
        digest.update(table.encode())
        for row in sorted(map(repr, cursor.fetchall())):
            digest.update(row.encode())
print(digest.hexdigest())
"""

SHOP = """
from tests.support.fixtures_shop import make_shop
shop = make_shop()
from halkhata.desks.disputes.services.defaults import prepare_disputes
from halkhata.desks.returns.services.defaults import prepare_desk as prepare_returns
from halkhata.desks.service.services.defaults import prepare_desk as prepare_jobs
from halkhata.desks.tickets.services.defaults import prepare_desk
for prepare in (prepare_desk, prepare_jobs, prepare_returns, prepare_disputes):
    prepare()
from halkhata.foundation.files.services.storing import store_file
for number in range(5):
    store_file(name=f"memo {number}.txt", data=f"content {number} ".encode() * 1000)
"""

OPEN_TICKETS = """
from halkhata.records.customers.services.customers import create_customer
from halkhata.desks.tickets.services.opening import open_ticket
from halkhata.foundation.accounts.models import User
from halkhata.foundation.files.services.storing import store_file
agent = User.objects.get(username="rafi")
def one(number):
    customer = create_customer(actor=agent, name_en=f"Person {number}", branch=agent.branch)
    store_file(name="photo.bin", data=f"photo {number} ".encode() * 500)
    return open_ticket(actor=agent, subject=f"Complaint {number}", description="", customer=customer,
                       channel="counter", branch=agent.branch, team=agent.teams.first())
"""


def new_database(vendor: str, folder: Path, server_url: str, *, like: str = "") -> str:
    """The address of a new database: a file in ``folder``, or one on the server, as a copy of ``like`` if given."""
    if vendor == "sqlite":
        return f"sqlite:///{folder / 'halkhata.sqlite3'}"
    import psycopg

    name = f"drill_{uuid.uuid4().hex[:10]}"
    template = like.rsplit("/", 1)[1] if like else "template0"
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{server_url.rsplit('/', 1)[0]}/{name}"


def make_install(folder: Path, *, vendor: str, server_url: str = "", like: Install | None = None) -> Install:
    """An install in ``folder``: empty, not even migrated; or a copy of ``like`` with all its data."""
    if like is not None:
        shutil.copytree(like.folder, folder)
    else:
        folder.mkdir(parents=True)
    url = new_database(vendor, folder, server_url, like=like.env["HALKHATA_DATABASE_URL"] if like else "")
    env = clean_environment(
        HALKHATA_DATA_DIR=str(folder), HALKHATA_DATABASE_URL=url, HALKHATA_DEMO="no",
        # The drills' mail server stands on this machine.
        HALKHATA_MAIL_PRIVATE_HOSTS="127.0.0.1",
    )  # fmt: skip
    return Install(folder=folder, vendor=vendor, env=env)


def make_pattern(folder: Path, *, vendor: str, server_url: str = "") -> Install:
    """A migrated install with a shop and five files, that drills copy instead of making it anew."""
    pattern = make_install(folder, vendor=vendor, server_url=server_url)
    done = pattern.run("migrate")
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    pattern.python(SHOP)
    return pattern
