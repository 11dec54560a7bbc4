"""What lies in an archive: a tar stream of members, their list, and at the end a manifest that seals the list.

about.json · database.* · secret_key · files/… · members.tsv · manifest.json
"""

import gzip
import hashlib
import io
import json
import re
import tarfile
import tempfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.backups.archive.keys import Secret
from halkhata.foundation.backups.archive.sealing import SealingWriter, UnsealingReader
from halkhata.foundation.backups.errors import ArchiveDamaged

ABOUT, MEMBERS, MANIFEST, SECRET_KEY = "about.json", "members.tsv", "manifest.json", "secret_key"
DATABASES = {"sqlite": "database.sqlite3", "postgresql": "database.pgdump"}
FILE = re.compile(r"files/[0-9a-f]{2}/[0-9a-f]{2}/[0-9a-f]{64}(?:\.webp)?")
PIECE = 1024 * 1024
# Compression is there for the database, which shrinks to a fifth; level 1 costs the least time.
LEVEL = 1


class ArchiveWriter:
    """Writes members one after another. Nothing is complete before ``finish``."""

    def __init__(self, target: BinaryIO, secret: Secret, *, header: dict[str, Any], work: Path) -> None:
        self._seal = SealingWriter(target, secret, header)
        self._zip = gzip.GzipFile(filename="", mode="wb", fileobj=self._seal, compresslevel=LEVEL, mtime=0)
        self._tar = tarfile.open(mode="w|", fileobj=self._zip, bufsize=PIECE, format=tarfile.PAX_FORMAT)  # noqa: SIM115
        self._list = tempfile.TemporaryFile(dir=work)  # noqa: SIM115
        self._digest = hashlib.sha256()
        self.count = self.files = 0

    def add_bytes(self, name: str, data: bytes) -> None:
        """One small member."""
        self._add(name, io.BytesIO(data), len(data))

    def add_file(self, name: str, path: Path) -> str:
        """One member from the disk, in pieces. Returns its SHA-256. Raises OSError when it cannot be read whole."""
        with path.open("rb") as stream:
            return self._add(name, stream, path.stat().st_size)

    def _add(self, name: str, stream: BinaryIO, size: int) -> str:
        hashing = _HashingReader(stream)
        entry = tarfile.TarInfo(name)
        entry.size = size
        entry.mode = 0o600
        self._tar.addfile(entry, hashing)
        # tarfile keeps every entry it has seen: memory that grows with the number of attachments.
        self._tar.members = []  # type: ignore[attr-defined]
        line = f"{name}\t{size}\t{hashing.sha256}\n".encode()
        self._list.write(line)
        self._digest.update(line)
        self.count += 1
        self.files += name.startswith("files/")
        return hashing.sha256

    def finish(self, facts: dict[str, Any]) -> tuple[str, int]:
        """Write the list and the manifest with ``facts``, and seal. Returns SHA-256 and size of the whole archive."""
        seal_of_list = self._digest.hexdigest()
        size = self._list.tell()
        self._list.seek(0)
        entry = tarfile.TarInfo(MEMBERS)
        entry.size, entry.mode = size, 0o600
        self._tar.addfile(entry, self._list)
        manifest = {**facts, "members": self.count, "members_sha256": seal_of_list}
        raw = json.dumps(manifest, ensure_ascii=False, sort_keys=True, indent=1).encode()
        entry = tarfile.TarInfo(MANIFEST)
        entry.size, entry.mode = len(raw), 0o600
        self._tar.addfile(entry, io.BytesIO(raw))
        self._tar.close()
        self._zip.close()
        digest = self._seal.finish()
        return digest, self._seal.size

    def close(self) -> None:
        """Give the temporary list back; of an archive that was given up, nothing more is written."""
        self._list.close()
        # Otherwise tarfile writes its end, and complains, when the half archive is collected.
        self._tar.fileobj.closed = True  # type: ignore[attr-defined]


