"""Where things lie in the data folder, and who may use it at this moment."""

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings

RUNNING, BACKING_UP, JOURNAL = "running.lock", "backup.lock", "restore.json"
WORK, TRIAL, STAGING = ".backup-work-", ".trial-", ".restoring-"

# The lock of this process on the data folder: held until it ends, whatever ends it.
_held: int | None = None


def data_dir() -> Path:
    """HALKHATA_DATA_DIR."""
    return Path(settings.DATA_DIR)


def use_data(*, alone: bool = False) -> bool:
    """Say for this process's life that it uses the data; ``alone``: and that nobody else may. False: refused.

    The kernel gives the lock back when the process ends, also by kill -9. A restore needs the data for itself.
    """
    global _held
    if _held is None:
        _held = os.open(data_dir() / RUNNING, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(_held, (fcntl.LOCK_EX if alone else fcntl.LOCK_SH) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def only_backup() -> Iterator[bool]:
    """Yields whether this is the only backup at work; while it is, no stored file may be deleted."""
    with _lock(fcntl.LOCK_EX, patience=1.0) as got:
        yield got


def backup_is_running() -> bool:
    """Whether a process is making a backup now."""
    with _lock(fcntl.LOCK_SH) as got:
        return not got


@contextmanager
def _lock(kind: int, *, patience: float = 0.0) -> Iterator[bool]:
    handle = os.open(data_dir() / BACKING_UP, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    deadline = time.monotonic() + patience
    try:
        while not (got := _try_lock(handle, kind)) and time.monotonic() < deadline:
            time.sleep(0.05)  # somebody may just have looked whether a backup runs
        yield got
    finally:
        os.close(handle)


def _try_lock(handle: int, kind: int) -> bool:
    try:
        fcntl.flock(handle, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def make_folder(start: str, stamp: str) -> Path:
    """A fresh folder in the data folder for this user alone."""
    folder = data_dir() / f"{start}{stamp}-{os.getpid()}"
    folder.mkdir(mode=0o700)
    return folder


def remove_folder(folder: Path) -> None:
    """Remove it with all that is in it."""
    shutil.rmtree(folder, ignore_errors=True)


def remove_left(start: str) -> None:
    """Remove folders of that kind which a killed process has left. Call it while holding the lock of that work."""
    for left in data_dir().glob(f"{start}*"):
        remove_folder(left)


def move_once(step: dict[str, Any]) -> None:
    """``living`` goes aside, ``staged`` takes its place; again after a kill, what is done already stays done."""
    staged = Path(step["staged"]) if step["staged"] else None
    living, aside = Path(step["living"]), Path(step["aside"])
    if staged is not None and not staged.exists():
        return
    if living.exists() and not aside.exists():
        os.rename(living, aside)
    if staged is not None:
        os.rename(staged, living)
    flush_folder(living.parent)


def flush_folder(folder: Path) -> None:
    """The folder's entries are on the disk when this returns."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
