"""Excel files, read by python-calamine; looked at before they are unpacked (reliability.md B65)."""

import re
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.errors import DomainError
from halkhata.records.imports.reading.cells import cell_text

ZIP_MARK = b"PK\x03\x04"
OLD_MARK = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"  # .xls, a compound file of 1997
MOST_MEMBERS = 1_000
MOST_UNPACKED = 200 * 1024 * 1024
MOST_RATIO = 100
# The reader makes room for every cell between the first and the last, filled or not: one letter far out would take all
# memory. So many are ten columns of as many rows as Excel has.
MOST_CELLS = 12_000_000
# Small files may be very regular; a bomb is large.
RATIO_COUNTS_FROM = 20 * 1024 * 1024
_PLACE = re.compile(rb"""\br=["']([A-Z]{1,3})([0-9]{1,7})["']""")


def is_workbook(head: bytes) -> bool:
    """Whether a file that begins so is one of Excel's."""
    return head.startswith((ZIP_MARK, OLD_MARK))


def refuse_bombs(path: Path) -> None:
    """Raise DomainError "bad_workbook" for an archive that unpacks to far more than it is, or holds archives."""
    with path.open("rb") as file:
        if not file.read(4).startswith(ZIP_MARK):
            return
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            if _looks_like_a_bomb(members, path.stat().st_size) or any(
                _cells(archive, member) > MOST_CELLS for member in members
            ):
                raise _bad()
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, RuntimeError, EOFError) as error:
        raise _bad() from error


def _looks_like_a_bomb(members: list[zipfile.ZipInfo], packed: int) -> bool:
    unpacked = sum(member.file_size for member in members)
    return (
        len(members) > MOST_MEMBERS
        or unpacked > MOST_UNPACKED
        or (unpacked > RATIO_COUNTS_FROM and unpacked > max(1, packed) * MOST_RATIO)
        or any(member.filename.lower().endswith((".zip", ".xlsx", ".7z", ".gz")) for member in members)
        or len({member.filename for member in members}) != len(members)
    )


def _cells(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> int:
    """How many cells lie between A1 and the last one of a sheet, whatever its file is called; read in pieces."""
    rows: set[bytes] = set()
    columns: set[bytes] = set()
    rest = b""
    with archive.open(member) as stream:
        while block := stream.read(1 << 20):
            found = _PLACE.findall(rest + block)
            columns.update(letters for letters, _digits in found)
            rows = {max((*rows, *(digits for _letters, digits in found)), key=int, default=b"0")}
            rest = block[-16:]
    return max(map(int, rows), default=0) * max(map(_column, columns), default=0)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def find_sheet(path: Path, wanted: str = "") -> tuple[list[str], str, int]:
    """The names of all sheets, the one to read and how many rows it has: ``wanted``, else the first that is not empty.

    "" and 0 when all are empty. Raises DomainError "bad_workbook".
    """
    book = _open(path)
    names = list(book.sheet_names)
    for name in [wanted] if wanted in names else names:
        try:
            end = book.get_sheet_by_name(name).end
        except Exception as error:
            raise _bad() from error
        if end is not None:
            return names, name, int(end[0]) + 1
    return names, "", 0


def sheet_rows(path: Path, sheet: str) -> Iterator[list[str]]:
    """All rows of a sheet as lists of text, from its first line on. Raises DomainError "bad_workbook"."""
    try:
        table = _open(path).get_sheet_by_name(sheet)
        rows = table.iter_rows()
    except DomainError:
        raise
    except Exception as error:
        raise _bad() from error
    # Empty rows above the first cell are given, empty columns before it are not.
    before = [""] * (table.start[1] if table.start else 0)
    # The cells are packed by the reader and become Python's one row at a time: a tenth of the memory.
    for row in rows:
        yield before + [cell_text(cell) for cell in row]


def _open(path: Path) -> Any:
    # Heavy, and needed by few processes: not at start.
    from python_calamine import CalamineWorkbook

    try:
        return CalamineWorkbook.from_path(str(path))
    except Exception as error:
        raise _bad() from error


def _bad() -> DomainError:
    return DomainError(
        "bad_workbook",
        _("This Excel file cannot be read. Open it in your spreadsheet, save it again as XLSX or CSV, and try that."),
        field="file",
    )
