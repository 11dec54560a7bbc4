"""The settings of the backups, and one begun by hand."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

import halkhata
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import record
from halkhata.foundation.backups.errors import BackupRefused
from halkhata.foundation.backups.models import BackupSettings
from halkhata.foundation.backups.places import backup_is_running
from halkhata.foundation.backups.policies import require_keeper
from halkhata.foundation.backups.services.own_row import own_row
from halkhata.foundation.core.errors import DomainError

FIELDS = ("is_on", "hour", "folder", "keep_daily", "keep_weekly")


def change_settings(*, actor: User, **values: Any) -> BackupSettings:
    """Change when, where and how many. Raises PermissionRefused; DomainError for a folder not writable."""
    require_keeper(actor)
    unknown = set(values) - set(FIELDS)
    if unknown:
        raise TypeError(f"no settings of backups: {sorted(unknown)}")
    if values.get("folder"):
        _probe(Path(values["folder"]))
    row = own_row()
    before = {name: getattr(row, name) for name in values}
    with transaction.atomic():
        BackupSettings.objects.filter(pk=row.pk).update(**values)
        record(actor=actor, action="backup.settings", record=row, before=before, after=values)
    row.refresh_from_db()
    return row


def begin_by_hand(*, actor: User) -> None:
    """Begin a backup in a process of its own. Raises PermissionRefused, BackupRefused when one is at work."""
    require_keeper(actor)
    if backup_is_running():
        raise BackupRefused("already_running", _("Another backup is being made at this moment."))
    with transaction.atomic():
        record(actor=actor, action="backup.begin", record=own_row())
    start_apart("backup")


def start_apart(*arguments: str) -> None:
    """Run ``halkhata ARGUMENTS`` as a process that outlives this one and says nothing."""
    subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", "halkhata", *arguments],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        cwd=Path(halkhata.__file__).parents[1],
    )  # fmt: skip


def _probe(folder: Path) -> None:
    """A stick that is not plugged in must not turn into a folder on the same disk: the folder has to be there."""
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        raise DomainError(
            "folder_unwritable", _("This folder is not there, or Halkhata may not write to it."), field="folder"
        )
