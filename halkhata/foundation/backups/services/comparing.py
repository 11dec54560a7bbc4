"""Whether a loaded database is the one that the archive's papers describe, and all its files are with it."""

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.backups.databases.face import Staged
from halkhata.foundation.backups.errors import ArchiveDamaged
from halkhata.foundation.backups.services.reading import ReadArchive


def check_staged(staged: Staged, archive: ReadArchive) -> None:
    """Raises ArchiveDamaged with the first thing that does not fit: structure, number of rows, files."""
    problems = staged.problems()
    if problems:
        raise ArchiveDamaged(
            "database_inconsistent", _("The archive's database is damaged: %(found)s.") % {"found": problems[0]}
        )
    promised, found = archive.manifest["tables"], staged.tables()
    if promised != found:
        table = next(iter(sorted(name for name in {*promised, *found} if promised.get(name) != found.get(name))))
        raise ArchiveDamaged(
            "rows_missing",
            _("The archive's database does not fit its papers: %(table)s has %(found)s rows and not %(promised)s.")
            % {"table": table, "found": found.get(table, 0), "promised": promised.get(table, 0)},
        )
    _check_files(staged.file_paths(), archive.manifest, archive)


def _check_files(paths: Iterator[str], manifest: dict[str, Any], archive: ReadArchive) -> None:
    """The rows name each path that came out and no other, but for those that were missing when it was made."""
    named = sum(1 for _path in paths)
    if named != archive.files + manifest["missing"]:
        raise ArchiveDamaged(
            "files_missing",
            _("The archive does not hold all files: its rows name %(named)d, there are %(found)d.")
            % {"named": named, "found": archive.files},
        )
