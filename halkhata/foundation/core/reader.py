"""How the person who reads this page wants to see numbers and times.

The web layer sets it for each request from the user's settings; jobs that write to a customer set the customer's. Where
nobody has set it, the active language decides.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from dataclasses import dataclass
from typing import Literal
from zoneinfo import ZoneInfo

from django.utils.translation import get_language

Language = Literal["bn", "en"]
Digits = Literal["bengali", "latin"]

DEFAULT_TIME_ZONE = "Asia/Dhaka"


@dataclass(frozen=True, slots=True)
class Reader:
    """Preferences of one reader. ``time_zone`` is an IANA name; ``digits`` may differ from the language."""

    language: Language = "en"
    digits: Digits = "latin"
    time_zone: str = DEFAULT_TIME_ZONE
    show_bangla_date: bool = False

    @property
    def zone(self) -> ZoneInfo:
        """The time zone as an object. Raises ``ZoneInfoNotFoundError`` for a name that does not exist."""
        return ZoneInfo(self.time_zone)


_current: ContextVar[Reader | None] = ContextVar("halkhata_reader", default=None)


def current_reader() -> Reader:
    """Return the reader set for this request or job, else one made from the active language."""
    reader = _current.get()
    return reader if reader is not None else default_reader()


def default_reader() -> Reader:
    """Return the reader that Django's active language suggests: Bengali with Bengali digits, or English with Latin."""
    if (get_language() or "en").split("-")[0] == "bn":
        return Reader(language="bn", digits="bengali", show_bangla_date=True)
    return Reader()


def set_reader(reader: Reader | None) -> Token[Reader | None]:
    """Set the reader of this context until it is set again; ``None`` goes back to the default."""
    return _current.set(reader)


@contextmanager
def reader_context(reader: Reader) -> Iterator[Reader]:
    """Within the block ``reader`` reads; afterwards whoever did before."""
    token = _current.set(reader)
    try:
        yield reader
    finally:
        _current.reset(token)
