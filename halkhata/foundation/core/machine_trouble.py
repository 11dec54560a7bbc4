"""Tells the machine's trouble from our own mistakes: what passes by itself is answered with 503, not with 500."""

from typing import Literal

from django.db import InterfaceError, OperationalError

from halkhata.foundation.core.full_disk import is_full_disk

Trouble = Literal["disk_full", "database_away"]
# Seconds after which trying again is worth it: a database comes back at once, room on a disk is made by a person.
RETRY_AFTER: dict[Trouble, int] = {"database_away": 5, "disk_full": 60}
# SQLite calls a missing table or column an operational error as well; that is a mistake of ours.
_OUR_MISTAKE = ("no such table", "no such column", "has no column", "syntax error")


def trouble_of(error: BaseException | None) -> Trouble | None:
    """What ails the machine when ``error`` reached the top; None when the error is ours."""
    if error is None:
        return None
    if is_full_disk(error):
        return "disk_full"
    if isinstance(error, OperationalError | InterfaceError) and not any(word in str(error) for word in _OUR_MISTAKE):
        return "database_away"
    return None
