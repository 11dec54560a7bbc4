"""A row of a file as a customer: names in their fields, numbers in their one form, troubles by name. No database."""

import hashlib
import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.phones import split_phones
from halkhata.foundation.core.phonetic import phonetic_key
from halkhata.foundation.core.text import clean_text, fold_digits, search_key, search_words
from halkhata.foundation.fields.selectors.schema import CustomField
from halkhata.records.customers.choices import ContactKind, Honorific
from halkhata.records.customers.services.contacts import ReadContact, read_contact
from halkhata.records.customers.services.names import NAME_LENGTH, place_names
from halkhata.records.imports.choices import IssueKind
from halkhata.records.imports.registry import Issue, ReadRow
from halkhata.records.imports.targets.customers.columns import ADDRESS_COLUMNS
from halkhata.records.imports.targets.customers.own_fields import read_own
from halkhata.records.imports.targets.customers.tags import read_tags

MODEL = "customers.customer"
LENGTHS = {
    "name": NAME_LENGTH, "name_bn": NAME_LENGTH, "name_en": NAME_LENGTH, "line": 200, "landmark": 120, "upazila": 80,
    "district": 80, "post_code": 12, "organization": NAME_LENGTH, "organization_role": 80, "external_id": 120,
    "note": 4000,
}  # fmt: skip
MOST_CONTACTS = 20
# What people write where there is nothing to write.
_NOTHING = frozenset(
    {"", "na", "n a", "nil", "none", "null", "unknown", "nai", "নাই", "নেই", "অজানা", "0", "00", "000", "xxx"}
)
_BETWEEN_ADDRESSES = re.compile(r"[;,\s]+")
# Sounds that half of all names share say nothing about whose name it is: Md, Mst, Begum, Khatun, Mia, Sheikh …
_COMMON = frozenset(
    sound
    for word in (
        "md", "mst", "begum", "khatun", "mia", "miah", "sheikh", "haji", "alhaj", "mr", "mrs", "janab", "sri", "dr",
    )
    for sound in phonetic_key(word).split()
)  # fmt: skip
_LANGUAGES = {
    **dict.fromkeys(("bn", "bengali", "bangla", "বাংলা"), "bn"),
    **dict.fromkeys(("en", "english", "ইংরেজি", "ইংরেজী"), "en"),
}
_TITLES = {
    "জনাব": "janab", "বেগম": "begum", "শ্রী": "sri", "শ্রীমতী": "srimati", "শ্রীমতি": "srimati", "ভাই": "bhai",
    "আপা": "apa", "ডা": "dr", "ড": "dr",
    "mrs": "ms", "miss": "ms", "mr": "mr", "ms": "ms", "dr": "dr", "doctor": "dr", "brother": "bhai", "sister": "apa",
    **{code: code for code in Honorific.values if code},
}  # fmt: skip


@dataclass(slots=True)
class CustomerLine:
    """What a row says about a customer; "" and [] for what it does not say."""

    name_bn: str = ""
    name_en: str = ""
    contacts: list[ReadContact] = field(default_factory=list)
    address: dict[str, str] = field(default_factory=dict)
    organization: str = ""
    organization_role: str = ""
    honorific: str = ""
    language: str = ""
    branch: str = ""
    external_id: str = ""
    external_key: str = ""
    note: str = ""
    # The shop's own fields, as typed, by code.
    own: dict[str, Any] = field(default_factory=dict)
    # Folded form -> as it is shown.
    tags: dict[str, str] = field(default_factory=dict)


def read_customer(
    number: int,
    values: dict[str, list[str]],
    *,
    region: str,
    system: str,
    fields: dict[str, CustomField] | None = None,
) -> ReadRow:
    """Read one row. ``region`` (ISO 3166) says how to read numbers without a country code, ``system`` whose ids these
    are, ``fields`` which fields of its own the shop has. What cannot be read makes the row a bad one.
    """
    row = ReadRow(number)
    line = CustomerLine()
    texts = {code: _text(row, code, cells) for code, cells in values.items() if code in LENGTHS}
    names = _names(texts.get("name_bn", ""), texts.get("name_en", ""), texts.get("name", ""))
    line.name_bn, line.name_en = names[:2]
    _read_phones(row, line, values.get("phone", ()), region)
    if "email" in values:
        _read_emails(row, line, values["email"])
    line.address = {code: texts[code] for code in ADDRESS_COLUMNS if texts.get(code)}
    if "post_code" in line.address:
        line.address["post_code"] = fold_digits(line.address["post_code"])
    line.organization, line.organization_role = texts.get("organization", ""), texts.get("organization_role", "")
    line.note = texts.get("note", "")
    if "external_id" in texts:
        line.external_id = texts["external_id"]
        line.external_key = search_key(line.external_id).replace(" ", "")
    if "honorific" in values:
        line.honorific = _chosen(row, "honorific", values["honorific"], _TITLES)
    if "language" in values:
        line.language = _chosen(row, "language", values["language"], _LANGUAGES)
    if fields:
        line.own = read_own(values, fields, row.issues)
    if "tags" in values:
        line.tags = read_tags(values["tags"], row.issues)
    if "branch" in values:
        line.branch = search_key(" ".join(values["branch"]))
    if not (line.name_bn or line.name_en or line.contacts) and not row.issues:
        row.issues.append(Issue(IssueKind.BAD, "nothing_known"))
    if any(issue.kind == IssueKind.BAD for issue in row.issues):
        return row
    row.record = line
    row.keys = tuple(f"{contact.kind}:{contact.value}" for contact in line.contacts)
    if line.external_key:
        row.keys += (f"id:{system}:{line.external_key}",)
    row.sounds = names[2]
    if not row.keys:
        row.line_hash = _digest(line)
    return row


