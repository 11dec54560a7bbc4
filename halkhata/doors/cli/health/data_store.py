"""The database: that it answers, its tables, its letters, and that its clock is ours."""

from datetime import timedelta
from time import monotonic
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from halkhata.doors.cli.health.files import megabytes
from halkhata.doors.cli.health.finding import Finding
from halkhata.doors.cli.setup import pending_migrations
from halkhata.foundation.audit.models import AuditEntry
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.templatetags.halkhata import duration, localdt, num

# Promises are told to the minute; more than this between two clocks, or into the future, and they are wrong.
MOST_DRIFT = timedelta(seconds=30)


def database() -> Finding:
    """Which database answers, how big it is, and how long it took."""
    begin = monotonic()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT current_setting('server_version'), pg_database_size(current_database())")
            version, size = cursor.fetchone()
            product = f"PostgreSQL {version}"
        else:
            # Pages instead of the file's length: the newest lie in the log beside it.
            cursor.execute(
                "SELECT sqlite_version(), page_count * page_size FROM pragma_page_count(), pragma_page_size()"
            )
            version, size = cursor.fetchone()
            product = f"SQLite {version}"
    milliseconds = round((monotonic() - begin) * 1000)
    detail = _("%(product)s answers in %(milliseconds)s ms; %(size)s MB") % {
        "product": product, "milliseconds": num(milliseconds), "size": megabytes(size),
    }  # fmt: skip
    values = {"vendor": connection.vendor, "product": product, "milliseconds": milliseconds, "bytes": size}
    return Finding(name="database", label=_("Database"), ok=True, detail=detail, values=values)


def migrations() -> Finding:
    """Whether the tables are those of this version."""
    pending = pending_migrations()
    detail = _("all applied")
    if pending:
        detail = ngettext(
            "%(count)s step is missing (%(names)s): run %(command)s",
            "%(count)s steps are missing (%(names)s): run %(command)s",
            len(pending),
        ) % {"count": num(len(pending)), "names": ", ".join(pending), "command": "halkhata migrate"}
    return Finding(name="migrations", label=_("Tables"), ok=not pending, detail=detail, values={"pending": pending})


def letters() -> Finding:
    """Whether the database knows Bengali letters: with LC_CTYPE=C PostgreSQL's search finds nothing in them."""
    label = _("Letters")
    if connection.vendor != "postgresql":
        return Finding(
            name="letters", label=label, ok=True, detail=_("%(product)s reads every letter") % {"product": "SQLite"}
        )
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datctype, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
        )
        ctype, encoding = cursor.fetchone()
    fit = encoding == "UTF8" and ctype.upper() not in {"C", "POSIX"}
    detail = f"LC_CTYPE {ctype}, {encoding}"
    if not fit:
        advice = _("search finds no Bengali; make the database with %(command)s") % {
            "command": "createdb --locale=C.UTF-8 --template=template0"
        }
        detail = f"{detail}: {advice}"
    return Finding(name="letters", label=label, ok=fit, detail=detail, values={"lc_ctype": ctype, "encoding": encoding})


def clock() -> Finding:
    """Whether this machine's clock agrees with the database server's and with what was written before."""
    at = now()
    label, values = _("Clock"), {"at": at}
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            drift = cursor.fetchone()[0] - now()
        values["seconds_from_database"] = round(drift.total_seconds(), 1)
        if abs(drift) > MOST_DRIFT:
            detail = _("differs from the database server's by %(span)s: set both by a time server") % {
                "span": duration(abs(drift))
            }
            return Finding(name="clock", label=label, ok=False, detail=detail, values=values)
    return _clock_and_history(label, values)


def _clock_and_history(label: str, values: dict[str, Any]) -> Finding:
    last = AuditEntry.objects.order_by("-at").values_list("at", flat=True).first()
    values["last_entry_at"] = last
    if last is not None and last - now() > MOST_DRIFT:
        detail = _("the newest entry was written at %(at)s, which is still to come: the clock was set back") % {
            "at": localdt(last, "short")
        }
        return Finding(name="clock", label=label, ok=False, detail=detail, values=values)
    detail = _("%(at)s, later than all entries") % {"at": localdt(values["at"], "short")}
    return Finding(name="clock", label=label, ok=True, detail=detail, values=values)
