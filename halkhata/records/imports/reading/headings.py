"""Which row holds the headings, and which column means what."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.utils import translation

from halkhata.foundation.core.phones import PhoneError, parse_phone, split_phones
from halkhata.foundation.core.text import clean_text, search_key
from halkhata.records.imports.models import SavedMapping
from halkhata.records.imports.reading.bijoy import bijoy_to_unicode, looks_bijoy
from halkhata.records.imports.registry import ImportColumn

LOOK_FOR_HEADINGS = 15
MOST_COLUMNS = 100
_EMAIL = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
_LETTER = re.compile(r"[^\W\d_]")
_BETWEEN_WORDS = re.compile(r"[/|,;()\[\]]|\s(?:ও|বা|or|and|&)\s", re.IGNORECASE)
# A number at the end of a heading says only which one of several it is: "Phone 2", "মোবাইল-১".
_COUNTED = re.compile(r"\s*\d{1,2}$")


def find_headings(rows: Sequence[list[str]], columns: Sequence[ImportColumn]) -> int:
    """Number of the row with the headings, from 1; 0 when the first row is data already.

    It is the row with the most headings we know; a title above it ("Customers 2026") is not taken for one.
    """
    known = _known_words(columns)
    best, found = 0, 0
    for number, row in enumerate(rows[:LOOK_FOR_HEADINGS], 1):
        met = {code for code in (_code_of(cell, known) for cell in row) if code}
        if len(met) > best:
            best, found = len(met), number
    if best:
        return found
    # Nothing known: a first row of several words without any number or address is a row of headings.
    for number, row in enumerate(rows[:LOOK_FOR_HEADINGS], 1):
        filled = [cell for cell in row if cell.strip()]
        if len(filled) > 1:
            return 0 if any(_is_phone(cell) or _EMAIL.search(cell) for cell in filled) else number
    return 0


def headings_of(rows: Sequence[list[str]], header_row: int) -> list[str]:
    """The headings, as many as there are columns; without a header row they are empty."""
    width = min(MOST_COLUMNS, max((len(row) for row in rows), default=0))
    found = [clean_text(cell, max_length=120) for cell in rows[header_row - 1][:width]] if header_row else []
    return found + [""] * (width - len(found))


def mapping_by(saved: SavedMapping, headings: Sequence[str], columns: Sequence[ImportColumn]) -> dict[int, str]:
    """What the columns under these headings mean by a mapping that was remembered."""
    codes = {column.code for column in columns}
    return {
        index: saved.columns[search_key(heading)]
        for index, heading in enumerate(headings)
        if saved.columns.get(search_key(heading)) in codes
    }


def guess_mapping(
    rows: Sequence[list[str]], header_row: int, columns: Sequence[ImportColumn]
) -> tuple[dict[str, str], list[int]]:
    """Which column of the file means what ({"0": "phone"}), and which columns are written in Bijoy."""
    headings = headings_of(rows, header_row)
    data = rows[header_row:]
    known = _known_words(columns)
    by_code = {column.code: column for column in columns}
    mapping: dict[str, str] = {}
    taken: set[str] = set()
    for index, heading in enumerate(headings):
        code = _code_of(heading, known)
        if code and (code not in taken or by_code[code].many):
            mapping[str(index)] = code
            taken.add(code)
    for index in range(len(headings)):
        code = "" if str(index) in mapping else _code_by_content([row[index] for row in data if index < len(row)])
        # What stands under a heading we do not know may be anybody's name (father, product): only numbers and addresses
        # tell by themselves what they are.
        if code == "name" and headings[index]:
            continue
        if code in by_code and (code not in taken or (by_code[code].many and not headings[index])):
            mapping[str(index)] = code
            taken.add(code)
    bijoy = [
        index
        for index in range(len(headings))
        if by_code.get(mapping.get(str(index), ""), _TEXT).is_text
        and looks_bijoy([row[index] for row in data if index < len(row) and row[index].strip()])
    ]
    return mapping, bijoy


def signature_of(headings: Sequence[str]) -> str:
    """A digest of the headings, by which the mapping of an earlier file is found; "" without headings."""
    folded = [search_key(heading) for heading in headings]
    return hashlib.sha256("\n".join(folded).encode()).hexdigest() if any(folded) else ""


_TEXT = ImportColumn(code="", label="")


def _known_words(columns: Sequence[ImportColumn]) -> dict[str, str]:
    known: dict[str, str] = {}
    for column in columns:
        for word in (*column.words, column.code):
            known.setdefault(search_key(word), column.code)
    # An export has its headings in its reader's language, whoever brings it in again.
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            for column in columns:
                known.setdefault(search_key(str(column.label)), column.code)
    known.pop("", None)
    return known


def _code_of(heading: str, known: dict[str, str]) -> str:
    for text in (heading, bijoy_to_unicode(heading) if looks_bijoy([heading]) else ""):
        folded = search_key(text)
        if not folded or len(folded) > 60:
            continue
        code = known.get(folded) or known.get(_COUNTED.sub("", folded)) or _code_of_parts(text, known)
        if code:
            return code
    return ""


def _code_of_parts(heading: str, known: dict[str, str]) -> str:
    """What "village / address" means: words that all say the same; "" where one of them says something else."""
    parts = [search_key(part) for part in _BETWEEN_WORDS.split(heading) if part.strip()]
    codes = {known.get(part, "") for part in parts}
    return codes.pop() if len(codes) == 1 else ""


def _code_by_content(cells: Sequence[Any]) -> str:
    """What a column without a known heading holds, judged by what most of its cells look like."""
    filled = [cell for cell in cells if cell.strip()]
    if len(filled) < 1:
        return ""
    if sum(bool(_EMAIL.search(cell)) for cell in filled) * 2 > len(filled):
        return "email"
    if sum(_is_phone(cell) for cell in filled) * 2 > len(filled):
        return "phone"
    words = sum(bool(_LETTER.search(cell)) and len(cell) <= 60 for cell in filled)
    return "name" if words * 10 >= len(filled) * 8 and len(set(filled)) * 2 > len(filled) else ""


def _is_phone(cell: str) -> bool:
    digits = sum(character.isdecimal() for character in cell)
    if not 9 <= digits <= 40:
        return False
    try:
        return all(bool(parse_phone(part).e164) for part in split_phones(cell))
    except PhoneError:
        return False
