"""Collects the built styles, scripts and fonts into the data folder, when they changed."""

import hashlib
import os
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

_STAMP = ".collected"


def sources_fingerprint() -> str:
    """One hash over names, sizes and times of all source files: quick, and different after each build."""
    total = hashlib.sha256(settings.STATIC_URL.encode())
    for finder in get_finders():
        for name, storage in finder.list([]):
            state = os.stat(storage.path(name))
            total.update(f"{name}\0{state.st_size}\0{state.st_mtime_ns}\n".encode())
    return total.hexdigest()


def is_collected() -> bool:
    """Whether the collected files are those of the present sources."""
    stamp = Path(settings.STATIC_ROOT) / _STAMP
    return stamp.is_file() and stamp.read_text() == sources_fingerprint()


def collect_if_changed() -> bool:
    """Collect when a source changed since the last time. Returns whether it did."""
    if is_collected():
        return False
    fingerprint = sources_fingerprint()
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    (Path(settings.STATIC_ROOT) / _STAMP).write_text(fingerprint)
    return True
