"""A PostgreSQL server of the tests' own: in a temporary folder, on a free port, thrown away afterwards."""

import contextlib
import getpass
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from halkhata.doors.cli.parent_death import end_with_parent


def binaries() -> Path | None:
    """The folder with initdb and postgres (Debian keeps it off the PATH), or None when PostgreSQL is not installed."""
    found = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if (folder / "initdb").exists()]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name) if folder.parent.name.isdigit() else 0)
    on_path = shutil.which("initdb")
    return Path(on_path).parent if on_path and shutil.which("postgres") else None


def free_port() -> int:
    """A TCP port on the loopback that nobody listens on at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass(kw_only=True)
class Server:
    """A running server. ``url(name)`` is what HALKHATA_DATABASE_URL takes; it listens on the loopback and a socket."""

    folder: Path
    port: int
    user: str
    process: subprocess.Popen[bytes]

    def url(self, database: str, *, password: str = "of-tests") -> str:
        """Address of ``database`` on this server, through the loopback."""
        return f"postgresql://{quote(self.user)}:{quote(password)}@127.0.0.1:{self.port}/{quote(database)}"

    def stop(self) -> None:
        """Stop at once: nothing in there is worth keeping."""
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGINT)
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                os.killpg(self.process.pid, signal.SIGKILL)
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _as_postgres(command: list[str]) -> list[str]:
    # The server refuses to run as root; Debian's package brings the user postgres.
    return ["runuser", "-u", "postgres", "--", *command] if os.geteuid() == 0 else command


def _answers(server: Server) -> bool:
    import psycopg

    try:
        psycopg.connect(server.url("postgres"), connect_timeout=5).close()
    except psycopg.OperationalError:
        return False
    return True


def start(folder: Path, *, seconds: float = 40) -> Server:
    """Make a cluster in ``folder`` and start it. Raises RuntimeError with the server's words on failure."""
    programs = binaries()
    if programs is None:
        raise RuntimeError("PostgreSQL is not installed: apt install postgresql")
    folder.mkdir(parents=True)
    user = "postgres" if os.geteuid() == 0 else getpass.getuser()
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        # The folders above are ours alone; the server's user has to pass through them.
        for parent in list(folder.parents)[:-2]:
            with contextlib.suppress(PermissionError):
                parent.chmod(parent.stat().st_mode | 0o011)
    cluster = folder / "cluster"
    secret = folder / "password"
    secret.write_text("of-tests\n")
    secret.chmod(0o644)
    made = subprocess.run(
        _as_postgres(
            [str(programs / "initdb"), "-D", str(cluster), "-U", user, "-E", "UTF8", "--locale=C.UTF-8",
             "--auth=scram-sha-256", f"--pwfile={secret}", "--no-sync"]
        ),
        capture_output=True, text=True, cwd="/", check=False,
    )  # fmt: skip
    if made.returncode:
        raise RuntimeError(f"initdb failed: {made.stderr}")
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": str(folder),
        "fsync": "off",
        "full_page_writes": "off",
        "synchronous_commit": "off",
        "max_connections": 120,
        "shared_buffers": "128MB",
    }
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    log = (folder / "log").open("wb")
    process = subprocess.Popen(
        _as_postgres([str(programs / "postgres"), "-D", str(cluster), *options]),
        stdin=subprocess.DEVNULL, stdout=log, stderr=log, cwd="/", start_new_session=True,
        preexec_fn=end_with_parent(),
    )  # fmt: skip
    server = Server(folder=folder, port=port, user=user, process=process)
    deadline = time.monotonic() + seconds
    while not _answers(server):
        if process.poll() is not None or time.monotonic() > deadline:
            words = (folder / "log").read_text(errors="replace")
            server.stop()
            raise RuntimeError(f"PostgreSQL did not start: {words[-2000:]}")
        time.sleep(0.1)
    return server
