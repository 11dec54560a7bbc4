"""A courier's file of events, line by line (A56.21)."""

import csv
import hashlib
import io
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.models import Courier
from halkhata.engines.deliveries.parcel_choices import MessageState
from halkhata.engines.deliveries.services.inbox import take_line
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.core.errors import DomainError, PermissionRefused
from halkhata.foundation.core.text import clean_text, fold_digits

COLUMNS = ("number", "event", "at", "place", "reason", "key")
NEEDED = {"number", "event", "at"}
MOST_BYTES, MOST_LINES = 1024 * 1024, 3000


@dataclass(frozen=True)
class FileResult:
    """How many lines were taken, were known before, or wait with what is wrong."""

    taken: int
    known: int
    waiting: int


def take_file(*, actor: User, courier: Courier, content: bytes) -> FileResult:
    """Take the events of a CSV file with the columns number, event, at (and place, reason, key).

    The same file again changes nothing. A time without a zone is on the clock of the actor's branch. Raises
    PermissionRefused; DomainError ``file_too_big``, ``file_unreadable``, ``columns_missing``, ``too_many_lines``.
    """
    if not actor.may("settings.edit"):
        raise PermissionRefused("forbidden", _("Your role does not allow this."), permission="settings.edit")
    lines = _lines(content)
    zone = ZoneInfo(actor.branch.time_zone)
    taken = known = waiting = 0
    for line in lines:
        digest = hashlib.sha256("\x1f".join(line[name] for name in COLUMNS).encode()).hexdigest()[:60]
        before = courier.messages.filter(webhook_id=f"file:{digest}").exists()
        message = take_line(courier=courier, line={**line, "at": _with_zone(line["at"], zone)}, digest=digest)
        if message.state == MessageState.WAITING:
            waiting += 1
        elif before:
            known += 1
        else:
            taken += 1
    record(
        actor=actor, action="courier.file", record=courier, after={"taken": taken, "known": known, "waiting": waiting}
    )
    return FileResult(taken, known, waiting)


def _lines(content: bytes) -> list[dict[str, str]]:
    if len(content) > MOST_BYTES:
        raise DomainError("file_too_big", _("The file is larger than 1 MB."), field="file")
    try:
        text = content.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text.replace("\x00", ""), newline=""))
        names = {name: clean_text(name).lower() for name in reader.fieldnames or ()}
        rows = list(reader)
    except (UnicodeDecodeError, csv.Error) as error:
        raise DomainError("file_unreadable", _("This is no CSV file in UTF-8."), field="file") from error
    if not NEEDED.issubset(names.values()):
        raise DomainError(
            "columns_missing", _("The first line needs the columns “number”, “event” and “at”."), field="file"
        )
    if len(rows) > MOST_LINES:
        raise DomainError("too_many_lines", _("At most 3,000 lines at once."), field="file")
    found = []
    for row in rows:
        said = {called: clean_text(row.get(name) or "", max_length=200) for name, called in names.items()}
        line = {name: said.get(name, "") for name in COLUMNS}
        if any(line.values()):
            found.append(line)
    return found


def _with_zone(typed: str, zone: ZoneInfo) -> str:
    try:
        at = datetime.fromisoformat(fold_digits(typed))
        return (at if at.tzinfo else at.replace(tzinfo=zone)).isoformat()
    except (ValueError, OverflowError):
        return typed
