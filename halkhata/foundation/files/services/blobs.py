"""The folder of blobs: files named by their SHA-256 under two levels of folders."""

import os
import tempfile
from pathlib import Path

from django.conf import settings


def blob_path(path: str) -> Path:
    """Where a stored path lies on disk. Raises ValueError for one that leads out of the folder."""
    root = Path(settings.MEDIA_ROOT).resolve()
    full = (root / path).resolve()
    if root not in full.parents:
        raise ValueError("a stored path leads out of the files folder")
    return full


def write_blob(digest: str, data: bytes, *, suffix: str = "") -> str:
    """Write ``data`` under its digest with mode 0600 and flush it to the disk; what lies there already stays.

    Returns the path relative to MEDIA_ROOT. The name appears only when all bytes are on the disk.
    """
    relative = f"{digest[:2]}/{digest[2:4]}/{digest}{suffix}"
    target = blob_path(relative)
    if target.exists() and target.stat().st_size == len(data):
        return relative
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle, temporary = tempfile.mkstemp(dir=target.parent, prefix=".part-")
    try:
        with os.fdopen(handle, "wb") as stream:
            os.fchmod(stream.fileno(), 0o600)
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(temporary, target)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
    return relative
