"""What stands in a short text that a customer wrote: a word that ends offers, one digit, a ticket's number.

Pure functions: whoever calls them decides what it means.
"""

import re

from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.text import clean_text, fold_digits, search_key

# Whole texts, as ``search_key`` folds them. "না" alone may answer a question of ours: see ``says_no``.
_STOP = {search_key(word) for word in ("stop", "stop all", "stopall", "unsubscribe", "বন্ধ", "বন্ধ করুন", "বন্ধ করেন")}
_NO = {search_key(word) for word in ("না", "no")}
_DIGIT = re.compile(r"[^\w]*([0-9])[^\w]*")
_REF = re.compile(
    r"(?<![^\W_])#?(?:[A-Za-z]{1,3}|[\u0995-\u09b9])\s?[-\u2010-\u2015\u2212._/:]?\s?[0-9]{1,12}(?![0-9])"
)
# A text is no list of numbers.
_MOST_REFS = 5


def wants_no_offers(text: str) -> bool:
    """Whether the whole text is a word that ends offers, in any spelling and letter case."""
    return search_key(text) in _STOP


def says_no(text: str) -> bool:
    """Whether the whole text is "no": it ends offers only where an offer was what we had written."""
    return search_key(text) in _NO


def one_digit(text: str) -> int | None:
    """The digit that the whole text is ("5", "৫", " ৫. "), else None."""
    match = _DIGIT.fullmatch(fold_digits(clean_text(text)))
    return int(match.group(1)) if match else None


def refs_in(text: str) -> list[str]:
    """Numbers of tickets that may stand in the text, canonical ("K-1045"), in order, each once."""
    found = (parse_ref(match.group()) for match in _REF.finditer(fold_digits(clean_text(text))))
    return list(dict.fromkeys(ref for ref in found if ref))[:_MOST_REFS]


def keyword_and_rest(text: str, words: frozenset[str]) -> str | None:
    """What stands behind the keyword that the text begins with, on one line; None when it begins with none of them.

    ``words`` are folded as ``search_key`` does it.
    """
    head, _space, rest = clean_text(text).partition(" ")
    key = search_key(head)
    return rest.strip() if key and key in words else None
