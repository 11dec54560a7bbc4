"""Bringing restored data to this version, and settling what must not happen twice."""

from datetime import datetime

from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SYSTEM, record
from halkhata.foundation.backups.errors import BackupRefused
from halkhata.foundation.backups.models import BackupRun, Restoration
from halkhata.foundation.backups.policies import require_keeper
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.registry import after_restore
from halkhata.foundation.core.wakeup import wake_workers


def migrate_forward() -> list[str]:
    """Apply what this version has and the database has not. Returns the names."""
    executor = MigrationExecutor(connection)
    plan = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if plan:
        call_command("migrate", verbosity=0, interactive=False)
    return [f"{migration.app_label}.{migration.name}" for migration, _backwards in plan]


def settle_restored(*, archive: str, sha256: str, taken_at: datetime, run: int, size: int) -> dict[str, int]:
    """Run every app's step after a restore, and hold outgoing messages, all in one transaction.

    Returns how many rows each step changed.
    """
    with transaction.atomic():
        # The run that made this very archive is in it unfinished.
        BackupRun.objects.filter(pk=run, ended_at__isnull=True).update(
            ended_at=F("started_at"), ok=True, sha256=sha256, size=size, file_name=archive
        )
        effects = {name: step(taken_at) for name, step in after_restore.items()}
        row = Restoration.objects.create(
            archive=archive, sha256=sha256, taken_at=taken_at, restored_at=now(), effects=effects
        )
        record(actor=SYSTEM, action="backup.restore", record=row, after={"taken_at": taken_at, **effects})
    return effects


def release_outgoing(actor: User) -> int:
    """Let messages go out again after a restore. Returns how many holds were lifted. Raises PermissionRefused."""
    require_keeper(actor)
    with transaction.atomic():
        held = list(Restoration.objects.select_for_update().filter(released_at__isnull=True))
        if not held:
            raise BackupRefused("not_held", _("Nothing is held back: somebody has released it already."))
        for row in held:
            row.released_at, row.released_by_id, row.released_by_label = now(), actor.pk, actor.audit_label[:150]
            row.save(update_fields=["released_at", "released_by_id", "released_by_label"])
            record(actor=actor, action="backup.release", record=row)
        transaction.on_commit(wake_workers)
    return len(held)
