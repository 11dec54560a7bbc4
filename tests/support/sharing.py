"""How the processes of pytest-xdist share the tests: a file stays together, and long ones begin first.

A file's own fixtures (the demo loaded once, a running shop) are then made once and not in every process.
"""

from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

# The journeys look at one running demo shop: together they start it once.
TOGETHER = ("tests/journeys/",)
# Tests with these start programs or wait for them; left to the end they would keep one core busy and one idle.
LONG = {
    "browser", "dovecot", "live_app", "live_demo_app", "loaded", "make_app", "new_install", "postgres_url",
    "smtp_server", "start_process", "transactional_db", "worker_process",
}  # fmt: skip


class ByFile(LoadScopeScheduling):
    """Hands out whole files in the order in which they were collected."""

    def __init__(self, config: pytest.Config, log: Any = None) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        return next((folder for folder in TOGETHER if file.startswith(folder)), file)


def long_files_first(items: list[pytest.Item]) -> None:
    """Sort so that files with a long test come first, journeys before all; within a file nothing changes."""
    long = {str(item.path) for item in items if _is_long(item)}

    def turn(item: pytest.Item) -> int:
        if item.nodeid.startswith(TOGETHER):
            return 0
        return 1 if str(item.path) in long else 2

    items.sort(key=turn)


def _is_long(item: pytest.Item) -> bool:
    marker = item.get_closest_marker("django_db")
    in_transactions = marker is not None and bool(marker.kwargs.get("transaction"))
    return in_transactions or bool(LONG & set(getattr(item, "fixturenames", ())))
