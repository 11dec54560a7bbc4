"""Invented shops to look around in: loaded into an empty install, removed without a trace (stories.md E2)."""

from datetime import datetime
from typing import Any


def load_demo(now: datetime | None = None) -> dict[str, Any]:
    """Load the demo; see ``loading.load_demo``."""
    from halkhata.doors.cli.demo_data.loading import load_demo as load

    return load(now)


def clear_demo() -> dict[str, Any]:
    """Remove the demo; see ``clearing.clear_demo``."""
    from halkhata.doors.cli.demo_data.clearing import clear_demo as clear

    return clear()


def demo_sign_ins() -> list[dict[str, str]]:
    """Who may sign in to the demo; see ``sign_ins.demo_sign_ins``."""
    from halkhata.doors.cli.demo_data.sign_ins import demo_sign_ins as entries

    return entries()
