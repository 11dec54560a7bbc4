"""PostgreSQL: pg_dump in an exported snapshot, pg_restore into a database of its own, a rename for the swap."""

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.backups.databases.face import (
    FILES_SQL,
    MIGRATIONS_SQL,
    PATHS_SQL,
    Snapshot,
    quoted,
    write_file_list,
)
from halkhata.foundation.backups.errors import BackupRefused
from halkhata.foundation.core.server_options import server_options

# Where one stands while databases are made and renamed: nobody can rename the room they are in.
LOBBIES = ("postgres", "template1")
MAX_NAME = 63


class PostgresqlDatabase:
    """The database on a server."""

    vendor = "postgresql"

    def __init__(self, values: dict[str, Any]) -> None:
        self.name = str(values["NAME"])
        self.parameters: dict[str, Any] = {
            **server_options(values),
            **{
                key: values[name]
                for key, name in (("host", "HOST"), ("port", "PORT"), ("user", "USER"), ("password", "PASSWORD"))
                if values[name]
            },
        }

    def connect(self, name: str | None = None, **more: Any) -> Any:
        """A connection of its own, outside Django's pool. Raises BackupRefused."""
        import psycopg

        try:
            return psycopg.connect(**{"connect_timeout": 10, **self.parameters, **more, "dbname": name or self.name})
        except psycopg.OperationalError as error:
            first = str(error).strip().splitlines()[0] if str(error).strip() else ""
            raise BackupRefused(
                "database_away", _("PostgreSQL cannot be reached: %(said)s.") % {"said": first.rstrip(".")}
            ) from error

    @contextmanager
    def snapshot(self, folder: Path) -> Iterator[Snapshot]:
        """pg_dump, the counts and the list of files all look through one exported snapshot."""
        import psycopg

        target = folder / "database.pgdump"
        with self.connect() as living:
            living.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
            living.read_only = True
            server = living.info.server_version // 10000
            program = program_for("pg_dump", server)
            (label,) = living.execute("SELECT pg_export_snapshot()").fetchone()
            self._run(
                [program, "--format=custom", "--compress=0", "--no-owner", "--no-privileges", f"--snapshot={label}",
                 f"--file={target}", f"--dbname={self._conninfo(self.name)}"],
                "dump_failed",
            )  # fmt: skip
            with living.cursor(name="halkhata_files") as cursor:
                cursor.execute(FILES_SQL)
                write_file_list(iter(cursor), folder / "files.tsv")
            facts = Snapshot(
                file=target,
                tables=_tables(living),
                migrations=[f"{app}.{name}" for app, name in living.execute(MIGRATIONS_SQL)],
                files=folder / "files.tsv",
                server=str(server),
            )
        os.chmod(target, 0o600)
        yield facts

    def stage(self, dump: Path, stamp: str, *, trial: bool) -> "StagedDatabase":
        """A new database, loaded by pg_restore; or the living one itself while it is still empty."""
        with self._lobby() as lobby:
            program = program_for("pg_restore", lobby.info.server_version // 10000)
            exists = bool(lobby.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone())
            may_create = lobby.execute(
                "SELECT rolcreatedb OR rolsuper FROM pg_roles WHERE rolname = current_user"
            ).fetchone()[0]
            name = self.name
            if may_create:
                kind = "trial" if trial else "restoring"
                name = self._beside(kind, stamp)
                self._create(lobby, name, like_living=exists)
            elif trial or not exists or self._has_tables():
                raise BackupRefused(
                    "may_not_create",
                    _("The database user may not make databases: run “ALTER ROLE … CREATEDB” once as postgres."),
                )
        staged = StagedDatabase(self, name)
        try:
            self._run(
                [program, "--exit-on-error", "--no-owner", "--no-privileges", "--single-transaction",
                 f"--dbname={self._conninfo(name)}", str(dump)],
                "load_failed",
            )  # fmt: skip
        except BaseException:
            staged.drop()
            raise
        return staged

    def _create(self, lobby: Any, name: str, *, like_living: bool) -> None:
        collate, ctype = "C.UTF-8", "C.UTF-8"
        if like_living:
            collate, ctype = lobby.execute(
                "SELECT datcollate, datctype FROM pg_database WHERE datname = %s", [self.name]
            ).fetchone()
        lobby.execute(
            f"CREATE DATABASE {quoted(name)} TEMPLATE template0 ENCODING 'UTF8' "
            f"LC_COLLATE '{_plain(collate)}' LC_CTYPE '{_plain(ctype)}'"
        )

    def _has_tables(self) -> bool:
        with self.connect() as living:
            return bool(
                living.execute(
                    "SELECT 1 FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema') LIMIT 1"
                ).fetchone()
            )

    def apply_step(self, step: dict[str, Any]) -> None:
        """Rename: the living one aside, the staged one into its place. What is done already stays done."""
        import psycopg

        with self._lobby() as lobby:
            there = {row[0] for row in lobby.execute("SELECT datname FROM pg_database")}
            if step["staged"] not in there:
                return
            try:
                if step["living"] in there:
                    _rename(lobby, step["living"], step["aside"])
                _rename(lobby, step["staged"], step["living"])
            except psycopg.errors.ObjectInUse as error:
                raise BackupRefused(
                    "database_in_use",
                    _("Somebody else is connected to the database: stop every process of Halkhata that uses it."),
                ) from error

    def exists(self) -> bool:
        """Whether the server has it."""
        with self._lobby() as lobby:
            return bool(lobby.execute("SELECT 1 FROM pg_database WHERE datname = %s", [self.name]).fetchone())

    def other_users(self) -> int:
        """Connections of others to the living database; 0 when there is no such database yet."""
        try:
            with self.connect() as living:
                row = living.execute(
                    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                    "AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                ).fetchone()
        except BackupRefused:
            return 0
        return int(row[0])

    def end_other_users(self) -> None:
        """Cut their connections (``--force``)."""
        with self._lobby() as lobby:
            lobby.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
                [self.name],
            )

    def clean_up(self) -> None:
        """Drop databases that a killed restore or trial has left."""
        with self._lobby() as lobby:
            for kind in ("restoring", "trial"):
                start = self._beside(kind, "")
                for (name,) in lobby.execute("SELECT datname FROM pg_database").fetchall():
                    if name.startswith(start):
                        with suppress(Exception):
                            lobby.execute(f"DROP DATABASE IF EXISTS {quoted(name)}")

    def size(self) -> int:
        """Bytes on the server."""
        with self.connect() as living:
            return int(living.execute("SELECT pg_database_size(current_database())").fetchone()[0])

    def _beside(self, kind: str, stamp: str) -> str:
        end = f"_{kind}_{stamp.replace('-', '_').lower()}"
        return self.name[: MAX_NAME - len(f"_{kind}_") - 20] + end

    @contextmanager
    def _lobby(self) -> Iterator[Any]:
        last: BackupRefused | None = None
        for name in LOBBIES:
            try:
                connection = self.connect(name, autocommit=True)
            except BackupRefused as error:
                last = error
                continue
            with connection:
                yield connection
            return
        raise last or BackupRefused("database_away", _("PostgreSQL cannot be reached."))

    def _conninfo(self, name: str) -> str:
        from psycopg.conninfo import make_conninfo

        # The password goes by the environment: a command line can be read by everybody on the machine.
        return make_conninfo(**{**self.parameters, "password": None, "dbname": name})

    def _run(self, command: list[str], code: str) -> None:
        password = str(self.parameters.get("password", ""))
        environment = {**os.environ, "PGPASSWORD": password} if password else dict(os.environ)
        done = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)  # noqa: S603
        if done.returncode:
            words = " ".join(done.stderr.split())[-400:].rstrip(".")
            raise BackupRefused(
                code, _("%(program)s said: %(words)s.") % {"program": Path(command[0]).name, "words": words}
            )


