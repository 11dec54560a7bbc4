"""Bytes on disk, rows in the database: the bytes first, so that a row never points at nothing."""

import hashlib
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.jobs.backend import enqueue_once
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.blobs import blob_path, write_blob
from halkhata.foundation.files.services.content_types import SAFE_IMAGES, content_type_of
from halkhata.foundation.files.services.images import is_sound_image
from halkhata.foundation.files.services.thumbnails import make_thumbnail_of

MAX_SIZE = 40 * 1024 * 1024


def store_file(*, name: str, data: bytes, created_at: datetime | None = None, is_demo: bool = False) -> StoredFile:
    """Store an attachment and return its row. Equal bytes lie on disk once, whatever their names.

    The bytes are written and flushed before the row is; a crash in between leaves bytes without a row, never a row
    without bytes. Raises DomainError ``file_too_large`` (above 40 MB) or ``file_empty``.
    """
    if len(data) > MAX_SIZE:
        raise DomainError("file_too_large", _("This file is too large: 40 MB at most."), field="files", size=len(data))
    if not data:
        raise DomainError("file_empty", _("This file is empty."), field="files")
    digest = hashlib.sha256(data).hexdigest()
    path = write_blob(digest, data)
    content_type = content_type_of(data)
    is_image = content_type in SAFE_IMAGES and is_sound_image(data)
    with transaction.atomic():
        file = StoredFile.objects.create(
            original_name=shown_name(name),
            content_type=content_type,
            size=len(data),
            sha256=digest,
            path=path,
            is_image=is_image,
            is_demo=is_demo,
        )
        if created_at is not None:
            StoredFile.objects.filter(pk=file.pk).update(created_at=created_at)
            file.created_at = created_at
        if is_image:
            enqueue_once(make_thumbnail_of, f"thumbnail:{file.pk}", file.pk)
    return file


def read_file(file: StoredFile) -> bytes:
    """The bytes. Raises NotFound when they are gone or no longer those that were stored."""
    try:
        data = blob_path(file.path).read_bytes()
    except OSError:
        raise NotFound("file_gone", _("This file is no longer on the disk.")) from None
    if hashlib.sha256(data).hexdigest() != file.sha256:
        raise NotFound("file_damaged", _("This file is damaged on the disk."))
    return data


def shown_name(name: str) -> str:
    """The name as it may be shown and offered for download: the last part, without path, controls or dots in front."""
    last = clean_text(name.replace("\\", "/").rpartition("/")[2], max_length=200).lstrip(". ")
    last = "".join("_" if letter in '<>:"|?*' else letter for letter in last)
    return last or "file"
