"""CSV files as people have them: any of the usual encodings and delimiters."""

import codecs
import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import BinaryIO

from halkhata.records.imports.reading.cells import cell_text

DELIMITERS = (",", ";", "\t", "|")
_BLOCK = 1 << 20
_SAMPLE_ROWS = 30
# A field longer than this means an opening quote without its end; the row is refused, the file goes on.
csv.field_size_limit(1 << 20)


def find_encoding(path: Path) -> str:
    """The encoding: by its mark, else UTF-8 if all of the file is, else that of Windows (Bijoy files are "ANSI")."""
    with path.open("rb") as file:
        head = file.read(4096)
        if head.startswith(codecs.BOM_UTF8):
            return "utf-8-sig"
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        zeros = head.count(0) / max(1, len(head))
        is_utf8 = _reads_as(file, "utf-8")
        # UTF-16 without its mark: every other byte of Latin letters is zero, of Bengali text only spaces and line ends
        # are, but that is no UTF-8. A stray zero in other text is neither.
        if zeros >= 0.2 or (zeros >= 0.02 and not is_utf8):
            return "utf-16-le" if head[1::2].count(0) >= head[0::2].count(0) else "utf-16-be"
        if is_utf8:
            return "utf-8"
        return "cp1252" if _reads_as(file, "cp1252") else "latin-1"


def _reads_as(file: BinaryIO, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    file.seek(0)
    try:
        while block := file.read(_BLOCK):
            decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def find_delimiter(path: Path, encoding: str) -> str:
    """The delimiter that gives the most columns, the same number on most of the first rows."""
    best, found = 0, ","
    for delimiter in DELIMITERS:
        widths = [len(row) for row in islice(_rows(path, encoding, delimiter), _SAMPLE_ROWS) if row]
        if not widths:
            continue
        usual = max(set(widths), key=widths.count)
        score = widths.count(usual) * (usual - 1)
        if score > best:
            best, found = score, delimiter
    return found


def count_lines(path: Path, encoding: str) -> int:
    """About how many rows there are: line ends, for the bar of progress until the trial run has counted."""
    count, last = 0, b""
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            count += block.count(b"\n") or block.count(b"\r")
            last = block[-2:]
    return count + (0 if last.strip(b"\0").endswith((b"\n", b"\r")) or not last else 1)


def csv_rows(path: Path, *, encoding: str, delimiter: str) -> Iterator[list[str]]:
    """All rows as lists of text."""
    return _rows(path, encoding, delimiter)


def _rows(path: Path, encoding: str, delimiter: str) -> Iterator[list[str]]:
    with path.open(encoding=encoding, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        while True:
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error:
                yield []
                continue
            yield [cell_text(cell) for cell in row]
