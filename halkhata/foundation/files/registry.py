"""Who may open a file: asked of the apps whose records carry files."""

from collections.abc import Callable
from typing import Any

from halkhata.foundation.core.registry import Registry

# ``guard(user, file_id)`` is True when a record that the user may see carries the file. One True is enough.
FileGuard = Callable[[Any, int], bool]

file_guards: Registry[FileGuard] = Registry("file_guards")

# ``lock(user, file_id)`` is where a user who may know of the file has to ask before seeing what is in it; "" for open.
FileLock = Callable[[Any, int], str]

file_locks: Registry[FileLock] = Registry("file_locks")


def asked_at(user: Any, file_id: int) -> str:
    """The address of the page on which the user must ask to see the file; "" when nothing has to be asked."""
    return next((where for where in (lock(user, file_id) for lock in file_locks) if where), "")


def may_open(user: Any, file_id: int) -> bool:
    """Whether any app vouches for it. A file on which no visible record hangs is nobody's."""
    return any(guard(user, file_id) for guard in file_guards)
