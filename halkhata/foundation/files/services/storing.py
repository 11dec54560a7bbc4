"""Keeping an attachment: type told from the bytes, path generated, bytes stored once."""

import hashlib
import os
from datetime import datetime
from pathlib import Path

import filetype
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile

MAX_BYTES = 40 * 1024 * 1024
_IMAGES = {"image/png", "image/jpeg", "image/gif", "image/webp"}


def store_file(*, name: str, data: bytes, created_at: datetime | None = None, is_demo: bool = False) -> StoredFile:
    """Keep ``data`` and return its row. Raises DomainError when it is larger than 40 MB.

    The bytes are written and synced before the row exists; a rollback leaves at most an unreferenced file behind.
    """
    if len(data) > MAX_BYTES:
        raise DomainError("file_too_large", _("The file is larger than 40 MB."), field="file")
    digest = hashlib.sha256(data).hexdigest()
    path = f"{digest[:2]}/{digest[2:4]}/{digest}"
    _write(Path(settings.MEDIA_ROOT) / path, data)
    kind = filetype.guess(data)
    content_type = kind.mime if kind else "application/octet-stream"
    row = StoredFile.objects.create(
        original_name=clean_text(name, max_length=255) or "file",
        content_type=content_type,
        size=len(data),
        sha256=digest,
        path=path,
        is_image=content_type in _IMAGES,
        is_demo=is_demo,
    )
    if created_at is not None:
        StoredFile.objects.filter(pk=row.pk).update(created_at=created_at)
        row.created_at = created_at
    return row


def read_file(stored: StoredFile) -> bytes:
    """The bytes of a stored file. Raises FileNotFoundError when the data folder lost it."""
    return (Path(settings.MEDIA_ROOT) / stored.path).read_bytes()


def _write(file: Path, data: bytes) -> None:
    if file.exists() and file.stat().st_size == len(data):
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    partial = file.with_name(f"{file.name}.{os.getpid()}.part")
    with open(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    partial.replace(file)
