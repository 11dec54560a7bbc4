"""Numbers of answered requests, of all web processes together and since the install began.

Each process counts in memory and writes its sums every two seconds into a file of its own; whoever is asked for the
metrics adds the files up. So any process can answer for all, nothing is shared while a request runs, and no database is
touched. The sums of ended processes are folded into one file: a counter never goes back.
"""

import contextlib
import fcntl
import json
import os
import threading
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

# Seconds; the bars of performance.md lie at 0.3 and 1.
BUCKETS = (0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 1.0, 2.5, 5.0, 10.0)
EVERY = 2.0
# More routes than we have: whatever asks for more gets one common line.
MAX_SERIES = 2000
GONE = "ended.json"

Series = dict[str, list[float]]


class RequestCounters:
    """One process's sums. A series is ``route + tab + class``: count per bucket, above the last one, sum of seconds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._sums: Series = {}
        self._writer: threading.Thread | None = None
        self._pid = 0
        self._changed = False

    def note(self, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        place = next((index for index, edge in enumerate(BUCKETS) if seconds <= edge), len(BUCKETS))
        with self._lock:
            self._begin_in_this_process()
            key = f"{route}\t{status // 100}xx"
            if key not in self._sums and len(self._sums) >= MAX_SERIES:
                key = f"(others)\t{status // 100}xx"
            row = self._sums.setdefault(key, [0.0] * (len(BUCKETS) + 2))
            row[place] += 1
            row[-1] += seconds
            self._changed = True

    def total(self) -> Series:
        """The sums of all processes, this one's to the last request, others' at most two seconds old."""
        self.write()
        total: Series = {}
        with _locked(fold=True) as folder:
            for file in folder.glob("*.json"):
                _add(total, _load(file))
        return total

    def write(self) -> None:
        """Put this process's sums on the disk, if they changed."""
        with self._lock:
            if not self._changed or self._pid != os.getpid():
                return
            text = json.dumps(self._sums)
            self._changed = False
        with contextlib.suppress(OSError), _locked() as folder:
            _save(folder / f"{os.getpid()}-{_born(os.getpid())}.json", text)

    def _begin_in_this_process(self) -> None:
        # A forked child has its parent's sums in memory: they are the parent's to report.
        if self._pid == os.getpid():
            return
        self._pid = os.getpid()
        self._sums = {}
        self._writer = threading.Thread(target=self._keep_writing, name="request-counters", daemon=True)
        self._writer.start()

    def _keep_writing(self) -> None:
        pause = threading.Event()
        while not pause.wait(EVERY):
            self.write()


request_counters = RequestCounters()


@contextlib.contextmanager
def _locked(*, fold: bool = False) -> Iterator[Path]:
    folder = Path(settings.DATA_DIR) / "metrics"
    folder.mkdir(mode=0o700, exist_ok=True)
    handle = os.open(folder / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        if fold:
            _fold_ended(folder)
        yield folder
    finally:
        os.close(handle)


def _fold_ended(folder: Path) -> None:
    """Add the files of processes that are no more to the common one."""
    ended = [file for file in folder.glob("*-*.json") if not _lives(file.stem)]
    if not ended:
        return
    total = _load(folder / GONE)
    for file in ended:
        _add(total, _load(file))
    _save(folder / GONE, json.dumps(total))
    # Killed between the two, the sums would count twice once: a figure a little too high, never lost data.
    for file in ended:
        file.unlink(missing_ok=True)


def _lives(name: str) -> bool:
    pid, _dash, born = name.partition("-")
    return pid.isdigit() and _born(int(pid)) == born


def _born(pid: int) -> str:
    """When the process began, in ticks since boot: a process id alone comes back. "" when there is none."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[19]
    except (OSError, IndexError):
        return "" if Path("/proc/self").exists() or not _answers_signal(pid) else "0"


def _answers_signal(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _load(file: Path) -> Series:
    try:
        found = json.loads(file.read_text())
    except (OSError, ValueError):
        return {}
    wide = len(BUCKETS) + 2
    return {key: row for key, row in found.items() if isinstance(row, list) and len(row) == wide}


def _add(total: Series, more: Series) -> None:
    for key, row in more.items():
        into = total.setdefault(key, [0.0] * len(row))
        for index, value in enumerate(row):
            into[index] += value


def _save(file: Path, text: str) -> None:
    fresh = file.with_suffix(f".tmp{os.getpid()}")
    fresh.write_text(text)
    os.chmod(fresh, 0o600)
    os.replace(fresh, file)
