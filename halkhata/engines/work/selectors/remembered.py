"""What was read under a stamp of the database, remembered for as long as the stamp is the same (stamped.py)."""

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

KEPT = 4

Value = TypeVar("Value")


class RememberedByStamp(Generic[Value]):
    """The last few values of ``read``, by the stamp under which each was read.

    They are shared by threads: nobody writes into one. ``stamp`` looks the present stamp up; where there is none,
    nothing is remembered.
    """

    def __init__(self, read: Callable[[], Value], stamp: Callable[[], str | None]) -> None:
        self._read, self._stamp = read, stamp
        self._values: OrderedDict[str, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, stamp: str | None) -> Value:
        """The value under this stamp, which was looked up in the present transaction."""
        if stamp is None:
            return self._read()
        with self._lock:
            known = self._values.get(stamp)
            if known is not None:
                self._values.move_to_end(stamp)
                return known
        found = self._read()
        # Somebody may have committed an edit between the queries; then this mixture is used once and not remembered.
        if self._stamp() == stamp:
            with self._lock:
                self._values[stamp] = found
                while len(self._values) > KEPT:
                    self._values.popitem(last=False)
        return found
