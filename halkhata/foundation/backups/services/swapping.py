"""Putting restored data in the living data's place, in steps that a kill may interrupt anywhere.

Everything is checked and finished before the first step. The steps stand in a journal; each is a rename, done at most
once. Whoever finds the journal does the rest: the next command of Halkhata, whichever it is.
"""

import json
import os
from pathlib import Path
from typing import Any

from django.conf import settings

from halkhata.foundation.backups.databases import our_database
from halkhata.foundation.backups.databases.face import Staged
from halkhata.foundation.backups.places import JOURNAL, data_dir, flush_folder, move_once, remove_folder


def begin_swap(staged: Staged, staging: Path, stamp: str, *, secret_key: Path | None) -> list[str]:
    """Write the journal and do its steps. Returns where the previous data lie. Raises BackupRefused."""
    root = Path(settings.MEDIA_ROOT)
    files = staging / "files"
    files.mkdir(exist_ok=True, mode=0o700)
    steps = [*staged.swap_steps(stamp), _move(files, root, stamp)]
    living_key = data_dir() / "secret_key"
    if secret_key is not None and not (living_key.exists() and living_key.read_bytes() == secret_key.read_bytes()):
        steps.append(_move(secret_key, living_key, stamp))
    journal = data_dir() / JOURNAL
    fresh = journal.with_suffix(".new")
    with fresh.open("w", encoding="utf-8") as stream:
        json.dump({"steps": steps, "staging": str(staging)}, stream)
        stream.flush()
        os.fsync(stream.fileno())
    flush_folder(staging)
    os.rename(fresh, journal)
    flush_folder(data_dir())
    return finish_swap()


def finish_swap() -> list[str]:
    """Do what the journal says, from its first step: what is done already stays done. Returns the places set aside.

    Without a journal nothing is done and the answer is empty. Raises BackupRefused when a database is still in use.
    """
    journal = data_dir() / JOURNAL
    if not journal.exists():
        return []
    plan = json.loads(journal.read_text(encoding="utf-8"))
    for step in plan["steps"]:
        if step.get("database"):
            our_database().apply_step(step)
        else:
            move_once(step)
    journal.unlink()
    flush_folder(data_dir())
    remove_folder(Path(plan["staging"]))
    return [step["aside"] for step in plan["steps"]]


def _move(staged: Path, living: Path, stamp: str) -> dict[str, Any]:
    return {
        "staged": str(staged), "living": str(living), "aside": str(living.with_name(f"{living.name}.before-{stamp}")),
    }  # fmt: skip
