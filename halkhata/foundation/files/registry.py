"""Who may open a file: asked of the apps whose records carry files."""

from collections.abc import Callable
from typing import Any

from halkhata.foundation.core.registry import Registry

# ``guard(user, file_id)`` is True when a record that the user may see carries the file. One True is enough.
FileGuard = Callable[[Any, int], bool]

file_guards: Registry[FileGuard] = Registry("file_guards")


def may_open(user: Any, file_id: int) -> bool:
    """Whether any app vouches for it. A file on which no visible record hangs is nobody's."""
    return any(guard(user, file_id) for guard in file_guards)
