"""What a trial run has met so far in its file, to find rows that say the same twice.

Kept in a file of its own beside the data and not in the database: a million keys that nobody needs an hour later. What
is kept are digests and sounds, no numbers and names. Asking again for the same row after a kill gives the same answer.
"""

import hashlib
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

from django.conf import settings


def seen_file(run_id: int) -> Path:
    """Where the keys of this import lie."""
    return Path(settings.DATA_DIR) / "imports" / f"{run_id}.seen"


def forget_seen(run_id: int) -> None:
    """Remove them."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        Path(f"{seen_file(run_id)}{suffix}").unlink(missing_ok=True)


def first_rows(run_id: int, rows: Iterable[tuple[int, tuple[str, ...], str]]) -> dict[int, tuple[int, str]]:
    """For rows as (number, keys, sounds): the earlier row that has one of the keys, and how its name sounds.

    Rows without an earlier one are not in the answer.
    """
    path = seen_file(run_id)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    found: dict[int, tuple[int, str]] = {}
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        # A trial run that is lost with the machine is made again from its position; rows are never written twice.
        database.execute("PRAGMA synchronous = OFF")
        database.execute(
            "CREATE TABLE IF NOT EXISTS seen (key BLOB PRIMARY KEY, row INTEGER NOT NULL, sounds TEXT NOT NULL) "
            "WITHOUT ROWID"
        )
        database.execute("BEGIN IMMEDIATE")
        for number, keys, sounds in rows:
            for key in keys:
                digest = hashlib.blake2b(key.encode(), digest_size=12).digest()
                database.execute("INSERT OR IGNORE INTO seen VALUES (?, ?, ?)", (digest, number, sounds))
                first, theirs = database.execute("SELECT row, sounds FROM seen WHERE key = ?", (digest,)).fetchone()
                if first < number and (number not in found or first < found[number][0]):
                    found[number] = (first, theirs)
        database.execute("COMMIT")
    return found
