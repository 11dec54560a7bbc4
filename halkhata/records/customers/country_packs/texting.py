"""What a country asks of short texts that advertise: letters, hours, prayer times, how many a day (bangladesh.md C4).

One file for each country, ``rules/<country>.json``, and ``rules/xx.json`` for all others. A file holds rules by the
day since which they hold, so that a new rule of an authority is a line in a file with its date.
"""

import json
from dataclasses import dataclass
from datetime import date, time
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).parent / "rules"
OTHERS = "xx"

# A part of a day on the wall clock; past midnight when it ends before it begins.
Span = tuple[time, time]


@dataclass(frozen=True, slots=True)
class TextingRules:
    """The rules of one country on one day.

    ``script``: the alphabet an advertising text must be written in ("" for any), ``least_percent`` of its letters.
    ``hours``: when it may arrive; ``never``: when it may not, whatever a shop sets. ``prayers``: for each month, and
    ``friday`` besides. ``a_day``: how many go to one number (None: no limit). ``sender_most``: letters of the name
    shown as sender.
    """

    country: str
    version: str
    since: date
    script: str
    least_percent: int
    hours: Span
    never: tuple[Span, ...]
    a_day: int | None
    sender_most: int
    prayers: tuple[tuple[Span, ...], ...]
    friday: tuple[Span, ...]


def texting_rules(country: str, on: date) -> TextingRules:
    """The rules of a country (ISO 3166) on a day; a country without a file has those of ``xx``.

    Before the first dated rule the first one holds.
    """
    found = _rules_of(country.lower()) or _rules_of(OTHERS)
    in_force = [rules for rules in found if rules.since <= on]
    return in_force[-1] if in_force else found[0]


@cache
def _rules_of(country: str) -> tuple[TextingRules, ...]:
    file = FOLDER / f"{country}.json"
    if not (len(country) == 2 and country.isascii() and country.isalpha() and file.is_file()):
        return ()
    data = json.loads(file.read_text(encoding="utf-8"))
    prayers = tuple(read_spans(month) for month in data["prayers"])
    rules = [
        TextingRules(
            country=data["country"],
            version=data["version"],
            since=date.fromisoformat(row["since"]),
            script=row["script"],
            least_percent=row["least_percent"],
            hours=read_spans([row["hours"]])[0],
            never=read_spans(row["never"]),
            a_day=row["a_day"],
            sender_most=row["sender_most"],
            prayers=prayers,
            friday=read_spans(data["friday"]),
        )
        for row in data["rules"]
    ]
    return tuple(sorted(rules, key=lambda one: one.since))


def read_spans(rows: list[list[str]]) -> tuple[Span, ...]:
    """``[["13:00", "13:45"]]`` as times. Raises ValueError."""
    return tuple((time.fromisoformat(start), time.fromisoformat(end)) for start, end in rows)
