"""Proving an archive without unpacking it."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from halkhata.foundation.backups.archive.keys import Secret
from halkhata.foundation.backups.errors import ArchiveDamaged, BackupRefused
from halkhata.foundation.backups.models import BackupRun
from halkhata.foundation.backups.services.reading import ReadArchive, read_archive
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import DomainError


def verify_archive(path: Path, secret: Secret) -> ReadArchive:
    """Read every byte and compare it with what was written. Raises ArchiveDamaged, BackupRefused."""
    return read_archive(path, secret)


def verify_run(run: BackupRun, secret: Secret) -> bool:
    """Verify the archive of ``run`` and note the result. Returns whether it is whole and the one that was made."""
    try:
        found = verify_archive(Path(run.folder) / run.file_name, secret)
        if found.sha256 != run.sha256:
            raise ArchiveDamaged("archive_exchanged", _("The archive is another one than was made then."))
    except (ArchiveDamaged, BackupRefused) as error:
        note_trouble(run, error)
        return False
    BackupRun.objects.filter(pk=run.pk).update(verified_at=now(), trouble="", trouble_detail="")
    return True


def note_trouble(run: BackupRun, error: DomainError) -> None:
    """Keep on the run why it could not be verified or tried."""
    with override("en"):
        words = str(error.message)
    BackupRun.objects.filter(pk=run.pk).update(trouble=error.code, trouble_detail=words[:500])
