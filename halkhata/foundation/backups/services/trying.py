"""A real restore on trial: the archive is loaded into a database of its own, compared, and thrown away."""

from pathlib import Path

from halkhata.foundation.backups.archive.keys import Secret
from halkhata.foundation.backups.databases import our_database
from halkhata.foundation.backups.errors import ArchiveDamaged, BackupRefused
from halkhata.foundation.backups.models import BackupRun
from halkhata.foundation.backups.places import TRIAL, make_folder, only_backup, remove_folder, remove_left
from halkhata.foundation.backups.services.comparing import check_staged
from halkhata.foundation.backups.services.reading import read_archive
from halkhata.foundation.backups.services.verifying import note_trouble
from halkhata.foundation.core.clock import now


def try_restore(run: BackupRun, secret: Secret) -> bool:
    """Restore the archive of ``run`` into a scratch database and check structure, rows and files.

    Returns whether it came out whole. Where the role may not make a database the run says so and counts as untested.
    """
    stamp = f"{now():%Y%m%d-%H%M%S}"
    with only_backup() as alone:
        if not alone:
            return False
        remove_left(TRIAL)
        # No restore is at work: it would have the data for itself, and this process holds its share of them.
        our_database().clean_up()
        folder = make_folder(TRIAL, stamp)
        try:
            archive = read_archive(Path(run.folder) / run.file_name, secret, into=folder)
            if archive.database is None:
                return False
            staged = our_database().stage(archive.database, stamp, trial=True)
            try:
                check_staged(staged, archive)
            finally:
                staged.drop()
        except (ArchiveDamaged, BackupRefused) as error:
            note_trouble(run, error)
            return False
        finally:
            remove_folder(folder)
    BackupRun.objects.filter(pk=run.pk).update(tested_at=now(), trouble="", trouble_detail="")
    return True
