"""What a backup needs of a database, whichever it is."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """The database as it was at one instant: a file, and what was in it."""

    file: Path
    tables: dict[str, int]
    migrations: list[str]
    files: Path
    server: str


class Staged(Protocol):
    """A database loaded from an archive beside the living one. Nobody uses it yet."""

    @property
    def url(self) -> str:
        """For HALKHATA_DATABASE_URL."""

    def problems(self) -> list[str]:
        """What the database itself finds wrong with it: nothing, if all is well."""

    def tables(self) -> dict[str, int]:
        """Rows of every table."""

    def file_paths(self) -> Iterator[str]:
        """Paths of all stored files that its rows name, each once."""

    def drop(self) -> None:
        """Throw it away."""

    def swap_steps(self, stamp: str) -> list[dict[str, Any]]:
        """What puts it in the living one's place and that one aside, step by step (see services/swapping.py)."""


class Database(Protocol):
    """SQLite or PostgreSQL."""

    vendor: str

    def snapshot(self, folder: Path) -> AbstractContextManager[Snapshot]:
        """Write the state of this instant into ``folder`` while others go on working. Raises BackupRefused."""

    def stage(self, dump: Path, stamp: str, *, trial: bool) -> Staged:
        """Load ``dump`` beside the living database. Raises BackupRefused when that cannot be done here.

        ``trial``: it will be thrown away, so it must be a database of its own.
        """

    def apply_step(self, step: dict[str, Any]) -> None:
        """One of ``swap_steps``, again if need be: what is done already stays done."""

    def exists(self) -> bool:
        """Whether there is a living database at all."""

    def end_other_users(self) -> None:
        """Cut foreign connections, where there are such."""

    def other_users(self) -> int:
        """How many foreign connections hold the living database; 0 when that cannot be known."""

    def clean_up(self) -> None:
        """Throw away what an earlier restore that was killed has left staged."""

    def size(self) -> int:
        """Bytes of the living database."""


# Each path once, with the digest of the original; a thumbnail's own digest is not kept anywhere.
FILES_SQL = """
SELECT path, max(sha256) FROM (
  SELECT path, sha256 FROM files_storedfile UNION ALL SELECT thumbnail_path, '' FROM files_storedfile
) AS stored WHERE path <> '' GROUP BY path ORDER BY path
"""
PATHS_SQL = "SELECT path FROM files_storedfile WHERE path <> '' GROUP BY path"
MIGRATIONS_SQL = "SELECT app, name FROM django_migrations ORDER BY app, name"


def write_file_list(rows: Iterator[Any], target: Path) -> None:
    """Keep the list of files on the disk, not in memory: path, tab, digest."""
    with target.open("w", encoding="ascii") as stream:
        for path, digest in rows:
            stream.write(f"{path}\t{digest}\n")


def quoted(table: str) -> str:
    """A table's name as both databases take it."""
    return '"' + table.replace('"', '""') + '"'
