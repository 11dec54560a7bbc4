"""In what letters a text is written: an advertising SMS to Bangladesh must be in Bengali ones (E.6)."""

import re
import unicodedata
from collections.abc import Iterable

_LINK = re.compile(
    r"(?:https?://|www\.)\S+"
    r"|[\w.+-]+@[\w-]+(?:\.[\w-]+)+"
    r"|\b(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,24}\b(?:/\S*)?",
    re.IGNORECASE | re.ASCII,
)
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}", re.DOTALL)


def share_of(script: str, text: str, *, names: Iterable[str] = ()) -> int:
    """Of the letters of ``text``, how many percent (rounded down) belong to a script ("BENGALI").

    Links, mail addresses, placeholders and the given names do not count, digits and signs are no letters. A text
    without any letter left has 0.
    """
    left = _LINK.sub(" ", _PLACEHOLDER.sub(" ", text))
    for name in sorted({name.strip() for name in names if name.strip()}, key=len, reverse=True):
        left = re.sub(rf"(?<!\w){re.escape(name)}(?!\w)", " ", left, flags=re.IGNORECASE)
    letters = [letter for letter in left if unicodedata.category(letter)[0] == "L"]
    own = sum(unicodedata.name(letter, "").startswith(script) for letter in letters)
    return own * 100 // len(letters) if letters else 0