@dataclass
class Member:
    """One member while it is being read. ``stream`` gives proved bytes; what nobody reads is skipped."""

    name: str
    size: int
    stream: BinaryIO


class ArchiveReader:
    """Reads an archive from front to end, once. ``manifest`` and ``sha256`` are there after the last member."""

    def __init__(self, source: BinaryIO, secret: Secret) -> None:
        self._seal = UnsealingReader(source, secret)
        self.header = self._seal.facts
        self.about: dict[str, Any] = {}
        self.manifest: dict[str, Any] = {}
        self.sha256 = ""
        self._member = ""

    def members(self) -> Iterator[Member]:
        """Every member but the archive's own papers. Raises ArchiveDamaged, naming the part."""
        try:
            yield from self._walk()
        except ArchiveDamaged as error:
            error.data.setdefault("member", self._member)
            raise
        except (tarfile.TarError, zlib.error, EOFError, gzip.BadGzipFile, UnicodeError) as error:
            raise self._wrong(str(error)) from error

    def _walk(self) -> Iterator[Member]:
        lines = hashlib.sha256()
        count = 0
        listed = ""
        with (
            gzip.GzipFile(fileobj=io.BufferedReader(self._seal, PIECE), mode="rb") as plain,
            tarfile.open(mode="r|", fileobj=plain, bufsize=PIECE) as tar,
        ):
            for entry in tar:
                tar.members = []  # type: ignore[attr-defined]
                self._member = entry.name
                stream = self._opened(tar, entry)
                if entry.name == MANIFEST:
                    self.manifest = json.loads(stream.read())
                elif entry.name == MEMBERS:
                    listed = _digest_of(stream)
                else:
                    hashing = _HashingReader(stream)
                    if entry.name == ABOUT:
                        self.about = json.loads(hashing.read())
                    else:
                        yield Member(entry.name, entry.size, hashing)  # type: ignore[arg-type]
                    hashing.skip_rest()
                    lines.update(f"{entry.name}\t{entry.size}\t{hashing.sha256}\n".encode())
                    count += 1
            while plain.read(PIECE):
                pass
        self._seal.drain()
        if not self.manifest or listed != lines.hexdigest() or self.manifest["members_sha256"] != listed:
            raise self._wrong("the list of members does not fit")
        if self.manifest["members"] != count:
            raise self._wrong("the number of members does not fit")
        self.sha256 = self._seal.sha256

    def _opened(self, tar: tarfile.TarFile, entry: tarfile.TarInfo) -> BinaryIO:
        known = {ABOUT, MEMBERS, MANIFEST, SECRET_KEY, *DATABASES.values()}
        # Whoever has the key could still write a path that leads out of the folder: names are a closed list.
        if not entry.isreg() or not (entry.name in known or FILE.fullmatch(entry.name)):
            raise self._wrong("a member has a name that none of ours has")
        stream = tar.extractfile(entry)
        if stream is None:
            raise self._wrong("a member cannot be read")
        return stream  # type: ignore[return-value]

    def _wrong(self, why: str) -> ArchiveDamaged:
        return ArchiveDamaged(
            "archive_inconsistent",
            _("The archive is damaged at its part %(part)s: %(why)s.") % {"part": self._member or "-", "why": why},
            member=self._member,
        )


class _HashingReader:
    """Passes bytes on and keeps their digest."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()

    def read(self, count: int = -1) -> bytes:
        """Up to ``count`` bytes."""
        data = self._stream.read(count)
        self._digest.update(data)
        return data

    def skip_rest(self) -> None:
        """Read to the end."""
        while self.read(PIECE):
            pass

    @property
    def sha256(self) -> str:
        """Of all that was read."""
        return self._digest.hexdigest()


def _digest_of(stream: BinaryIO) -> str:
    hashing = _HashingReader(stream)
    hashing.skip_rest()
    return hashing.sha256