@dataclass
class StagedDatabase:
    """A database on the server that nobody uses yet."""

    of: PostgresqlDatabase
    name: str

    @property
    def url(self) -> str:
        """For HALKHATA_DATABASE_URL."""
        known = self.of.parameters
        user = quote(str(known.get("user", "")), safe="")
        password = quote(str(known.get("password", "")), safe="")
        host = str(known.get("host", ""))
        more = {key: value for key, value in known.items() if key not in {"user", "password", "host", "port"}}
        if host.startswith("/") or not host:
            more |= {"host": host} if host else {}
            host = ""
        where = f"[{host}]" if ":" in host else host
        login = f"{user}:{password}@" if password else f"{user}@" if user else ""
        return (
            f"postgresql://{login}{where}:{known.get('port', 5432)}/{quote(self.name, safe='')}"
            f"{'?' + urlencode(more) if more else ''}"
        )

    def problems(self) -> list[str]:
        """pg_restore stops at the first thing that is wrong, constraints included: what is loaded is sound."""
        with self.of.connect(self.name) as database:
            invalid = database.execute("SELECT count(*) FROM pg_constraint WHERE NOT convalidated").fetchone()[0]
        return [f"{invalid} constraints are not valid"] if invalid else []

    def tables(self) -> dict[str, int]:
        """Rows of every table."""
        with self.of.connect(self.name) as database:
            return _tables(database)

    def file_paths(self) -> Iterator[str]:
        """Each once, with a cursor on the server."""
        with self.of.connect(self.name) as database, database.cursor(name="halkhata_paths") as cursor:
            cursor.execute(PATHS_SQL)
            for (path,) in cursor:
                yield path

    def drop(self) -> None:
        """Drop it; never the living one."""
        if self.name == self.of.name:
            return
        with self.of._lobby() as lobby:
            lobby.execute(f"DROP DATABASE IF EXISTS {quoted(self.name)}")

    def swap_steps(self, stamp: str) -> list[dict[str, Any]]:
        """One step of two renames; none when it was loaded into the empty living database."""
        if self.name == self.of.name:
            return []
        aside = self.of._beside("before", stamp)
        return [{"database": True, "staged": self.name, "living": self.of.name, "aside": aside}]


