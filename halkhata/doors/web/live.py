"""Live fan-out: one watcher per process tells all open pages that something happened.

SQLite: the watcher looks at ``PRAGMA data_version``; PostgreSQL: LISTEN. However many pages are open, the process holds
one database connection for it, and pages are told only when there is a new line of work history or a new notice.
"""

import asyncio
import threading
from collections import Counter
from collections.abc import Callable

from django.db import DatabaseError, close_old_connections, connection
from django.db.models import Max

from halkhata.engines.work.models import Notification, WorkEvent
from halkhata.foundation.core.wakeup import Waiter

LOOK_AT_LEAST_EVERY = 20.0
MAX_PER_USER = 6

Stamp = tuple[int, int]


def newest() -> Stamp:
    """The last line of work history and the last notice: when neither moved, no page has anything new to show."""
    return (
        WorkEvent.objects.aggregate(last=Max("id"))["last"] or 0,
        Notification.objects.aggregate(last=Max("id"))["last"] or 0,
    )


class Fanout:
    """Wakes every subscriber of this process when ``look`` gives another answer than before."""

    def __init__(self, look: Callable[[], Stamp] = newest, waiter: Callable[[], Waiter] = Waiter) -> None:
        self._look = look
        self._waiter = waiter
        self._lock = threading.Lock()
        self._subscribers: dict[asyncio.Event, asyncio.AbstractEventLoop] = {}
        self._thread: threading.Thread | None = None

    def subscribe(self) -> asyncio.Event:
        """An event of the running loop that is set at each change. The first subscriber starts the watcher."""
        event = asyncio.Event()
        with self._lock:
            self._subscribers[event] = asyncio.get_running_loop()
            if self._thread is None:
                self._thread = threading.Thread(target=self._watch, name="live-fanout", daemon=True)
                self._thread.start()
        return event

    def unsubscribe(self, event: asyncio.Event) -> None:
        """No more news for this one; the watcher ends by itself when nobody listens."""
        with self._lock:
            self._subscribers.pop(event, None)

    def _watch(self) -> None:
        waiter, seen = self._waiter(), None
        try:
            while self._anybody():
                try:
                    stamp = self._look()
                    if seen is not None and stamp != seen:
                        self._tell()
                    seen = stamp
                    waiter.wait(LOOK_AT_LEAST_EVERY)
                except DatabaseError:
                    # A restarted server: look again with a fresh connection.
                    close_old_connections()
                    threading.Event().wait(1.0)
        finally:
            connection.close()

    def _anybody(self) -> bool:
        with self._lock:
            if not self._subscribers:
                self._thread = None
            return bool(self._subscribers)

    def _tell(self) -> None:
        with self._lock:
            listeners = list(self._subscribers.items())
        for event, loop in listeners:
            try:
                loop.call_soon_threadsafe(event.set)
            except RuntimeError:
                self.unsubscribe(event)


class Seats:
    """How many streams each person holds in this process: somebody with forty tabs gets no more than six."""

    def __init__(self, limit: int = MAX_PER_USER) -> None:
        self._limit = limit
        self._taken: Counter[int] = Counter()

    def free(self, user_id: int) -> bool:
        """Whether another stream is allowed."""
        return self._taken[user_id] < self._limit

    def take(self, user_id: int) -> None:
        """One more."""
        self._taken[user_id] += 1

    def give_back(self, user_id: int) -> None:
        """One less."""
        self._taken[user_id] -= 1
        if self._taken[user_id] <= 0:
            del self._taken[user_id]


fanout = Fanout()
seats = Seats()
