"""What a person was called and how they were reached, in every spelling that may stand somewhere; and taking it out."""

import re
from collections.abc import Collection
from typing import Any
from urllib.parse import quote, quote_plus

from halkhata.foundation.core.personal_data import ERASED
from halkhata.foundation.core.text import fold_digits, to_bengali_digits
from halkhata.records.customers.choices import AliasKind
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.models_identity import CustomerAlias

# Shorter names stand in too many words that are not theirs.
_SHORTEST = 4
# Values under these keys are words that somebody typed.
FREE_KEYS = frozenset({
    "address", "answer", "caller", "comment", "description", "name", "note", "reason", "shown", "subject", "text",
    "title", "typed", "value", "words", "name_bn", "name_en", "caller_name", "outcome_note",
})  # fmt: skip


def needles_of(ids: Collection[int], addresses: Collection[str]) -> tuple[list[str], list[str]]:
    """Two lists, longest first: names in full, and every spelling of numbers and addresses that are theirs alone."""
    names: set[str] = set()
    for pair in Customer.objects.filter(pk__in=ids).values_list("name_bn", "name_en"):
        names |= {name for name in pair if len(name) >= _SHORTEST}
    spelt = set(addresses)
    # What they were called and reached by before.
    for kind, value in CustomerAlias.objects.filter(customer_id__in=ids).values_list("kind", "value"):
        if kind == AliasKind.NAME:
            names |= {value} if len(value) >= _SHORTEST else set()
        elif not ContactPoint.objects.filter(value=value).exclude(customer_id__in=ids).exists():
            spelt |= {value} | (set() if "@" in value else spellings(value))
    points = ContactPoint.objects.filter(customer_id__in=ids, value__in=list(addresses))
    for typed, value in points.values_list("typed", "value"):
        spelt |= {typed} | (set() if "@" in value else spellings(value))
    return _longest_first(names), _longest_first({one for one in spelt if len(one) >= 6})


def spellings(number: str) -> set[str]:
    """How a number in E.164 is written: with and without the country's prefix, in both kinds of digits."""
    digits = re.sub(r"\D", "", fold_digits(number))
    forms = {number, digits}
    if digits.startswith("880") and len(digits) == 13:
        bare = digits[3:]
        forms |= {bare, f"0{bare}", f"0{bare[:4]}-{bare[4:]}", f"+880 {bare[:4]}-{bare[4:]}", f"+880-{bare}"}
        forms |= {f"0{bare[:4]} {bare[4:]}", f"+880 {bare[:4]} {bare[4:]}", f"+880 {bare}"}
    return forms | {to_bengali_digits(form) for form in forms}


def _longest_first(words: Collection[str]) -> list[str]:
    return sorted(words, key=lambda word: (-len(word), word))


def scrub_text(text: str, needles: Collection[str]) -> str:
    """The text without these words, however their letters are written: small, in capitals, as an address of a page."""
    folded = text.lower()
    for needle in needles:
        for spelt in _longest_first({needle, quote(needle), quote_plus(needle)}):
            if spelt.lower() in folded:
                text = re.sub(re.escape(spelt), ERASED, text, flags=re.IGNORECASE)
                folded = text.lower()
    return text


def scrub_value(value: Any, needles: Collection[str], *, free: bool = False) -> Any:
    """JSON without these words; ``free``: also without whatever somebody typed freely."""
    if isinstance(value, str):
        return scrub_text(value, needles)
    if isinstance(value, list):
        return [scrub_value(one, needles, free=free) for one in value]
    if isinstance(value, dict):
        return {
            scrub_text(str(key), needles): (
                ERASED if free and key in FREE_KEYS and isinstance(one, str) and one else
                scrub_value(one, needles, free=free)
            )
            for key, one in value.items()
        }  # fmt: skip
    return value


def cores_of(needles: Collection[str]) -> set[str]:
    """The fewest words to ask a database for: one of them stands in any text that holds one of the needles.

    The many spellings of a number end in the same six digits, in one script or the other.
    """
    ends = {needle: needle[-6:] for needle in needles if "@" not in needle and len(needle) > 6}
    return {ends[one] if one in ends and fold_digits(ends[one]).isdecimal() else one for one in needles}


def in_json(word: str) -> set[str]:
    """How a word stands in stored JSON: as it is, and with its letters beyond ASCII escaped."""
    escaped = word.encode("ascii", "backslashreplace").decode()
    return {word, re.sub(r"\\x([0-9a-f]{2})", r"\\u00\1", escaped)}


def in_text(word: str) -> set[str]:
    """How a word stands in stored text: as it is, and in addresses of pages (a saved view keeps what was asked)."""
    return {word, quote(word), quote_plus(word)}
