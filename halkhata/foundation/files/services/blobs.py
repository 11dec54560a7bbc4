"""The folder of blobs: files named by their SHA-256 under two levels of folders."""

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings


def blob_path(path: str) -> Path:
    """Where a stored path lies on disk. Raises ValueError for one that leads out of the folder."""
    root = Path(settings.MEDIA_ROOT).resolve()
    full = (root / path).resolve()
    if root not in full.parents:
        raise ValueError("a stored path leads out of the files folder")
    return full


@contextmanager
def blob_lock() -> Iterator[None]:
    """Between processes: looking whether bytes are there, and deleting bytes nobody uses, do not overlap."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(root / ".lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _is_there(target: Path, size: int) -> bool:
    """Whether these bytes lie there already; if so they count as new from now on (services/unused.py)."""
    with blob_lock():
        if not target.exists() or target.stat().st_size != size:
            return False
        os.utime(target)
        return True


def write_blob(digest: str, data: bytes, *, suffix: str = "") -> str:
    """Write ``data`` under its digest with mode 0600 and flush it to the disk; what lies there already stays.

    Returns the path relative to MEDIA_ROOT. The name appears only when all bytes are on the disk.
    """
    relative = f"{digest[:2]}/{digest[2:4]}/{digest}{suffix}"
    target = blob_path(relative)
    if _is_there(target, len(data)):
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
