"""The sealed stream: AES-256-GCM in chunks, each bound to its place and to being the last or not.

This is the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár 2015) as age uses it: the nonce is the chunk's
number and a mark for the last one. A chunk that was changed, moved, doubled, cut off or added does not open. One chunk
is in memory at a time, whatever the archive's size.

    magic · length of header (4 bytes) · header (JSON) · HMAC-SHA256 of all that · chunks of 1 MiB, each with its tag
"""

import hashlib
import hmac
import io
import json
import os
import secrets
import struct
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.backups.archive import keys
from halkhata.foundation.backups.archive.keys import ArchiveKeys, Secret
from halkhata.foundation.backups.errors import ArchiveDamaged, BackupRefused

MAGIC = b"halkhata-backup/1\n"
CHUNK = 1024 * 1024
TAG = 16
SEAL = 32
MAX_HEADER = 4096


class SealingWriter(io.RawIOBase):
    """A stream that encrypts what is written to it. ``finish`` seals the end; without it nothing is complete."""

    def __init__(self, target: BinaryIO, secret: Secret, facts: dict[str, Any]) -> None:
        self._target = target
        self._digest = hashlib.sha256()
        self._buffer = bytearray()
        self._count = 0
        self.size = 0
        salt = secrets.token_bytes(32)
        header: dict[str, Any] = {**facts, "salt": salt.hex()}
        if secret.passphrase:
            header |= {"needs": "passphrase", "n": keys.SCRYPT_N}
            own = keys.keys_from_passphrase(secret.passphrase, salt, n=keys.SCRYPT_N)
        elif secret.key:
            header |= {"needs": "key", "key": keys.key_mark(secret.key)}
            own = keys.keys_from_key(secret.key, salt)
        else:
            raise ValueError("nothing to encrypt with")
        raw = json.dumps(header, sort_keys=True).encode()
        opening = MAGIC + struct.pack(">I", len(raw)) + raw
        self._put(opening + _seal(own, opening))
        self._cipher = AESGCM(own.body(opening))

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes; whole chunks go out at once."""
        view = memoryview(data).cast("B")
        self._buffer += view
        # More than a chunk and not exactly one: the last chunk must be known as such when it is sealed.
        while len(self._buffer) > CHUNK:
            self._put_chunk(bytes(self._buffer[:CHUNK]), last=False)
            del self._buffer[:CHUNK]
        return len(view)

    def finish(self) -> str:
        """Seal the end. Returns the SHA-256 of everything that was written to the target."""
        self._put_chunk(bytes(self._buffer), last=True)
        self._buffer.clear()
        return self._digest.hexdigest()

    def _put_chunk(self, plain: bytes, *, last: bool) -> None:
        self._put(self._cipher.encrypt(_nonce(self._count, last=last), plain, None))
        self._count += 1

    def _put(self, data: bytes) -> None:
        self._target.write(data)
        self._digest.update(data)
        self.size += len(data)


class UnsealingReader(io.RawIOBase):
    """A stream that gives back what was sealed. Bytes come out only after their chunk has proved right."""

    def __init__(self, source: BinaryIO, secret: Secret) -> None:
        self._source = source
        self._digest = hashlib.sha256()
        self.facts, opening, own = _open_header(self._take, secret)
        self._opening = len(opening) + SEAL
        self._cipher = AESGCM(own.body(opening))
        self._count = 0
        self._plain = b""
        self._at = 0
        self._ahead = self._take(CHUNK + TAG)
        self.complete = False

    @property
    def position(self) -> int:
        """How many bytes of the archive have proved good."""
        return self._opening + self._count * (CHUNK + TAG)

    @property
    def sha256(self) -> str:
        """The digest of the whole file, once it is ``complete``."""
        return self._digest.hexdigest()

    def readable(self) -> bool:
        """Yes."""
        return True

    def readinto(self, target: Any) -> int:
        """Fill ``target`` with proved bytes; 0 at the sealed end. Raises ArchiveDamaged."""
        while self._at >= len(self._plain):
            if self.complete:
                return 0
            self._next_chunk()
        view = memoryview(target).cast("B")
        count = min(len(view), len(self._plain) - self._at)
        view[:count] = self._plain[self._at : self._at + count]
        self._at += count
        return count

    def drain(self) -> None:
        """Prove the rest, too. Raises ArchiveDamaged."""
        while not self.complete:
            self._next_chunk()
        self._plain, self._at = b"", 0

    def _next_chunk(self) -> None:
        chunk, self._ahead = self._ahead, self._take(CHUNK + TAG)
        last = not self._ahead
        try:
            self._plain = self._cipher.decrypt(_nonce(self._count, last=last), chunk, None)
        except (InvalidTag, ValueError):
            raise self._explain(chunk, last=last) from None
        self._at = 0
        self._count += 1
        self.complete = last

    def _explain(self, chunk: bytes, *, last: bool) -> ArchiveDamaged:
        """Cut off, added to, or changed: the other mark tells."""
        at = self.position
        try:
            self._cipher.decrypt(_nonce(self._count, last=not last), chunk, None)
        except (InvalidTag, ValueError):
            if last and len(chunk) < CHUNK + TAG and not _is_whole(chunk):
                return _cut_off(at)
            return ArchiveDamaged(
                "archive_changed",
                _("The archive is damaged: between byte %(at)d and byte %(to)d it is not what was written.")
                % {"at": at, "to": at + len(chunk)},
                at=at,
            )
        if last:
            return _cut_off(at)
        return ArchiveDamaged("archive_longer", _("The archive is damaged: something was added after its end."), at=at)

    def _take(self, count: int) -> bytes:
        data = self._source.read(count)
        self._digest.update(data)
        return data


def _is_whole(chunk: bytes) -> bool:
    return len(chunk) >= TAG


def _cut_off(at: int) -> ArchiveDamaged:
    return ArchiveDamaged(
        "archive_cut_off", _("The archive is damaged: it ends near byte %(at)d, before its end.") % {"at": at}, at=at
    )


def _open_header(take: Any, secret: Secret) -> tuple[dict[str, Any], bytes, ArchiveKeys]:
    magic = take(len(MAGIC))
    if magic != MAGIC:
        if magic.startswith(b"halkhata-backup/"):
            raise BackupRefused("archive_newer_format", _("This archive was made by a newer version of Halkhata."))
        raise ArchiveDamaged("no_archive", _("This file is no backup of Halkhata, or its beginning is damaged."))
    length = take(4)
    size = struct.unpack(">I", length)[0] if len(length) == 4 else 0
    raw = take(size) if 0 < size <= MAX_HEADER else b""
    seal = take(SEAL)
    damaged = ArchiveDamaged("header_changed", _("The archive is damaged: its header is not what was written."))
    try:
        facts = json.loads(raw)
        salt = bytes.fromhex(facts["salt"])
        own = _keys_for(facts, salt, secret)
    except (ValueError, KeyError, TypeError):
        raise damaged from None
    opening = magic + length + raw
    if not hmac.compare_digest(_seal(own, opening), seal):
        if facts.get("needs") == "passphrase":
            raise ArchiveDamaged(
                "wrong_passphrase",
                _("The passphrase does not open this archive: it is another one, or the archive's header is damaged."),
            )
        raise damaged
    return facts, opening, own


def _keys_for(facts: dict[str, Any], salt: bytes, secret: Secret) -> ArchiveKeys:
    if facts["needs"] == "passphrase":
        if not secret.passphrase:
            raise BackupRefused(
                "passphrase_missing", _("This archive needs a passphrase: set HALKHATA_BACKUP_PASSPHRASE.")
            )
        return keys.keys_from_passphrase(secret.passphrase, salt, n=int(facts["n"]))
    if secret.key is None:
        raise BackupRefused(
            "key_missing",
            _("This archive needs its backup key: set HALKHATA_BACKUP_KEY, or name a file with --key-file."),
        )
    if facts["key"] != keys.key_mark(secret.key):
        raise ArchiveDamaged(
            "wrong_key",
            _("The key does not open this archive: it was made with the key marked %(mark)s, ours is marked %(ours)s.")
            % {"mark": str(facts["key"])[:8], "ours": keys.key_mark(secret.key)},
        )
    return keys.keys_from_key(secret.key, salt)


def _seal(own: ArchiveKeys, opening: bytes) -> bytes:
    return hmac.new(own.header, opening, hashlib.sha256).digest()


def _nonce(count: int, *, last: bool) -> bytes:
    return count.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


def flush_to_disk(stream: BinaryIO) -> None:
    """What was written is on the disk when this returns."""
    stream.flush()
    os.fsync(stream.fileno())
