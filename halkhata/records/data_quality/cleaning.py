"""Rules that propose how to mend a record. Each is pure: a value goes in, a better one or "" comes out (E.2)."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.text import clean_text

_BENGALI = re.compile("[\u0980-\u09ff]")
# Honorifics that were typed into the name; the title has a field of its own.
_TITLES = {
    "mr": "mr", "mr.": "mr", "ms": "ms", "ms.": "ms", "dr": "dr", "dr.": "dr", "জনাব": "janab", "বেগম": "begum",
    "ডা.": "dr", "ডাঃ": "dr",
}  # fmt: skip
# Slips of well-known mail hosts, each one letter away.
_HOSTS = {
    "gamil.com": "gmail.com", "gmial.com": "gmail.com", "gmal.com": "gmail.com", "gmail.co": "gmail.com",
    "gmail.con": "gmail.com", "gmaill.com": "gmail.com", "yaho.com": "yahoo.com", "yahooo.com": "yahoo.com",
    "yahoo.con": "yahoo.com", "hotmial.com": "hotmail.com", "hotmail.con": "hotmail.com",
    "outlok.com": "outlook.com",
}  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Rule:
    """One rule: about which columns of the customer, what it says, and the better value ("" for none)."""

    label: Any
    columns: tuple[str, ...]
    better: Callable[[str], str]


def without_spaces(value: str) -> str:
    """One space where there were several, none at the ends, no invisible letters."""
    clean = clean_text(value)
    return clean if clean != value else ""


def without_title(value: str) -> str:
    """The name without a title that stands before it."""
    first, _space, rest = value.partition(" ")
    return rest.strip() if first.lower() in _TITLES and rest.strip() else ""


def title_in(value: str) -> str:
    """The code of the title that stands before the name, "" for none."""
    return _TITLES.get(value.partition(" ")[0].lower(), "")


def in_small_letters(value: str) -> str:
    """A Latin name in capitals throughout, written as names are."""
    letters = [letter for letter in value if letter.isalpha()]
    if len(letters) < 4 or not value.isupper() or _BENGALI.search(value):
        return ""
    return " ".join(word.capitalize() if len(word) > 2 else word for word in value.split())


def right_host(value: str) -> str:
    """The address at the host that was meant."""
    name, _at, host = value.rpartition("@")
    return f"{name}@{_HOSTS[host.lower()]}" if name and host.lower() in _HOSTS else ""


NAMES = ("name_bn", "name_en")
RULES: dict[str, Rule] = {
    "spaces": Rule(label=_("Spaces or invisible letters too many"), columns=NAMES, better=without_spaces),
    "title": Rule(label=_("The title stands in the name"), columns=NAMES, better=without_title),
    "capitals": Rule(label=_("Written in capitals"), columns=("name_en",), better=in_small_letters),
    "host": Rule(label=_("The mail host is probably misspelt"), columns=("email",), better=right_host),
}
