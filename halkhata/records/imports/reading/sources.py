"""An uploaded file as rows: what it is, how to read it, and reading it from any row on."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.files.services.blobs import blob_path
from halkhata.records.imports.choices import SourceKind
from halkhata.records.imports.models import ImportRun
from halkhata.records.imports.reading.csv_rows import count_lines, csv_rows, find_delimiter, find_encoding
from halkhata.records.imports.reading.workbooks import find_sheet, is_workbook, refuse_bombs, sheet_rows

SAMPLE = 60

# The reader of the import this process works on, so that the next slice goes on where the last one ended:
# (which file, rows taken, rows). Whoever takes over somewhere else skips what is behind.
_kept: tuple[str, int, Iterator[list[str]]] | None = None


def find_layout(path: Path, *, sheet: str = "") -> tuple[str, dict[str, Any], int]:
    """What kind of file this is, how to read it, and about how many rows it has.

    Raises DomainError "bad_workbook" or "no_rows".
    """
    with path.open("rb") as file:
        head = file.read(8)
    if is_workbook(head):
        refuse_bombs(path)
        names, sheet, height = find_sheet(path, sheet)
        if not sheet:
            raise _no_rows()
        return SourceKind.SHEET, {"sheet": sheet, "sheets": names[:50]}, height
    encoding = find_encoding(path)
    layout = {"encoding": encoding, "delimiter": find_delimiter(path, encoding)}
    return SourceKind.CSV, layout, count_lines(path, encoding)


def path_of(run: ImportRun) -> Path:
    """Where the file lies. Raises NotFound when it has been removed (30 days after the import)."""
    if run.source is None:
        raise NotFound("file_gone", _("The file of this import is not kept any more."))
    path = blob_path(run.source.path)
    if not path.is_file():
        raise NotFound("file_gone", _("This file is no longer on the disk."))
    return path


def all_rows(path: Path, kind: str, layout: dict[str, Any]) -> Iterator[list[str]]:
    """Every row of the file as text, the headings and what stands above them as well."""
    if kind == SourceKind.SHEET:
        return sheet_rows(path, layout["sheet"])
    return csv_rows(path, encoding=layout["encoding"], delimiter=layout["delimiter"])


def sample_rows(path: Path, kind: str, layout: dict[str, Any], size: int = SAMPLE) -> list[list[str]]:
    """The first rows. Raises DomainError "no_rows" when there is nothing in them."""
    rows = list(islice(all_rows(path, kind, layout), size))
    if not any(cell.strip() for row in rows for cell in row):
        raise _no_rows()
    return rows


def next_rows(run: ImportRun, size: int) -> list[tuple[int, list[str]]]:
    """Up to ``size`` rows after ``run.position`` with their numbers, blank ones too; [] at the end of the file."""
    global _kept
    start = max(run.position, run.header_row)
    name = f"{run.pk} {run.source_id} {run.layout.get('sheet', '')}"
    if _kept is not None and _kept[0] == name and _kept[1] <= start:
        _, taken, rows = _kept
    else:
        taken, rows = 0, all_rows(path_of(run), run.kind, run.layout)
    if taken < start:
        next(islice(rows, start - taken, start - taken), None)
    found = [(number, row) for number, row in enumerate(islice(rows, size), start + 1)]
    _kept = (name, start + len(found), rows) if found else None
    return found


def forget_reader() -> None:
    """Close the file that is kept open between slices."""
    global _kept
    _kept = None


def _no_rows() -> DomainError:
    return DomainError("no_rows", _("There is nothing in this file."), field="file")
