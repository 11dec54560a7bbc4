"""SQLite: the online backup interface for the snapshot, a rename for the swap."""

import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

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
from halkhata.foundation.backups.places import move_once

SIDE_FILES = ("-wal", "-shm")
# What our own backend keeps beside a database, for the queue of writers.
ALL_SIDE_FILES = (*SIDE_FILES, "-queue")


class SqliteDatabase:
    """The embedded database: one file, and its log beside it."""

    vendor = "sqlite"

    def __init__(self, values: dict[str, Any]) -> None:
        self.file = Path(str(values["NAME"]))

    @contextmanager
    def snapshot(self, folder: Path) -> Iterator[Snapshot]:
        """Copy all pages in one read transaction: in WAL mode writers go on and the copy does not see them."""
        target = folder / "database.sqlite3"
        with closing(sqlite3.connect(self.file, timeout=30)) as living, closing(sqlite3.connect(target)) as copy:
            living.execute("PRAGMA query_only = ON")
            try:
                # All pages in one step: in several, every foreign write would make SQLite begin anew.
                living.backup(copy, pages=-1)
            except sqlite3.OperationalError as error:
                raise _copy_refusal(error) from error
            copy.execute("PRAGMA journal_mode = DELETE").fetchone()
            found = _problems(copy, "quick_check")
            if found:
                raise BackupRefused(
                    "database_damaged",
                    _("The database itself is damaged: %(found)s. Older backups are still there.")
                    % {"found": found[0]},
                )
            write_file_list(copy.execute(FILES_SQL), folder / "files.tsv")
            facts = Snapshot(
                file=target,
                tables=_tables(copy),
                migrations=[f"{app}.{name}" for app, name in copy.execute(MIGRATIONS_SQL)],
                files=folder / "files.tsv",
                server=sqlite3.sqlite_version,
            )
        os.chmod(target, 0o600)
        yield facts

    def stage(self, dump: Path, stamp: str, *, trial: bool) -> "StagedFile":
        """The file itself, beside the living one; for a trial it stays where it is."""
        if trial:
            return StagedFile(dump, self.file)
        staged = self.file.with_name(f"{self.file.name}.restoring-{stamp}")
        shutil.move(dump, staged)
        os.chmod(staged, 0o600)
        return StagedFile(staged, self.file)

    def apply_step(self, step: dict[str, Any]) -> None:
        """Log and living file go aside, the staged file takes the place. Without a staged file it is done already."""
        staged = Path(step["staged"])
        if not staged.exists():
            return
        if self.file.exists():
            _settle_log(self.file)
        # A log that lay beside another database than its own would be poison.
        for end in SIDE_FILES:
            move_once({"staged": None, "living": f"{step['living']}{end}", "aside": f"{step['aside']}{end}"})
        move_once(step)

    def exists(self) -> bool:
        """Whether the file is there."""
        return self.file.exists()

    def end_other_users(self) -> None:
        """A file's readers cannot be cut off; they keep the old file, which lies aside."""

    def other_users(self) -> int:
        """Not to be known from a file: the running processes of this machine hold a lock instead."""
        return 0

    def clean_up(self) -> None:
        """Remove staged files."""
        for left in self.file.parent.glob(f"{self.file.name}.restoring-*"):
            left.unlink(missing_ok=True)

    def size(self) -> int:
        """File and log."""
        files = [self.file, *(Path(f"{self.file}{end}") for end in SIDE_FILES)]
        return sum(file.stat().st_size for file in files if file.exists())


@dataclass
class StagedFile:
    """A database file that nobody uses yet."""

    file: Path
    living: Path

    @property
    def url(self) -> str:
        """For HALKHATA_DATABASE_URL."""
        return f"sqlite:///{self.file.absolute()}"

    def problems(self) -> list[str]:
        """Structure and references."""
        try:
            with closing(sqlite3.connect(self.file)) as database:
                found = _problems(database, "integrity_check")
                found += [f"{row[0]}: a row points at nothing" for row in database.execute("PRAGMA foreign_key_check")]
        except sqlite3.DatabaseError as error:
            return [str(error)]
        return found

    def tables(self) -> dict[str, int]:
        """Rows of every table."""
        with closing(sqlite3.connect(self.file)) as database:
            return _tables(database)

    def file_paths(self) -> Iterator[str]:
        """Each once."""
        with closing(sqlite3.connect(self.file)) as database:
            for (path,) in database.execute(PATHS_SQL):
                yield path

    def drop(self) -> None:
        """Remove the file."""
        for end in ("", *ALL_SIDE_FILES):
            Path(f"{self.file}{end}").unlink(missing_ok=True)

    def swap_steps(self, stamp: str) -> list[dict[str, Any]]:
        """One step: see ``apply_step``."""
        _settle_log(self.file)
        Path(f"{self.file}-queue").unlink(missing_ok=True)
        aside = f"{self.living}.before-{stamp}"
        return [{"database": True, "staged": str(self.file), "living": str(self.living), "aside": aside}]


def _settle_log(file: Path) -> None:
    """Let the file take in its log, so that the file alone is the whole database."""
    try:
        with closing(sqlite3.connect(file, timeout=5)) as database:
            database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError:
        return  # a broken database is put aside as it is, with its log


def _copy_refusal(error: sqlite3.OperationalError) -> BackupRefused:
    if "full" in str(error) or "disk I/O" in str(error):
        return BackupRefused("disk_full", _("The disk is full: the backup was not made, older ones are still there."))
    return BackupRefused("database_away", _("The database cannot be read: %(said)s.") % {"said": error})


def _problems(database: sqlite3.Connection, check: str) -> list[str]:
    rows = [row[0] for row in database.execute(f"PRAGMA {check}(10)")]
    return [] if rows == ["ok"] else [str(row) for row in rows]


def _tables(database: sqlite3.Connection) -> dict[str, int]:
    names = [
        row[0]
        for row in database.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' "
            "ORDER BY name"
        )
    ]
    return {name: database.execute(f"SELECT count(*) FROM {quoted(name)}").fetchone()[0] for name in names}  # noqa: S608
