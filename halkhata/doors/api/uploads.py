"""Files that were sent up and wait to be put on a message: their sender's alone, and not for long."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.http import Http404

from halkhata.doors.api.models import Upload
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.clock import now
from halkhata.foundation.files.models import StoredFile
from halkhata.foundation.files.services.storing import store_file

LIFE = timedelta(hours=24)


def store_upload(user: User, name: str, data: bytes) -> StoredFile:
    """Store a file that hangs on nothing yet. Raises DomainError of core files: too large, empty."""
    with transaction.atomic():
        file = store_file(name=name, data=data)
        Upload.objects.create(file=file, user=user)
    return file


def take_uploads(user: User, ids: Sequence[int]) -> list[StoredFile]:
    """The files, in their order, to be put on a message of the same transaction. Raises Http404 for one not their own.

    Each may be used once: afterwards it is the message that says who sees it.
    """
    if not ids:
        return []
    found = {
        upload.file_id: upload
        for upload in Upload.objects.select_for_update(of=("self",))
        .select_related("file")
        .filter(user=user, file_id__in=ids)
    }
    if set(found) != set(ids):
        raise Http404
    Upload.objects.filter(pk__in=[upload.pk for upload in found.values()]).delete()
    return [found[file_id].file for file_id in dict.fromkeys(ids)]


def may_open_upload(user: Any, file_id: int) -> bool:
    """File guard: one's own file that waits."""
    return Upload.objects.filter(user=user, file_id=file_id).exists()


def drop_unused_uploads() -> int:
    """Delete what nobody put anywhere for a day. Returns how many.

    The bytes stay on the disk: another file may share them.
    """
    old = list(Upload.objects.filter(created_at__lt=now() - LIFE).values_list("file_id", flat=True)[:1000])
    # The upload goes with its file; a file that hangs on a message has no upload any more.
    StoredFile.objects.filter(pk__in=old).delete()
    return len(old)
