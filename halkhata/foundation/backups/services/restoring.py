"""Putting the data of an archive back.

Read and prove the archive, load it beside the living data, compare it with its papers, bring it to this version, settle
what must not happen twice: all of that beside the living data, which are touched only by the last step, a rename.
"""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.migrations.loader import MigrationLoader
from django.utils.translation import gettext_lazy as _

import halkhata
from halkhata.foundation.backups.archive.keys import Secret
from halkhata.foundation.backups.databases import Database, our_database
from halkhata.foundation.backups.errors import BackupRefused
from halkhata.foundation.backups.places import (
    JOURNAL,
    STAGING,
    data_dir,
    make_folder,
    remove_folder,
    remove_left,
    use_data,
)
from halkhata.foundation.backups.selectors.present_data import PresentData, present_data
from halkhata.foundation.backups.services.comparing import check_staged
from halkhata.foundation.backups.services.reading import ReadArchive, read_archive
from halkhata.foundation.backups.services.swapping import begin_swap
from halkhata.foundation.core.clock import now


@dataclass(frozen=True, kw_only=True)
class Restored:
    """What was put back, and where the previous data lie."""

    archive: ReadArchive
    taken_at: str
    applied: list[str]
    effects: dict[str, int]
    aside: list[str]


def restore_archive(path: Path, secret: Secret, *, force: bool = False) -> Restored:
    """Put the archive's data in the place of the present ones, which are kept aside under a name with the time.

    Raises ArchiveDamaged (nothing was overwritten) or BackupRefused: Halkhata runs, the archive is of another shop or
    of a newer version, there is no room. ``force``: also while something runs, and over another shop's data.
    """
    database = our_database()
    _make_sure_nobody_works(database, force=force)
    present = present_data(database)
    remove_left(STAGING)
    database.clean_up()
    stamp = f"{now():%Y%m%d-%H%M%S}"
    staging = make_folder(STAGING, stamp)

    def gate(header: dict[str, Any], about: dict[str, Any]) -> None:
        refuse_unfit(about, vendor=database.vendor, present=present, force=force)

    try:
        archive = read_archive(path, secret, into=staging, with_files=True, gate=gate)
        if archive.database is None:
            raise BackupRefused("no_database", _("The archive holds no database."))
        staged = database.stage(archive.database, stamp, trial=False)
        try:
            check_staged(staged, archive)
            done = _finish(staged.url, archive, staging)
            aside = begin_swap(staged, staging, stamp, secret_key=archive.secret_key)
        except BaseException:
            if not (data_dir() / JOURNAL).exists():
                staged.drop()
            raise
    except BaseException:
        # Once the journal stands, the staged data are the ones that count: the next command finishes the work.
        if not (data_dir() / JOURNAL).exists():
            remove_folder(staging)
        raise
    return Restored(
        archive=archive, taken_at=archive.manifest["taken_at"], applied=done["applied"], effects=done["effects"],
        aside=[place for place in aside if _is_there(place, database)],
    )  # fmt: skip


def refuse_unfit(about: dict[str, Any], *, vendor: str, present: PresentData, force: bool) -> None:
    """Raise BackupRefused for an archive that this install cannot take, or must not take without being told to."""
    if about["database"] != vendor:
        raise BackupRefused(
            "other_database",
            _("The archive is of %(theirs)s and this install uses %(ours)s: restoring across is not possible.")
            % {"theirs": _name(about["database"]), "ours": _name(vendor)},
        )
    unknown = sorted(set(about["migrations"]) - known_migrations())
    if unknown:
        raise BackupRefused(
            "newer_version",
            _("The archive was made by a newer version (%(version)s): install that version first, then restore.")
            % {"version": about["version"]},
        )
    if present.has_data and present.install != about["install"].replace("-", "") and not force:
        raise BackupRefused(
            "other_install",
            _("This install holds the data of another shop than the archive: to replace them, add --force."),
        )


def known_migrations() -> set[str]:
    """Every migration that this version has, also those that a squashed one stands for."""
    loader = MigrationLoader(None)
    known = {f"{app}.{name}" for app, name in loader.disk_migrations}
    for migration in loader.disk_migrations.values():
        known |= {f"{app}.{name}" for app, name in migration.replaces}
    return known


def _make_sure_nobody_works(database: Database, *, force: bool) -> None:
    alone = use_data(alone=True)
    if not force and (not alone or database.other_users()):
        raise BackupRefused(
            "still_running", _("Halkhata is running on these data: stop web, worker and scheduler first.")
        )
    if force:
        database.end_other_users()


def _finish(url: str, archive: ReadArchive, staging: Path) -> dict[str, Any]:
    """Migrate the staged database and let every app settle its rows: in a process whose only database it is."""
    facts = staging / "facts.json"
    facts.write_text(
        json.dumps(
            {"archive": archive.path.name, "sha256": archive.sha256, "taken_at": archive.manifest["taken_at"],
             "run": archive.manifest["run"], "size": archive.size}
        ),
        encoding="utf-8",
    )  # fmt: skip
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-m", "halkhata.foundation.backups.finishing", str(facts)],
        env={**os.environ, "HALKHATA_DATABASE_URL": url, "HALKHATA_DATA_DIR": str(data_dir())},
        cwd=Path(halkhata.__file__).parents[1], capture_output=True, text=True, check=False,
    )  # fmt: skip
    if done.returncode:
        last = done.stderr.strip().splitlines()[-1:] or ["no reason given"]
        raise BackupRefused(
            "not_finished",
            _("The restored data could not be brought to this version: %(why)s.") % {"why": last[0].rstrip(".")},
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def _name(vendor: str) -> str:
    return {"sqlite": "SQLite", "postgresql": "PostgreSQL"}.get(vendor, vendor)


def _is_there(place: str, database: Database) -> bool:
    return (database.vendor == "postgresql" and "/" not in place) or Path(place).exists()
