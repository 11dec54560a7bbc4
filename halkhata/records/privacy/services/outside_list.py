"""What must outlive a restore, kept beside the database and in no backup: who was erased, and who said stop (F32).

One line of JSON each, only ever appended. A line names nobody: an id with the instant its row was made, or a keyed
hash.
After a restore the lines younger than the backup are applied again, before anybody uses the data.
"""

import json
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings

NAME = "privacy-list.jsonl"


def list_path() -> Path:
    """Where the list lies: in the data folder, which a restore does not replace."""
    return Path(settings.DATA_DIR) / NAME


def append_line(kind: str, at: datetime, **values: Any) -> None:
    """Add one line and have it on the disk when this returns."""
    line = json.dumps({"kind": kind, "at": at.isoformat(), **values}, sort_keys=True) + "\n"
    handle = os.open(list_path(), os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        # After a line that a power cut has torn, ours begins on a line of its own.
        os.write(handle, line.encode() if _ends_whole() else b"\n" + line.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def lines_after(moment: datetime) -> Iterator[dict[str, Any]]:
    """The lines written about acts after ``moment``, in order. A torn line is passed over."""
    try:
        text = list_path().read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return
    for line in text.splitlines():
        try:
            values = json.loads(line)
            at = datetime.fromisoformat(values["at"])
        except (ValueError, TypeError, KeyError):
            continue
        if at > moment:
            yield {**values, "at": at}


def _ends_whole() -> bool:
    try:
        with list_path().open("rb") as stream:
            stream.seek(-1, os.SEEK_END)
            return stream.read(1) == b"\n"
    except OSError:
        return True
