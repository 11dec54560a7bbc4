"""What the law of a country asks of the seller at least (A53.17): information for staff, and no legal advice.

One file, ``floors.json``, with a version, the source of each line and the day somebody looked at it. A shop asks its
own counsel; the pages say so beside every line.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django.utils.translation import get_language

FOLDER = Path(__file__).parent
_UNION = (
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU", "LV",
    "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Floor:
    """The least a seller answers for in one country."""

    country: str
    months: int
    bn: str
    en: str
    source: str
    seen_on: str
    version: str

    @property
    def words(self) -> str:
        """The line in the reader's language."""
        return self.bn if get_language() == "bn" else self.en


@cache
def _floors() -> dict[str, Floor]:
    read = json.loads((FOLDER / "floors.json").read_text(encoding="utf-8"))
    return {
        country: Floor(
            country=country, months=row["months"], bn=row["bn"], en=row["en"], source=row["source"],
            seen_on=row["seen_on"], version=read["version"],
        )
        for country, row in read["countries"].items()
    }  # fmt: skip


def floor_of(country: str) -> Floor | None:
    """The line of a country; a member of the European Union without one has the Union's. None: unknown."""
    code = country.upper()
    return _floors().get(code) or (_floors().get("EU") if code in _UNION else None)
