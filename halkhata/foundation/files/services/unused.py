"""Files that nobody uses: chosen for a message that was never sent, or left behind when their record went."""

import os
import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Exists, ManyToOneRel, Model, OuterRef, ProtectedError, QuerySet

from halkhata.foundation.core.clock import now
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.blobs import blob_lock

# A form keeps its files for a day (desks/tickets/services/attaching.py, doors/portal); an hour more for its last press.
LIFE = timedelta(hours=25)
_BATCH = 500


def unused_files() -> QuerySet[StoredFile]:
    """Rows older than LIFE on which nothing hangs, whatever app it belongs to: every relation to a file is asked.

    Relations without a name of their own and the tables between many and many are among them.
    """
    rows = StoredFile.objects.filter(created_at__lt=now() - LIFE)
    for model, column in relations():
        rows = rows.exclude(Exists(model._base_manager.filter(**{column: OuterRef("pk")})))
    return rows


def relations() -> list[tuple[type[Model], str]]:
    """Every model that points at a file, and by which field."""
    return [
        (relation.related_model, relation.field.name)
        for relation in StoredFile._meta.get_fields(include_hidden=True)
        if isinstance(relation, ManyToOneRel) and isinstance(relation.related_model, type)
    ]


def drop_unused_files(limit: int = 2000) -> int:
    """Delete rows nobody uses. Their bytes go with the next run, so that a backup under way still finds them.

    Returns how many rows went.
    """
    gone = 0
    for pk in list(unused_files().values_list("pk", flat=True)[:limit]):
        try:
            with transaction.atomic():
                gone += unused_files().filter(pk=pk).delete()[0]
        except (IntegrityError, ProtectedError):
            continue  # put on a message at this very moment
    return gone


def drop_orphaned_bytes() -> int:
    """Delete bytes older than LIFE that no row names. Returns how many files went from the disk.

    Whoever stores the same bytes at this moment touches them under the same lock, so they are not old any more.
    """
    gone, oldest = 0, time.time() - LIFE.total_seconds()
    blobs = _old_blobs(Path(settings.MEDIA_ROOT), oldest)
    while batch := list(islice(blobs, _BATCH)):
        digests = {path.name.partition(".")[0] for path in batch}
        named = set(StoredFile.objects.filter(sha256__in=digests).values_list("sha256", flat=True))
        for path in batch:
            if path.name.partition(".")[0] not in named:
                gone += _unlink_if_old(path, oldest)
    return gone


def _old_blobs(root: Path, oldest: float) -> Iterator[Path]:
    for folder, _folders, names in os.walk(root):
        for name in names:
            path = Path(folder, name)
            # Two levels of folders, and a name that begins with a digest: nothing else in there is ours to delete.
            if len(path.relative_to(root).parts) == 3 and len(name.partition(".")[0]) == 64 and _age(path) < oldest:
                yield path


def _age(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return time.time()


def _unlink_if_old(path: Path, oldest: float) -> int:
    with blob_lock():
        if _age(path) >= oldest:
            return 0
        path.unlink(missing_ok=True)
    return 1
