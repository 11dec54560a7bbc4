"""Django's SQLite backend with a fair queue for writers.

SQLite's own busy handler is not fair: an importer that writes back to back starves web requests for ten seconds. A
kernel-queued ``flock`` on a side file around each outermost write transaction lets every writer have its turn
(docs/adr/0004). A single statement that writes outside a transaction queues as well; reads need no lock.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db.backends.sqlite3 import base

_WRITES = ("INSERT", "UPDATE", "DELETE", "REPLACE")


class QueueingCursor(base.SQLiteCursorWrapper):
    """A cursor whose writing statements wait for their turn when no transaction does it for them."""

    def __init__(self, connection: Any, wrapper: "DatabaseWrapper") -> None:
        super().__init__(connection)
        self._wrapper = wrapper

    def execute(self, query: str, params: Any = None) -> Any:
        """Run one statement."""
        with self._wrapper.turn_to_write(query):
            return super().execute(query, params)

    def executemany(self, query: str, param_list: Any) -> Any:
        """Run one statement for each set of parameters."""
        with self._wrapper.turn_to_write(query):
            return super().executemany(query, param_list)


class DatabaseWrapper(base.DatabaseWrapper):
    """SQLite connection whose ``atomic`` blocks queue on a side file before ``BEGIN IMMEDIATE``."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._queue_fd: int | None = None

    def _queue_file(self) -> str | None:
        name = str(self.settings_dict["NAME"])
        if ":memory:" in name or "mode=memory" in name:
            return None
        return f"{name}-queue"

    def _enter_queue(self) -> None:
        file = self._queue_file()
        if file is None or self._queue_fd is not None:
            return
        fd = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        fcntl.flock(fd, fcntl.LOCK_EX)
        self._queue_fd = fd

    def _leave_queue(self) -> None:
        if self._queue_fd is not None:
            # Closing the descriptor releases the lock; the kernel does the same when the process is killed.
            os.close(self._queue_fd)
            self._queue_fd = None

    def create_cursor(self, name: str | None = None) -> Any:
        """A cursor that queues."""
        return self.connection.cursor(factory=lambda connection: QueueingCursor(connection, self))

    @contextmanager
    def turn_to_write(self, query: str) -> Iterator[None]:
        """Hold the queue for one statement that commits by itself; nothing for a read or inside a transaction."""
        if self._queue_fd is not None or self.connection.in_transaction or not query.lstrip().startswith(_WRITES):
            yield
            return
        self._enter_queue()
        try:
            yield
        finally:
            self._leave_queue()

    # Django's private hooks, which the type stubs leave out: hence the four marks for mypy.
    def _start_transaction_under_autocommit(self) -> None:
        self._enter_queue()
        try:
            super()._start_transaction_under_autocommit()  # type: ignore[misc]
        except BaseException:
            self._leave_queue()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]
        finally:
            self._leave_queue()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]
        finally:
            self._leave_queue()

    def _close(self) -> None:
        try:
            super()._close()  # type: ignore[misc]
        finally:
            self._leave_queue()
