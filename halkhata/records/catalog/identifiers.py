"""Serial numbers and their like: folded so that every way to type one is the same, and looked at for slips."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _
from stdnum import luhn

from halkhata.foundation.accounts.models import in_reader_language
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.catalog.choices import IdentifierCheck
from halkhata.records.catalog.models import ProductKind

LONGEST = 60
LONGEST_BATCH = 40
IMEI_DIGITS = 15
IMEI_SPACE = "imei"
_NOT_IN_A_NUMBER = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class ReadIdentifier:
    """One identifier as it will be kept."""

    kind: str
    space: str
    value: str
    folded: str
    label: str


def fold_identifier(typed: str | None) -> str:
    """Letters and digits only, in capitals and ASCII digits: "ktm-১২ ab" and "KTM12AB" are one."""
    return _NOT_IN_A_NUMBER.sub("", fold_digits(clean_text(typed)).upper())


def clean_batch(typed: str | None) -> str | None:
    """A maker's batch as it is kept: capitals and ASCII digits, tidy spaces; None where nothing was written."""
    return clean_text(fold_digits(clean_text(typed)).upper(), max_length=LONGEST_BATCH) or None


def label_of(entry: Mapping[str, Any]) -> str:
    """What a field of a kind is called, in the reader's language."""
    return in_reader_language(str(entry.get("label_bn", "")), str(entry.get("label_en", ""))) or str(entry["code"])


def space_of(entry: Mapping[str, Any]) -> str:
    """The series in which this identifier is the only one."""
    return IMEI_SPACE if entry.get("check") == IdentifierCheck.IMEI else str(entry["code"])


def read_identifiers(kind: ProductKind, typed: Mapping[str, str]) -> list[ReadIdentifier]:
    """What was typed for the fields of ``kind``, in their order.

    Raises DomainError ``identifier_missing`` for a required one or none at all, ``identifier_same`` for one number in
    two fields, ``identifier_unknown`` for a field the kind has not, ``identifier_long``.
    """
    known = {str(entry["code"]): entry for entry in kind.identifiers}
    for code in typed:
        if code not in known and fold_identifier(typed[code]):
            raise DomainError(
                "identifier_unknown", _("Units of this kind have no such number."), field="identifiers", kind=code
            )
    found: list[ReadIdentifier] = []
    for code, entry in known.items():
        value = clean_text(typed.get(code))
        folded = fold_identifier(value)
        if not folded:
            if entry.get("required"):
                raise _missing(code, label_of(entry))
            continue
        if len(value) > LONGEST or len(folded) > LONGEST:
            raise DomainError(
                "identifier_long", _("A number has at most %(count)s characters.") % {"count": LONGEST},
                field=f"identifier_{code}",
            )  # fmt: skip
        found.append(ReadIdentifier(code, space_of(entry), fold_digits(value).upper(), folded, label_of(entry)))
    if not found:
        raise _missing(next(iter(known), "serial"), "")
    _refuse_same(found)
    return found


def _missing(code: str, label: str) -> DomainError:
    words = _("Write the %(label)s.") % {"label": label} if label else _("Write at least one number of the unit.")
    return DomainError("identifier_missing", words, field=f"identifier_{code}", kind=code)


def _refuse_same(found: list[ReadIdentifier]) -> None:
    seen: set[tuple[str, str]] = set()
    for one in found:
        if (one.space, one.folded) in seen:
            raise DomainError("identifier_same", _("This number stands in two fields."), field=f"identifier_{one.kind}")
        seen.add((one.space, one.folded))


def doubts_about(kind: ProductKind, typed: Mapping[str, str]) -> dict[str, str]:
    """Code -> sentence for each identifier whose check digit does not fit: to be looked at again, never refused."""
    doubts: dict[str, str] = {}
    for entry in kind.identifiers:
        folded = fold_identifier(typed.get(str(entry["code"])))
        if folded and entry.get("check") == IdentifierCheck.IMEI and not is_imei(folded):
            doubts[str(entry["code"])] = str(
                _("This does not look like an IMEI: it has 15 digits, and the last one checks the others.")
            )
    return doubts


def is_imei(folded: str) -> bool:
    """Whether it has 15 digits and the last is the check digit of the others."""
    return len(folded) == IMEI_DIGITS and folded.isascii() and folded.isdigit() and luhn.is_valid(folded)
