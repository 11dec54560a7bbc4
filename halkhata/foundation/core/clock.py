"""The one place that asks what time it is, so that it can be moved: by the demo's story, by tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import datetime

from django.utils import timezone

_moved: ContextVar[datetime | None] = ContextVar("moved_clock", default=None)


def now() -> datetime:
    """The present instant in UTC, with its zone."""
    return _moved.get() or timezone.now()


@contextmanager
def moved_to(moment: datetime) -> Iterator[None]:
    """Let ``now()`` answer ``moment`` inside the block, for this thread of execution only.

    The demo tells twelve months of a shop's life through the real services this way. Raises ValueError for a naive
    time.
    """
    if moment.tzinfo is None:
        raise ValueError("moment needs a time zone")
    token = _moved.set(moment)
    try:
        yield
    finally:
        _moved.reset(token)
