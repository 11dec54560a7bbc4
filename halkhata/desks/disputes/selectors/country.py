"""The way outside the house, by country: data, not law. Neutral words and no legal advice (A60.7, US-30)."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.utils.translation import get_language

_PACKS = Path(__file__).resolve().parent.parent / "country"


@dataclass(frozen=True, slots=True)
class OutsideRoute:
    """Where somebody may go besides us, and within how many days of the cause."""

    country: str
    days: int
    office_bn: str
    office_en: str
    words_bn: str
    words_en: str
    offices: tuple[tuple[str, str], ...]

    @property
    def words(self) -> str:
        """The sentence of the letter in the language that is being spoken."""
        return self.words_bn if get_language() == "bn" else self.words_en

    @property
    def office(self) -> str:
        """The office's name."""
        return self.office_bn if get_language() == "bn" else self.office_en


@lru_cache(maxsize=16)
def outside_route(country: str) -> OutsideRoute:
    """The route of a country; where none is known, a sentence that names no office."""
    path = _PACKS / f"{country.lower()}.json"
    if not (country.isalpha() and len(country) == 2 and path.is_file()):
        path = _PACKS / "other.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    return OutsideRoute(
        country=data["country"], days=data["days"], office_bn=data["office_bn"], office_en=data["office_en"],
        words_bn=data["words_bn"], words_en=data["words_en"],
        offices=tuple((one["bn"], one["en"]) for one in data["offices"]),
    )  # fmt: skip
