"""In which language a command speaks: that of --language, else that of the terminal, else English."""

import argparse
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:  # the command line starts without Django
    from halkhata.foundation.core.reader import Language

# POSIX (locale, section 8.2): the first of these that is not empty decides about messages.
_VARIABLES = ("LC_ALL", "LC_MESSAGES", "LANG")


def add_language_option(parser: argparse.ArgumentParser) -> None:
    """Give a command the option ``--language``."""
    parser.add_argument(
        "--language", choices=("bn", "en"), help="speak Bengali or English (default: as the terminal, else English)"
    )


def language_of_terminal(environ: Mapping[str, str] | None = None) -> "Language":
    """Bengali where the terminal's locale is Bengali ("bn_BD.UTF-8"), else English."""
    variables = os.environ if environ is None else environ
    locale = next((variables[name] for name in _VARIABLES if variables.get(name)), "")
    return "bn" if locale.lower().replace("-", "_").split(".")[0].split("_")[0] == "bn" else "en"


@contextmanager
def speaking(options: argparse.Namespace) -> Iterator[None]:
    """Within the block words, digits and times are those of the person at the terminal."""
    from django.utils import translation

    with translation.override(options.language or language_of_terminal()):
        yield


def local_time(at: datetime, zone: str) -> str:
    """``at`` in ``zone`` (an IANA name) to the minute, with its distance from UTC: "22 Nov 2026, 3:30 pm (UTC+6)"."""
    return f"{_minute(at, zone)} ({_distance(at, zone)})"


def local_span(begin: datetime, end: datetime, zone: str) -> str:
    """From ``begin`` to ``end`` as ``local_time`` writes them; the distance from UTC once, where it is the same."""
    if _distance(begin, zone) != _distance(end, zone):
        return f"{local_time(begin, zone)} – {local_time(end, zone)}"
    return f"{_minute(begin, zone)} – {local_time(end, zone)}"


def _minute(at: datetime, zone: str) -> str:
    from halkhata.foundation.core.formatting import format_datetime
    from halkhata.foundation.core.reader import current_reader

    reader = current_reader()
    return format_datetime(at.astimezone(ZoneInfo(zone)), language=reader.language, digits=reader.digits, style="short")


def _distance(at: datetime, zone: str) -> str:
    from halkhata.foundation.core.formatting import show_digits
    from halkhata.foundation.core.reader import current_reader

    offset = at.astimezone(ZoneInfo(zone)).utcoffset()
    seconds = int(offset.total_seconds()) if offset is not None else 0
    hours, minutes = divmod(abs(seconds) // 60, 60)
    text = "UTC"
    if hours or minutes:
        text += f"{'-' if seconds < 0 else '+'}{hours}" + (f":{minutes:02}" if minutes else "")
    return show_digits(text, digits=current_reader().digits)
