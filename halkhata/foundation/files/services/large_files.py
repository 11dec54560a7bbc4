"""Files too large to be held in memory (lists that are imported, exports): bytes first, row afterwards, as always."""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.blobs import blob_path
from halkhata.foundation.files.services.content_types import content_type_of
from halkhata.foundation.files.services.storing import shown_name

_HEAD = 65_536


def store_chunks(*, name: str, chunks: Iterable[bytes], most: int, field: str = "file") -> StoredFile:
    """Store what ``chunks`` give, one after the other, and return its row; equal bytes lie on the disk once.

    ``most`` is in bytes. The name appears on the disk only when all bytes are there and flushed. Raises DomainError
    ``file_too_large`` or ``file_empty``.
    """
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=root, prefix=".part-")
    digest, size, head = hashlib.sha256(), 0, b""
    try:
        with os.fdopen(handle, "wb") as stream:
            os.fchmod(stream.fileno(), 0o600)
            for chunk in chunks:
                size += len(chunk)
                if size > most:
                    raise DomainError(
                        "file_too_large",
                        _("This file is too large. Divide it into several files."),
                        field=field,
                        most=most,
                    )
                if len(head) < _HEAD:
                    head += chunk[: _HEAD - len(head)]
                digest.update(chunk)
                stream.write(chunk)
            if not size:
                raise DomainError("file_empty", _("This file is empty."), field=field)
            stream.flush()
            os.fsync(stream.fileno())
        name_on_disk = digest.hexdigest()
        relative = f"{name_on_disk[:2]}/{name_on_disk[2:4]}/{name_on_disk}"
        target = blob_path(relative)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return StoredFile.objects.create(
        original_name=shown_name(name),
        content_type=content_type_of(head),
        size=size,
        sha256=name_on_disk,
        path=relative,
    )
