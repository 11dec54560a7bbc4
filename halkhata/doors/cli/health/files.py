"""Settings, room on the disk, and what has to be built before a start."""

import shutil
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from halkhata.doors.cli.health.finding import Finding
from halkhata.doors.cli.static_files import is_collected
from halkhata.foundation.core.formatting import format_number
from halkhata.foundation.core.reader import current_reader

# SQLite needs room for its log beside the file, mail for its raw bytes; below this a busy day fills the disk.
LEAST_ROOM = 500 * 1024 * 1024
_MEGABYTE = 1024 * 1024


def environment() -> Finding:
    """Where data and pages are, and that visitors are not shown the program's inside."""
    values = {"data_dir": str(settings.ENVIRONMENT.data_dir), "base_url": settings.ENVIRONMENT.base_url}
    detail = _("data in %(data_dir)s, pages at %(base_url)s") % values
    if settings.ENVIRONMENT.debug:
        detail = _("%(name)s is on, which shows errors to everybody") % {"name": "HALKHATA_DEBUG"}
    return Finding(
        name="settings", label=_("Settings"), ok=not settings.ENVIRONMENT.debug, detail=detail, values=values
    )


def disk_space() -> Finding:
    """Room on the disk that holds the data folder."""
    usage = shutil.disk_usage(settings.DATA_DIR)
    values = {"free_bytes": usage.free, "total_bytes": usage.total}
    shown = {"free": megabytes(usage.free), "total": megabytes(usage.total)}
    ok = usage.free >= LEAST_ROOM
    detail = _("%(free)s MB of %(total)s MB are free") % shown
    if not ok:
        detail = _("only %(free)s MB of %(total)s MB are free: make room before the disk is full") % shown
    return Finding(name="disk space", label=_("Disk space"), ok=ok, detail=detail, values=values)


def megabytes(size: int) -> str:
    """Bytes as whole megabytes, for the reader."""
    return format_number(size // _MEGABYTE, digits=current_reader().digits)


def translations() -> Finding:
    """Whether each .po is compiled as it stands."""
    stale = []
    for folder in settings.LOCALE_PATHS:
        for source in sorted(Path(folder).glob("*/LC_MESSAGES/*.po")):
            compiled = source.with_suffix(".mo")
            if not compiled.is_file() or compiled.stat().st_mtime < source.stat().st_mtime:
                stale.append(str(source))
    detail = _("not compiled: %(files)s") % {"files": ", ".join(stale)} if stale else _("compiled")
    return Finding(name="translations", label=_("Translations"), ok=not stale, detail=detail, values={"stale": stale})


def static_files() -> Finding:
    """Whether styles and scripts are built and handed out as built."""
    label = _("Styles and scripts")
    if not (Path(__file__).parents[2] / "web" / "static" / "built" / "app.css").is_file():
        return Finding(
            name="static files",
            label=label,
            ok=False,
            detail=_("not built: run %(command)s") % {"command": "make build"},
        )
    collected = is_collected()
    detail = _("collected") if collected else _("built anew since the last start: restart the web process")
    return Finding(name="static files", label=label, ok=collected, detail=detail)
