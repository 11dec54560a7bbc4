"""Making a backup while the shop goes on working.

The database first, in one snapshot; then the files its rows name. Files are written before their rows and never
changed, so all of them are there. The archive appears under its name only when it is whole and on the disk.
"""

import errno
import json
import os
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from halkhata import __version__
from halkhata.foundation.backups.archive.keys import Secret, write_key
from halkhata.foundation.backups.archive.members import ABOUT, DATABASES, FILE, SECRET_KEY, ArchiveWriter
from halkhata.foundation.backups.archive.sealing import flush_to_disk
from halkhata.foundation.backups.databases import our_database
from halkhata.foundation.backups.databases.face import Snapshot
from halkhata.foundation.backups.errors import BackupRefused
from halkhata.foundation.backups.models import BackupRun, BackupSettings
from halkhata.foundation.backups.places import (
    WORK,
    data_dir,
    flush_folder,
    make_folder,
    only_backup,
    remove_folder,
    remove_left,
)
from halkhata.foundation.backups.services.key_store import own_secret
from halkhata.foundation.backups.services.own_row import own_row
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError

ENDING = ".hkbackup"
MISSING_NAMED = 100


@dataclass(frozen=True, kw_only=True)
class MadeBackup:
    """A backup that was made."""

    run: BackupRun
    path: Path
    tables: dict[str, int]
    files: int
    missing: list[str]
    seconds: float
    new_key: str


def back_up(*, to: str = "", kind: str = BackupRun.MANUAL) -> MadeBackup:
    """Write one archive into ``to``, else into the folder of the settings. Others may read and write meanwhile.

    Raises BackupRefused: another backup is at work, the folder cannot be written, the disk is full, pg_dump is missing
    or too old, the database is damaged. Then no archive has appeared, and the run is kept with its reason.
    """
    begin = time.monotonic()
    own = own_secret()
    row = own_row()
    folder = folder_for(row, to)
    with only_backup() as alone:
        if not alone:
            raise BackupRefused("already_running", _("Another backup is being made at this moment."))
        remove_left(WORK)
        settle_interrupted()
        run = BackupRun.objects.create(kind=kind, started_at=now(), folder=str(folder))
        with _failures_are_noted(run):
            path, made = _write(run, row, folder, own.secret)
    return MadeBackup(
        run=run, path=path, seconds=time.monotonic() - begin, **made,
        new_key=write_key(own.secret.key) if own.made and own.secret.key else "",
    )  # fmt: skip


def folder_for(row: BackupSettings, to: str = "") -> Path:
    """Where archives go: ``to``, the folder of the settings, or ``backups`` in the data folder."""
    return Path(to or row.folder or data_dir() / "backups").expanduser().absolute()


def settle_interrupted() -> int:
    """Runs whose process died. Call it while holding the lock of backups. Returns how many there were."""
    return BackupRun.objects.filter(ended_at__isnull=True).update(ended_at=now(), ok=False, error="interrupted")


@contextmanager
def _failures_are_noted(run: BackupRun) -> Iterator[None]:
    try:
        yield
    except DomainError as error:
        _note_failure(run, error)
        raise
    except OSError as error:
        refused = _refusal_of(error)
        _note_failure(run, refused)
        raise refused from error


def _refusal_of(error: OSError) -> BackupRefused:
    if error.errno in {errno.ENOSPC, errno.EFBIG, errno.EDQUOT}:
        return BackupRefused("disk_full", _("The disk is full: the backup was not made, older ones are still there."))
    place = error.filename or ""
    return BackupRefused(
        "folder_unwritable",
        _("The backup could not be written (%(why)s): %(place)s.") % {"why": error.strerror or error, "place": place},
    )


def _note_failure(run: BackupRun, error: DomainError) -> None:
    with override("en"):
        words = str(error.message)
    # On a full disk the row cannot be written either; the person still gets the reason.
    with suppress(DatabaseError):
        BackupRun.objects.filter(pk=run.pk).update(ended_at=now(), ok=False, error=error.code, detail=words[:500])


def _write(run: BackupRun, row: BackupSettings, folder: Path, secret: Secret) -> tuple[Path, dict[str, Any]]:
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    at = now()
    name = f"halkhata-{at:%Y%m%d-%H%M%S}-{run.pk}{ENDING}"
    part = folder / f".{name}.part"
    _remove_parts(folder)
    work = make_folder(WORK, f"{at:%Y%m%d-%H%M%S}")
    try:
        with our_database().snapshot(work) as snapshot:
            about = _about(run, row, at, snapshot)
            with part.open("xb") as target:
                os.fchmod(target.fileno(), 0o600)
                header = {"taken_at": at.isoformat(), "install": str(row.install), "version": __version__}
                with closing(ArchiveWriter(target, secret, header=header, work=work)) as archive:
                    missing, changed = _fill(archive, about, snapshot)
                    files = archive.files
                    named = {
                        "missing": len(missing), "missing_files": missing[:MISSING_NAMED],
                        "changed": len(changed), "changed_files": changed[:MISSING_NAMED],
                    }  # fmt: skip
                    digest, size = archive.finish({**about, "ended_at": now().isoformat(), **named})
                flush_to_disk(target)
        path = folder / name
        os.rename(part, path)
        flush_folder(folder)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    finally:
        remove_folder(work)
    with transaction.atomic():
        BackupRun.objects.filter(pk=run.pk).update(
            ended_at=now(), ok=True, file_name=name, size=size, sha256=digest, files_missing=len(missing) + len(changed)
        )
        run.refresh_from_db()
    return path, {"tables": snapshot.tables, "files": files, "missing": [*missing, *changed]}


def _about(run: BackupRun, row: BackupSettings, at: datetime, snapshot: Snapshot) -> dict[str, Any]:
    return {
        "format": 1,
        "version": __version__,
        "install": str(row.install),
        "taken_at": at.isoformat(),
        "run": run.pk,
        "database": our_database().vendor,
        "server": snapshot.server,
        "migrations": snapshot.migrations,
        "tables": snapshot.tables,
    }


def _fill(archive: ArchiveWriter, about: dict[str, Any], snapshot: Snapshot) -> tuple[list[str], list[str]]:
    """All members. Returns the paths of files that are gone, and of those that are no longer what was stored."""
    archive.add_bytes(ABOUT, json.dumps(about, ensure_ascii=False, sort_keys=True).encode())
    archive.add_file(DATABASES[about["database"]], snapshot.file)
    # Without it sealed mailbox passwords and links in mails already sent are worth nothing.
    key = data_dir() / "secret_key"
    if key.exists():
        archive.add_file(SECRET_KEY, key)
    missing: list[str] = []
    changed: list[str] = []
    root = Path(settings.MEDIA_ROOT)
    with snapshot.files.open(encoding="ascii") as rows:
        for line in rows:
            path, _tab, digest = line.rstrip("\n").partition("\t")
            if not FILE.fullmatch(f"files/{path}"):
                missing.append(path)  # no path of ours: whatever lies there, it is no stored file
                continue
            try:
                found = archive.add_file(f"files/{path}", root / path)
            except FileNotFoundError:
                missing.append(path)
                continue
            if digest and found != digest:
                changed.append(path)
    return missing, changed


def _remove_parts(folder: Path) -> None:
    """What a backup that was killed has left. Only ours: we hold the lock."""
    for left in folder.glob(f".halkhata-*{ENDING}.part"):
        left.unlink(missing_ok=True)
