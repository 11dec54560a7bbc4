"""A PostgreSQL cluster that keeps the measured databases between runs; started for a run and stopped after it."""

import contextlib
import getpass
import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from halkhata.doors.cli.parent_death import end_with_parent
from tests.support.postgres import _as_postgres, binaries, free_port

PASSWORD = "of-measuring"
# Enough memory for a small server; everything that keeps data safe is left as PostgreSQL ships it.
SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "shared_buffers": "512MB",
    "effective_cache_size": "2GB",
    "max_wal_size": "8GB",
    "checkpoint_timeout": "30min",
    "max_connections": "120",
}


@dataclass
class Cluster:
    """A running server. ``url(name)`` is what HALKHATA_DATABASE_URL takes."""

    folder: Path
    port: int
    user: str
    process: subprocess.Popen[bytes]

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://{quote(self.user)}:{PASSWORD}@127.0.0.1:{self.port}/{quote(database)}"

    def stop(self) -> None:
        """A fast, clean shutdown: the databases are wanted again."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGINT)
            self.process.wait(120)


def start(folder: Path) -> Cluster:
    """Start the cluster in ``folder``, made if it is not there. Raises RuntimeError with the server's words."""
    import psycopg

    programs = binaries()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed: apt install postgresql")
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    folder = folder.resolve()
    cluster = folder / "cluster"
    if not cluster.exists():
        folder.mkdir(parents=True, exist_ok=True)
        secret = folder / "password"
        secret.write_text(f"{PASSWORD}\n")
        secret.chmod(0o644)
        if os.geteuid() == 0:
            shutil.chown(folder, "postgres", "postgres")
            for parent in list(folder.parents)[:-2]:
                with contextlib.suppress(PermissionError):
                    parent.chmod(parent.stat().st_mode | 0o011)
        made = subprocess.run(
            _as_postgres(
                [
                    str(programs / "initdb"),
                    "-D",
                    str(cluster),
                    "-U",
                    user,
                    "-E",
                    "UTF8",
                    "--locale=C.UTF-8",
                    "--auth=scram-sha-256",
                    f"--pwfile={secret}",
                ]
            ),
            capture_output=True,
            text=True,
            cwd="/",
            check=False,
        )
        if made.returncode:
            raise RuntimeError(f"initdb failed: {made.stderr}")
    port = free_port()
    settings = {**SETTINGS, "port": str(port), "unix_socket_directories": str(folder)}
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            _as_postgres([str(programs / "postgres"), "-D", str(cluster), *options]),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            cwd="/",
            start_new_session=True,
            preexec_fn=end_with_parent(),
        )
    server = Cluster(folder, port, user, process)
    deadline = time.monotonic() + 120
    while True:
        try:
            psycopg.connect(server.url("postgres"), connect_timeout=5).close()
            return server
        except psycopg.OperationalError as error:
            if process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {(folder / 'log').read_text()[-2000:]}") from error
            time.sleep(0.1)
