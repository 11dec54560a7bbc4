"""What ``halkhata check`` looks at."""

from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils.module_loading import import_string

from config.schedule import TIMETABLE
from halkhata.doors.cli.setup import pending_migrations
from halkhata.doors.cli.static_files import is_collected
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.models import EventDelivery, Job, ScheduleLine

# The timetable's quickest line fires every five seconds, and a worker with nothing to do starts a job within one.
SILENCE = timedelta(seconds=60)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """One thing that was looked at."""

    name: str
    ok: bool
    detail: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def look_at_everything() -> list[Finding]:
    """All findings, in the order in which a person would look. The database has been reached before."""
    environment = settings.ENVIRONMENT
    findings = [
        Finding(name="settings", ok=not environment.debug, detail=_settings_detail()),
        Finding(name="database", ok=True, detail=connection.vendor),
    ]
    pending = pending_migrations()
    missing = f"missing: {', '.join(pending)}" if pending else "all applied"
    findings.append(Finding(name="migrations", ok=not pending, detail=missing))
    findings.append(_letters())
    if not pending:
        findings += [_scheduler(), _worker(), _stuck_work()]
    return [*findings, _timetable(), _translations(), _static_files()]


def _settings_detail() -> str:
    environment = settings.ENVIRONMENT
    if environment.debug:
        return "HALKHATA_DEBUG is on, which shows errors to everybody"
    return f"data in {environment.data_dir}, pages at {environment.base_url}"


def _letters() -> Finding:
    """Whether the database knows Bengali letters: with LC_CTYPE=C PostgreSQL's search finds nothing in them."""
    if connection.vendor != "postgresql":
        return Finding(name="letters", ok=True, detail="SQLite reads UTF-8")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT datctype, pg_encoding_to_char(encoding) FROM pg_database WHERE datname = current_database()"
        )
        ctype, encoding = cursor.fetchone()
    fit = encoding == "UTF8" and ctype.upper() not in {"C", "POSIX"}
    detail = f"LC_CTYPE {ctype}, encoding {encoding}"
    if not fit:
        detail += ": search finds no Bengali; make the database with createdb --locale=C.UTF-8 --template=template0"
    return Finding(name="letters", ok=fit, detail=detail)


def _seen(what: str, last: datetime | None) -> str:
    return f"last {what} {last:%Y-%m-%d %H:%M:%S} UTC" if last else "never ran"


def _scheduler() -> Finding:
    last = ScheduleLine.objects.order_by("-fired_at").values_list("fired_at", flat=True).first()
    alive = last is not None and now() - last < SILENCE
    return Finding(name="scheduler", ok=alive, detail=_seen("fired", last))


def _worker() -> Finding:
    last = Job.objects.filter(state=Job.DONE).order_by("-finished_at").values_list("finished_at", flat=True).first()
    running = Job.objects.filter(state=Job.RUNNING, lease_until__gt=now()).exists()
    alive = running or (last is not None and now() - last < SILENCE)
    return Finding(name="worker", ok=alive, detail=_seen("finished a job", last))


def _stuck_work() -> Finding:
    dead = Job.objects.filter(state=Job.DEAD).count()
    parked = EventDelivery.objects.filter(state=EventDelivery.PARKED).count()
    return Finding(name="stuck work", ok=not dead and not parked, detail=f"{dead} dead jobs, {parked} parked events")


def _timetable() -> Finding:
    unknown = []
    for line in TIMETABLE:
        try:
            import_string(line.task)
        except ImportError:
            unknown.append(line.task)
    detail = f"no such task: {', '.join(unknown)}" if unknown else f"{len(TIMETABLE)} lines"
    return Finding(name="timetable", ok=not unknown, detail=detail)


def _translations() -> Finding:
    stale = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            compiled = source.with_suffix(".mo")
            if not compiled.is_file() or compiled.stat().st_mtime < source.stat().st_mtime:
                stale.append(str(source))
    return Finding(
        name="translations", ok=not stale, detail=f"not compiled: {', '.join(stale)}" if stale else "compiled"
    )


def _static_files() -> Finding:
    built = (Path(__file__).parents[1] / "web" / "static" / "built" / "app.css").is_file()
    if not built:
        return Finding(name="static files", ok=False, detail="not built: run make build")
    collected = is_collected()
    detail = "collected" if collected else "built anew since the last start"
    return Finding(name="static files", ok=collected, detail=detail)
