"""Django's SQLite backend with a fair queue for writers.

SQLite's own busy handler is not fair: an importer that writes back to back starves web requests for ten seconds. A
kernel-queued ``flock`` on a side file around each outermost write transaction lets every writer have its turn
(docs/adr/0004). Reads outside transactions need no lock.
"""

import fcntl
import os
from typing import Any

from django.db.backends.sqlite3 import base


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

    def _start_transaction_under_autocommit(self) -> None:
        self._enter_queue()
        try:
            super()._start_transaction_under_autocommit()
        except BaseException:
            self._leave_queue()
            raise

    def _commit(self) -> None:
        try:
            super()._commit()
        finally:
            self._leave_queue()

    def _rollback(self) -> None:
        try:
            super()._rollback()
        finally:
            self._leave_queue()

    def _close(self) -> None:
        try:
            super()._close()
        finally:
            self._leave_queue()
