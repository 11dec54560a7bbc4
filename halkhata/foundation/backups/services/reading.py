"""Reading an archive from front to end: the one way in which archives are proved, tried and put back."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.backups.archive.keys import Secret
from halkhata.foundation.backups.archive.members import DATABASES, PIECE, SECRET_KEY, ArchiveReader, Member
from halkhata.foundation.backups.errors import ArchiveDamaged, BackupRefused


@dataclass(frozen=True, kw_only=True)
class ReadArchive:
    """An archive that was read to its sealed end: every byte of it is what was written."""

    path: Path
    size: int
    sha256: str
    header: dict[str, Any]
    manifest: dict[str, Any]
    files: int
    database: Path | None
    secret_key: Path | None = None
    # Paths of the files that came out, one a line, in the order of the database's list.
    listed: Path | None = None


# Asked as soon as the archive's first paper is known, before anything big is written: may refuse by raising.
Gate = Callable[[dict[str, Any], dict[str, Any]], None]


def read_archive(
    path: Path, secret: Secret, *, into: Path | None = None, with_files: bool = False, gate: Gate | None = None
) -> ReadArchive:
    """Prove the whole archive; ``into``: write its database there (``with_files``: and its files).

    Raises ArchiveDamaged when one bit is not what was written, BackupRefused when it cannot be read or written at all.
    """
    try:
        with path.open("rb") as source:
            return _read(path, source, secret, into, with_files, gate)
    except OSError as error:
        if error.filename and Path(str(error.filename)) == path:
            raise BackupRefused(
                "archive_unreadable",
                _("The archive %(file)s cannot be read: %(why)s.") % {"file": path, "why": error.strerror},
            ) from error
        raise BackupRefused(
            "no_room", _("The archive cannot be unpacked: %(why)s.") % {"why": error.strerror or str(error)}
        ) from error


def _read(
    path: Path, source: BinaryIO, secret: Secret, into: Path | None, with_files: bool, gate: Gate | None
) -> ReadArchive:
    archive = ArchiveReader(source, secret)
    found: dict[str, Path] = {}
    files = 0
    listed = into / "unpacked.txt" if into else None
    names = listed.open("w", encoding="ascii") if listed else None
    try:
        for member in archive.members():
            if not found and not files and gate is not None:
                gate(archive.header, archive.about)
            if member.name.startswith("files/"):
                files += 1
                if names is not None:
                    names.write(member.name.removeprefix("files/") + "\n")
                if into and with_files:
                    _write_out(member, into / member.name)
            else:
                if into:
                    _write_out(member, into / member.name)
                found[member.name] = (into or Path()) / member.name
    finally:
        if names is not None:
            names.close()
    about, manifest = archive.about, archive.manifest
    if not set(DATABASES.values()) & set(found) or any(manifest.get(key) != value for key, value in about.items()):
        raise ArchiveDamaged("archive_inconsistent", _("The archive is damaged: its papers contradict each other."))
    return ReadArchive(
        path=path, size=path.stat().st_size, sha256=archive.sha256, header=archive.header, manifest=manifest,
        files=files, listed=listed,
        database=found[DATABASES[about["database"]]] if into else None,
        secret_key=found.get(SECRET_KEY) if into else None,
    )  # fmt: skip


def _write_out(member: Member, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as stream:
        while piece := member.stream.read(PIECE):
            stream.write(piece)
        stream.flush()
        # Each attachment is flushed: the swap that follows must not put names of unwritten bytes in place.
        os.fsync(stream.fileno())
