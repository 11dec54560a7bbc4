"""A person as the comparison sees them: folded names, sounds, numbers, addresses. Knows no database."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from halkhata.foundation.core.phonetic import phonetic_key
from halkhata.foundation.core.text import fold_digits, search_key

# Before most names of the country, or in front of any: they tell nobody from another. Folded, so without ঃ and dots.
_TITLES = frozenset(
    [
        "md",
        "mohd",
        "muhd",
        "mst",
        "mosa",
        "mosammat",
        "mr",
        "mrs",
        "ms",
        "miss",
        "dr",
        "janab",
        "sri",
        "srimati",
        "bhai",
        "apa",
        "haji",
        "alhaj",
        "মো",
        "মোহা",
        "মুহা",
        "মোং",
        "মোহাং",
        "মোসা",
        "মোছা",
        "মোসাম্মৎ",
        "মোছাম্মৎ",
        "জনাব",
        "শ্রী",
        "শ্রীমতী",
        "শ্রীমতি",
        "ভাই",
        "আপা",
        "হাজী",
        "হাজি",
        "আলহাজ",
        "ডা",
        "ড",
    ]
)
_TITLE_SOUNDS = frozenset({"mhmd", "msmt"})
# A name in use by many whose nasal is written in one script and spoken in the other.
_SAME_SOUND = dict.fromkeys(("ভূঁইয়া", "ভুঁইয়া", "ভূইয়া", "ভুইয়া", "ভূঞা", "ভূঁঞা", "bhuiya", "bhuiyan", "bhuyan", "bhuyain"), "bn")
# What stands in addresses and is another word in the other script, as it sounds in English.
_IN_BENGALI = {
    "বাড়ি": "hs", "বাড়ী": "hs", "বাসা": "hs", "গ্রাম": "blj", "গলি": "ln", "সড়ক": "rd", "রাস্তা": "rd", "মহল্লা": "mhl",
    "তলা": "flr", "ফ্ল্যাট": "flt", "দোকান": "sp",
}  # fmt: skip
_NATIONAL_DIGITS = 10
_BENGALI = re.compile("[\u0980-\u09ff]")


@dataclass(frozen=True, slots=True)
class Person:
    """What is compared. ``key`` is the customer's id, or any number that stands for the person."""

    key: int
    # Folded names without titles, each with its words in alphabetical order.
    names: tuple[str, ...] = ()
    # How the words sound, in both scripts alike.
    sounds: frozenset[str] = frozenset()
    # E.164.
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    # House, road, village and landmark, folded.
    line: str = ""
    # How upazila and district sound.
    area: str = ""
    district: str = ""
    post_code: str = ""
    # (system, folded value): ids of other systems, serial numbers.
    identifiers: frozenset[tuple[str, str]] = frozenset()
    # Keyed hashes of the numbers of identity papers, never the numbers (services/papers.py).
    papers: frozenset[str] = frozenset()
    # Changes of the owner of a unit that nobody wrote down (registry.UnitSigns).
    units: frozenset[str] = frozenset()


def fold_person(
    key: int,
    *,
    names: Iterable[str] = (),
    phones: Iterable[str] = (),
    emails: Iterable[str] = (),
    line: str = "",
    area: str = "",
    district: str = "",
    post_code: str = "",
    identifiers: Iterable[tuple[str, str]] = (),
    papers: Iterable[str] = (),
    units: Iterable[str] = (),
) -> Person:
    """The person from values as they are stored (phones in E.164, e-mail addresses normalised, the rest as typed)."""
    folded: list[str] = []
    sounds: set[str] = set()
    for name in names:
        words, heard = fold_name(name)
        if words and words not in folded:
            folded.append(words)
        sounds |= heard
    return Person(
        key,
        tuple(folded),
        frozenset(sounds),
        tuple(phones),
        tuple(emails),
        search_key(line),
        phonetic_key(area).replace(" ", "") if area else "",
        phonetic_key(district).replace(" ", "") if district else "",
        re.sub(r"\W", "", fold_digits(post_code)).casefold(),
        frozenset((system, search_key(value)) for system, value in identifiers),
        frozenset(papers),
        frozenset(units),
    )


@lru_cache(maxsize=65_536)
def fold_name(name: str) -> tuple[str, frozenset[str]]:
    """Words of the name in alphabetical order, and their sounds; titles only where nothing else is there."""
    words = search_key(name).split()
    telling = [word for word in words if word not in _TITLES] or words
    sounds = {_sound(word) for word in telling} - {""}
    return " ".join(sorted(telling)), frozenset(sounds - _TITLE_SOUNDS or sounds)


@lru_cache(maxsize=65_536)
def _sound(word: str) -> str:
    return _SAME_SOUND.get(word) or phonetic_key(word).replace(" ", "")


@lru_cache(maxsize=65_536)
def sound_of_line(line: str) -> str:
    """How the words of a folded address line sound; words of the two scripts that mean one thing become one."""
    return " ".join(_IN_BENGALI.get(word) or phonetic_key(word) for word in line.split())


def is_bengali(text: str) -> bool:
    """Whether the text has Bengali letters: a name is compared letter by letter with one of its own script only."""
    return bool(_BENGALI.search(text))


def national(phone: str) -> str:
    """The digits that tell one number from another: the last ten, without country code and trunk zero."""
    return phone.lstrip("+")[-_NATIONAL_DIGITS:]