def program_for(name: str, server: int) -> str:
    """``pg_dump`` or ``pg_restore``, at least as new as the server. Raises BackupRefused with one sentence."""
    found: list[tuple[int, str]] = []
    candidates = [name, *(str(folder / name) for folder in Path("/usr/lib/postgresql").glob("*/bin"))]
    for candidate in candidates:
        try:
            said = subprocess.run([candidate, "--version"], capture_output=True, text=True, check=False).stdout  # noqa: S603
        except OSError:
            continue
        version = re.search(r"\b(\d+)(?:\.\d+|beta|rc|devel)", said)
        if version:
            found.append((int(version[1]), candidate))
    if not found:
        raise BackupRefused(
            "program_missing",
            _("The program %(name)s is missing: install the package postgresql-client-%(server)d.")
            % {"name": name, "server": server},
        )
    # The oldest that fits: archives of a newer pg_dump cannot be read by an older pg_restore.
    fit = sorted(item for item in found if item[0] >= server)
    if not fit:
        raise BackupRefused(
            "program_too_old",
            _("The program %(name)s has version %(ours)d, the server %(server)d: install postgresql-client-%(server)d.")
            % {"name": name, "ours": max(found)[0], "server": server},
        )
    return fit[0][1]


def _rename(lobby: Any, old: str, new: str) -> None:
    lobby.execute(f"ALTER DATABASE {quoted(old)} RENAME TO {quoted(new)}")


def _plain(locale: str) -> str:
    return re.sub(r"[^A-Za-z0-9_.@-]", "", locale)


def _tables(database: Any) -> dict[str, int]:
    names = [
        row[0]
        for row in database.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
    ]
    return {
        name: database.execute(f"SELECT count(*) FROM public.{quoted(name)}").fetchone()[0]  # noqa: S608
        for name in names
    }
