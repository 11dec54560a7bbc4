"""What is known of a country's places: their levels, codes and names in both languages (bangladesh.md C5).

A pack is one file, ``<country>.json``, with a version and where its facts come from; a place is a list of its code, the
code it belongs to, its names in Bengali and English, and other spellings. Addresses of other countries are free text.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from halkhata.foundation.core.phonetic import phonetic_key
from halkhata.foundation.core.text import search_key

FOLDER = Path(__file__).parent

DIVISION, DISTRICT, UPAZILA = "division", "district", "upazila"
LEVELS = (DIVISION, DISTRICT, UPAZILA)

# Words that say what kind of place it is and are often left out; folded.
_KINDS = frozenset(
    {
        "district", "zila", "zilla", "jela", "জেলা", "upazila", "upazilla", "upozila", "উপজেলা", "thana", "থানা",
        "ps", "police", "station", "division", "বিভাগ", "dist", "জিলা",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Place:
    """One division, district, or upazila (in a metropolis: thana). ``parent`` is the code of what it lies in."""

    code: str
    level: str
    parent: str
    bn: str
    en: str
    other: tuple[str, ...] = ()

    def name(self, language: str) -> str:
        """Its name in a language: Bengali for "bn", else English."""
        return self.bn if language == "bn" else self.en


@dataclass(frozen=True, slots=True)
class ReadPlace:
    """What typed names were read as; "" where they are in no list or could be several places."""

    district_code: str = ""
    upazila_code: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """The places of one country."""

    country: str
    version: str
    source: str
    places: dict[str, Place]
    _by_name: dict[tuple[str, str], tuple[str, ...]]
    _by_sound: dict[tuple[str, str], tuple[str, ...]]

    def under(self, code: str, level: str) -> Iterator[Place]:
        """Places of a level that lie in ``code`` ("" for the whole country), in the order of the file."""
        for place in self.places.values():
            if place.level == level and (not code or code in (place.parent, self._grandparent(place))):
                yield place

    def find(self, level: str, name: str, within: str = "") -> Place | None:
        """The place of that name in either language, in any spelling; None when none or several are meant."""
        folded = _folded(name)
        if not folded:
            return None
        found = self._only(self._by_name.get((level, folded), ()), within)
        if found is None and (level, folded) not in self._by_name:
            found = self._only(self._by_sound.get((level, _sound(folded)), ()), within)
        return found

    def _only(self, codes: tuple[str, ...], within: str) -> Place | None:
        places = [self.places[code] for code in codes]
        inside = [place for place in places if not within or within in (place.parent, self._grandparent(place))]
        return inside[0] if len(inside) == 1 else None

    def _grandparent(self, place: Place) -> str:
        parent = self.places.get(place.parent)
        return parent.parent if parent else ""


@cache
def pack_of(country: str) -> Pack | None:
    """The pack of a country (ISO 3166); None when there is none, and its addresses are free text."""
    file = FOLDER / f"{country.lower()}.json"
    if not (len(country) == 2 and country.isascii() and country.isalpha() and file.is_file()):
        return None
    data = json.loads(file.read_text(encoding="utf-8"))
    places: dict[str, Place] = {}
    by_name: dict[tuple[str, str], list[str]] = {}
    by_sound: dict[tuple[str, str], list[str]] = {}
    for level in LEVELS:
        for code, parent, bn, en, *other in data[level]:
            places[code] = Place(code, level, parent, bn, en, tuple(other))
            names = {_folded(name) for name in (bn, en, *other)} - {""}
            for index, keys in ((by_name, names), (by_sound, {_sound(name) for name in names} - {""})):
                for key in keys:
                    index.setdefault((level, key), []).append(code)
    return Pack(
        country=data["country"],
        version=data["version"],
        source=data["source"],
        places=places,
        _by_name={key: tuple(codes) for key, codes in by_name.items()},
        _by_sound={key: tuple(codes) for key, codes in by_sound.items()},
    )


@lru_cache(maxsize=20_000)
def read_place(country: str, district: str, upazila: str) -> ReadPlace:
    """Which district and upazila typed names mean. An upazila of a name that no other has tells its district.

    Never raises and never guesses between two.
    """
    pack = pack_of(country)
    if pack is None:
        return ReadPlace()
    found = pack.find(DISTRICT, district)
    if district.strip() and found is None:
        return ReadPlace()
    lower = pack.find(UPAZILA, upazila, within=found.code if found else "")
    if lower is not None:
        return ReadPlace(lower.parent, lower.code)
    return ReadPlace(found.code if found else "", "")


def place_name(country: str, code: str, language: str) -> str:
    """The name of a place in a language; "" for a code no pack of this version knows."""
    pack = pack_of(country) if code else None
    place = pack.places.get(code) if pack else None
    return place.name(language) if place else ""


def _folded(name: str) -> str:
    words = search_key(name).split()
    return " ".join([word for word in words if word not in _KINDS] or words)


def _sound(folded: str) -> str:
    return phonetic_key(folded).replace(" ", "")
