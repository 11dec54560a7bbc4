"""Initials on a colour that stays the same for a name."""

import unicodedata
from functools import lru_cache
from typing import Any
from zlib import crc32

from django.utils.html import format_html
from django.utils.safestring import SafeString


def avatar(name: Any, size: str = "") -> SafeString:
    """``{% avatar customer.name %}``: initials on a colour that stays the same for a name. ``size``: "", "s", "l".

    It is decoration: the name itself stands beside it, so screen readers skip it.
    """
    return _avatar(str(name or ""), size)


@lru_cache(maxsize=256)
def _avatar(text: str, size: str) -> SafeString:
    colour = crc32(text.encode()) % 5
    classes = f"hk-avatar hk-avatar-{colour}" + (f" hk-avatar-{size}" if size else "")
    return format_html('<span class="{}" aria-hidden="true">{}</span>', classes, initials(text))


def initials(name: str) -> str:
    """First letters of the first and the last word: "MR", "রক"; a Bengali conjunct stays whole ("শ্রী").

    Two conjuncts do not fit the circle: then the first alone.
    """
    words = [word for word in name.split() if word[:1].isalpha()]
    if not words:
        return "?"
    firsts = [_first_cluster(word) for word in (words[:1] if len(words) == 1 else [words[0], words[-1]])]
    joined = "".join(firsts)
    return (joined if len(joined) <= 4 else firsts[0]).upper()


def _first_cluster(word: str) -> str:
    """The first letter with its signs, and with the letters that a virama (U+09CD) joins to it."""
    end = 1
    while end < len(word):
        joined = word[end - 1] == "\u09cd"
        if unicodedata.category(word[end]) in {"Mn", "Mc"} or (joined and word[end].isalpha()):
            end += 1
        else:
            break
    return word[:end]
