"""What ``halkhata check`` looks at, in the order in which a person would."""

from halkhata.doors.cli.health.background import scheduler, stuck_work, timetable, worker
from halkhata.doors.cli.health.data_store import clock, database, letters, migrations
from halkhata.doors.cli.health.files import disk_space, environment, static_files, translations
from halkhata.doors.cli.health.finding import Finding
from halkhata.doors.cli.health.post import incoming_mail, mailboxes, outgoing_mail
from halkhata.doors.cli.health.standards import standards

__all__ = ["Finding", "look_at_everything"]

_ALWAYS = (environment, disk_space, database, letters, migrations)
# These read tables, which have to be those of this version.
_WITH_TABLES = (clock, scheduler, worker, stuck_work, mailboxes, incoming_mail, outgoing_mail, standards)
_LAST = (timetable, translations, static_files)


def look_at_everything() -> list[Finding]:
    """All findings, in the active language. The database has been reached before."""
    first = [look() for look in _ALWAYS]
    has_tables = first[-1].ok
    return [*first, *(look() for look in (_WITH_TABLES if has_tables else ())), *(look() for look in _LAST)]
