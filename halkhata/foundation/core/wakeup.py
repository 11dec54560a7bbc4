"""Tells waiting processes that the database has something new, without anybody polling tables.

SQLite: each process watches ``PRAGMA data_version``, which changes when another connection commits (0.02 ms a look).
PostgreSQL: LISTEN / NOTIFY on one channel.
"""

import time
from typing import Any

from django.db import connection, transaction

CHANNEL = "halkhata"


def wake_workers() -> None:
    """Tell listening workers to look now. On SQLite the commit itself is the signal."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])


def wake_after_commit() -> None:
    """The same once this transaction is there for everybody; asked for ten times, it is done once."""
    if not any(entry[1] is wake_workers for entry in connection.run_on_commit):
        transaction.on_commit(wake_workers)


class Waiter:
    """Blocks until somebody commits something, or a time limit passes. One per process."""

    def __init__(self) -> None:
        self._version: int | None = None
        self._listener: Any = None

    def wait(self, seconds: float) -> None:
        """Return as soon as there may be new work, at the latest after ``seconds``."""
        if connection.vendor == "postgresql":
            self._wait_postgresql(seconds)
        else:
            self._wait_sqlite(seconds)

    def _wait_sqlite(self, seconds: float) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            with connection.cursor() as cursor:
                version = cursor.execute("PRAGMA data_version").fetchone()[0]
            if version != self._version:
                self._version = version
                return
            time.sleep(min(0.1, max(0.0, deadline - time.monotonic())))

    def _wait_postgresql(self, seconds: float) -> None:
        import psycopg

        if self._listener is None or self._listener.closed:
            params = {
                key: value
                for key, value in connection.get_connection_params().items()
                if key in {"dbname", "user", "password", "host", "port"}
            }
            params.update(
                (key, value) for key, value in connection.settings_dict["OPTIONS"].items() if key.startswith("ssl")
            )
            # Of its own, outside the pool: a listening connection is never given back.
            try:
                self._listener = psycopg.connect(**params, autocommit=True)
                self._listener.execute(f"LISTEN {CHANNEL}")
            except psycopg.OperationalError:
                self._listener = None
                time.sleep(min(1.0, seconds))
            return
        try:
            for _notice in self._listener.notifies(timeout=seconds, stop_after=1):
                return
        except psycopg.OperationalError:
            self._listener = None
            time.sleep(min(1.0, seconds))
