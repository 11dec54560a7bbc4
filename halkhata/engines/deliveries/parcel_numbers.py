"""Numbers of parcels: many spellings of the slip, one form in which they are compared."""

import re

from halkhata.foundation.core.text import clean_text, fold_digits

_APART = re.compile(r"[\s\-–—_./\\#]+")
_WHOLE = re.compile(r"[0-9A-Z]{4,60}")


def fold_number(typed: str) -> str:
    """A courier's number as it is compared: Latin digits, capitals, nothing between; "" for what is no number."""
    folded = _APART.sub("", fold_digits(clean_text(typed, max_length=200))).upper()
    return folded if _WHOLE.fullmatch(folded) else ""