def sounds_of(*names: str) -> frozenset[str]:
    """How the telling words of a name sound."""
    return frozenset(sound for name in names for word in search_words(name) if (sound := _sound(word))) - _COMMON


@lru_cache(maxsize=20_000)
def _sound(word: str) -> str:
    return phonetic_key(word).replace(" ", "")


def _text(row: ReadRow, code: str, cells: list[str]) -> str:
    if code == "note":
        text = "\n".join(filter(None, (clean_text(cell, multiline=True) for cell in cells)))
    else:
        text = _words(cells[0]) if len(cells) == 1 else _words(", ".join(filter(None, map(clean_text, cells))))
    if len(text) > LENGTHS[code]:
        row.issues.append(Issue(IssueKind.BAD, "too_long", code, {"most": LENGTHS[code]}))
    return text


# Places, roads and names come again and again in one list.
@lru_cache(maxsize=20_000)
def _words(cell: str) -> str:
    """The cell, cleaned; "" where it only says that there is nothing to say."""
    text = clean_text(cell)
    return "" if search_key(text) in _NOTHING else text


@lru_cache(maxsize=20_000)
def _names(name_bn: str, name_en: str, name: str) -> tuple[str, str, frozenset[str]]:
    """The name in Bengali and in Latin letters, and how it sounds; ``name`` may be in either."""
    name_bn, name_en = place_names(name_bn, name_en)
    other_bn, other_en = place_names(name, "")
    name_bn, name_en = name_bn or other_bn, name_en or other_en
    return name_bn, name_en, sounds_of(name_bn, name_en)


def _read_phones(row: ReadRow, line: CustomerLine, cells: Any, region: str) -> None:
    for cell in cells:
        # Most cells hold one number and nothing else: these need no looking for its beginning and end.
        is_plain = 10 <= len(cell) <= 14 and cell.isascii() and cell.isdigit()
        if not is_plain and search_key(cell) in _NOTHING:
            continue
        for part in [cell] if is_plain else split_phones(cell):
            try:
                _add(line, read_contact(kind=ContactKind.PHONE, typed=part, region=region))
            except DomainError as error:
                row.issues.append(Issue(IssueKind.BAD, f"phone_{error.code}", "phone"))
                continue
            if region == "BD" and _lost_its_zero(part):
                row.issues.append(Issue(IssueKind.MENDED, "lost_zero", "phone"))


def _lost_its_zero(typed: str) -> bool:
    return fold_digits(typed).lstrip(" '").startswith("1")


def _read_emails(row: ReadRow, line: CustomerLine, cells: Any) -> None:
    for cell in cells:
        if search_key(cell) in _NOTHING:
            continue
        parts = [cell] if "<" in cell or "(" in cell else filter(None, _BETWEEN_ADDRESSES.split(cell.strip()))
        for part in parts:
            try:
                _add(line, read_contact(kind=ContactKind.EMAIL, typed=part, region="BD"))
            except DomainError as error:
                row.issues.append(Issue(IssueKind.BAD, f"email_{error.code}", "email"))


def _add(line: CustomerLine, contact: ReadContact) -> None:
    known = any(one.value == contact.value and one.kind == contact.kind for one in line.contacts)
    if not known and len(line.contacts) < MOST_CONTACTS:
        line.contacts.append(contact)


def _chosen(row: ReadRow, code: str, cells: list[str], words: dict[str, str]) -> str:
    typed = search_key(" ".join(cells))
    if typed in _NOTHING:
        return ""
    if typed not in words:
        row.issues.append(Issue(IssueKind.BAD, "unknown_choice", code))
    return words.get(typed, "")


def _digest(line: CustomerLine) -> int:
    home = [f"{name}={value}" for name, value in sorted(line.address.items())]
    parts = [line.name_bn, line.name_en, line.organization, line.note, *home]
    folded = "\n".join(search_key(part) for part in parts)
    return int.from_bytes(hashlib.blake2b(folded.encode(), digest_size=8).digest(), "big", signed=True)
