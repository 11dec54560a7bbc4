"""Words for what went wrong with a backup: its row keeps a code, pages say it in the reader's language."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.backups.models import BackupRun

TROUBLE: dict[str, Any] = {
    "interrupted": _("The program was stopped while it made the backup."),
    "restored_from": _("The data were restored while this backup was being made."),
    "disk_full": _("The disk is full."),
    "folder_unwritable": _("The folder for the backups cannot be written."),
    "program_missing": _("The PostgreSQL programs are not installed on this machine."),
    "program_too_old": _("The PostgreSQL programs on this machine are older than the server."),
    "dump_failed": _("PostgreSQL could not give its data out."),
    "database_away": _("The database could not be reached."),
    "database_damaged": _("The database itself is damaged."),
    "may_not_create": _("Not tried: the database user may not make a second database."),
    "archive_unreadable": _("The archive cannot be read any more."),
    "no_room": _("There was no room to unpack the archive."),
    "key_missing": _("The backup key is missing."),
    "wrong_key": _("The present key does not open it."),
    "wrong_passphrase": _("The present passphrase does not open it."),
}
DAMAGED = _("The archive is damaged.")


def trouble_words(run: BackupRun) -> Any:
    """Why the run failed, or why its archive did not pass; "" when all is well."""
    code = run.error or run.trouble
    return TROUBLE.get(code, DAMAGED) if code else ""
