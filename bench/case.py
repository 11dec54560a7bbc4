"""What a workload file hands to the runner."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bench.client import Answer, Request

B0, B1 = "B0", "B1"
BARE = {B0: Request("/bench-b0/"), B1: Request("/bench-b1/")}


@dataclass(frozen=True)
class Case:
    """One page or call that is measured beside B1. ``bar`` is the highest allowed ratio of the medians."""

    name: str
    requests: Sequence[Request]
    bar: float
    # Who is signed in: a name in prepare.py's cookies, or "" for a call with a key.
    who: str = "owner"
    # What is wrong with an answer, or "".
    wrong: Callable[[Answer], str] = field(default=lambda _answer: "")
    # Statements allowed per request (None: not limited by the paper).
    statements: int | None = None
    # Calls that change something are not repeated for counting.
    is_reading: bool = True


def page(*wanted: str) -> Callable[[Answer], str]:
    """A check: a whole HTML page with these words in it."""

    def wrong(answer: Answer) -> str:
        if answer.status != 200:
            return f"status {answer.status}, location {answer.headers.get('location', '-')}"
        text = answer.text
        missing = [word for word in (*wanted, "</html>") if word not in text]
        return f"without {', '.join(missing)}" if missing else ""

    return wrong


Facts = dict[str, Any]
