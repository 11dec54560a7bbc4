"""What an erasure leaves outside its transaction: bytes of files, lines of the log, free space of the database."""

import contextlib
import mmap
import time
from collections.abc import Collection
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import connection
from django.db.models import Q

from halkhata.foundation.core.trigrams import forget_deleted_everywhere
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.blobs import blob_lock, blob_path

_FILL = b"#"


def drop_bytes(paths: Collection[str]) -> int:
    """Delete the bytes under these paths unless a row still names them. Returns how many files went."""
    gone = 0
    for path in paths:
        with blob_lock():
            if StoredFile.objects.filter(Q(path=path) | Q(thumbnail_path=path)).exists():
                continue
            full = blob_path(path)
            if full.exists():
                full.unlink()
                gone += 1
    return gone


def scrub_logs(needles: Collection[str]) -> int:
    """Write over these words in the product's log files, in place and in the same length. Returns how many were found.

    In place, because several processes have the file open and go on writing at its end.
    """
    found = 0
    words = [needle.encode() for needle in needles if needle]
    for path in sorted(Path(settings.DATA_DIR).glob("halkhata.log*")):
        with contextlib.suppress(OSError, ValueError), path.open("r+b") as stream:
            if path.stat().st_size == 0:
                continue
            with mmap.mmap(stream.fileno(), 0) as text:
                for word in words:
                    place = text.find(word)
                    while place != -1:
                        text[place : place + len(word)] = _FILL * len(word)
                        found += 1
                        place = text.find(word, place + len(word))
                text.flush()
    return found


def clear_free_space(labels: Collection[str]) -> None:
    """Old versions of rows leave the disk: SQLite's write-ahead log is emptied, PostgreSQL vacuums the tables.

    Does nothing inside a transaction. Raises OSError while others still read old versions: the job comes again.
    """
    if connection.in_atomic_block:
        return
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            # The search index marks entries as deleted and keeps them until it is tidied.
            forget_deleted_everywhere()
            for pause in (0.0, 0.2, 1.0, 3.0):
                time.sleep(pause)
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                if not cursor.fetchone()[0]:
                    return
            raise OSError("the write-ahead log is in use: it is emptied later")
        for label in labels:
            # Steps of an erasure count under names of their own.
            with contextlib.suppress(LookupError, ValueError):
                table = apps.get_model(label)._meta.db_table
                cursor.execute(f"VACUUM {connection.ops.quote_name(table)}")
