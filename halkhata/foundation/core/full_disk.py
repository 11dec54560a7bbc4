"""Knows a full disk, whoever met it first: the file system, SQLite or PostgreSQL."""

import errno

_NO_ROOM = {errno.ENOSPC, errno.EDQUOT}
# SQLite's SQLITE_FULL; PostgreSQL's class 53100 repeats what the file system said.
_WORDS = ("database or disk is full", "no space left on device")


def is_full_disk(error: BaseException) -> bool:
    """Whether ``error``, or what it came from, says that there is no room left."""
    met: BaseException | None = error
    while met is not None:
        if isinstance(met, OSError) and met.errno in _NO_ROOM:
            return True
        if any(words in str(met).lower() for words in _WORDS):
            return True
        met = met.__cause__ or met.__context__
    return False
