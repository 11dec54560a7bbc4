"""The order of a Bengali dictionary, for lists that stand by name (US-24).

As the Bangla Academy orders them: vowels, then ং ঃ ঁ, then consonants with ড় ঢ় য় as letters after ড ঢ য, then the
vowel signs, then hasanta: কই, কক, কা, কৌ, ক্ক. ৎ stands where ত্ stands. Numbers go first, by value, whatever the
digits; then Bengali; then Latin, whatever the case; then other scripts. Words go before letters: a shorter first word
comes first. The order is told by bytes, so that no collation of a database can change it.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

from halkhata.foundation.core.text import clean_text, plain_letters

T = TypeVar("T")

NAMELESS = b"\xff"
"""The place of whoever has no name: after everybody else."""

# As letters of their own; NFC writes them as a letter and a dot.
_DOTTED = {"\u09a1\u09bc": "\u09dc", "\u09a2\u09bc": "\u09dd", "\u09af\u09bc": "\u09df"}
_DOTTED_LETTER = re.compile("|".join(_DOTTED))
# Typed before the vowel sign, it looks the same as after it.
_EARLY_CANDRABINDU = re.compile("(\u0981)([\u09be-\u09cc])")

_ORDER = (
    "অআইঈউঊঋ\u09e0ঌ\u09e1এঐওঔংঃঁকখগঘঙচছজঝঞটঠড\u09dcঢ\u09ddণতথদধনপফবভময\u09dfর\u09f0ল\u09f1শষসহ\u09bd"
    "\u09be\u09bf\u09c0\u09c1\u09c2\u09c3\u09c4\u09e2\u09e3\u09c7\u09c8\u09cb\u09cc\u09cd\u09d7"
)
_FIRST_BENGALI, _FIRST_LATIN, _FIRST_OTHER = 0x40, 0xA0, "\xf0"
_LONGEST_NUMBER = 255
_NUMBER = re.compile("[0-9]+")
_SPACES = re.compile(" +")


class _Places(dict[int, str | None]):
    """A table for ``str.translate`` that fills itself: each letter's place in the order, as characters below 256."""

    def __missing__(self, code: int) -> str | None:
        self[code] = place = _place_of(chr(code))
        return place


def _place_of(character: str) -> str | None:
    category = unicodedata.category(character)
    if category == "Nd":
        return str(unicodedata.decimal(character))
    if category[0] in "PSZ" or character.isspace():
        return " "
    if "a" <= character <= "z":
        return chr(_FIRST_LATIN + ord(character) - ord("a"))
    if category[0] in "MC":
        return None
    # In the order of Unicode, after Latin: three bytes hold every code point.
    return _FIRST_OTHER + ord(character).to_bytes(3, "big").decode("latin-1")


_PLACES = _Places({ord(letter): chr(_FIRST_BENGALI + place) for place, letter in enumerate(_ORDER)})
_PLACES[0x09CE] = _PLACES.__getitem__(0x09A4) + _PLACES.__getitem__(0x09CD)  # type: ignore[operator]


def sort_key(text: str | None) -> bytes:
    """Where ``text`` stands among others: compare the keys byte by byte. "" gives b"", which is before all.

    Equal for all spellings of the same letters: normal forms, joiners, case, accents on Latin, digits of any script.
    """
    return _key(text) if text else b""


@lru_cache(maxsize=8_192)
def _key(text: str) -> bytes:
    text = clean_text(text)
    if text.isascii():
        text = text.lower()
    else:
        text = _EARLY_CANDRABINDU.sub(r"\2\1", plain_letters(text))
        text = _DOTTED_LETTER.sub(lambda pair: _DOTTED[pair.group()], text)
    placed = _SPACES.sub(" ", text.translate(_PLACES)).strip(" ")
    return _NUMBER.sub(_by_value, placed).encode("latin-1")


def _by_value(run: re.Match[str]) -> str:
    """More digits are a greater number, once zeros in front are gone."""
    digits = run.group().lstrip("0") or "0"
    return f"0{chr(min(len(digits), _LONGEST_NUMBER))}{digits}"


def name_key(name: str) -> bytes:
    """``sort_key`` of a name in a list; whoever has none stands at the end."""
    return sort_key(name) or NAMELESS


def by_name(records: Iterable[T]) -> list[T]:
    """The records in the order of what they are called in the reader's language (``str``); for short lists."""
    return sorted(records, key=lambda record: name_key(str(record)))


def by_label(choices: Iterable[tuple[T, str]]) -> list[tuple[T, str]]:
    """Pairs of value and label in the order of the labels."""
    return sorted(choices, key=lambda pair: name_key(str(pair[1])))
