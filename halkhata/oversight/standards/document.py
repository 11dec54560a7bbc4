"""A version (or the draft) as what a template shows, in the reader's language."""

from datetime import date
from typing import Any

from halkhata.engines.work.choices import Metric, Priority
from halkhata.engines.work.models import EscalationRule
from halkhata.foundation.core.formatting import WEEKDAY_NAMES
from halkhata.foundation.core.reader import current_reader
from halkhata.oversight.standards.selectors.facts import Facts
from halkhata.oversight.standards.texts import SECTIONS

# A week as people in Bangladesh read it.
FROM_SATURDAY = (5, 6, 0, 1, 2, 3, 4)


def document(texts: dict[str, Any], facts: Facts) -> dict[str, Any]:
    """Context of standards/_document.html. Spans are in seconds, stretches in minutes after midnight."""
    language = current_reader().language
    levels = dict(EscalationRule.LEVELS)
    return {
        "sections": {
            section.code: {"heading": section.heading, "text": texts.get(section.code, {}).get(language, "")}
            for section in SECTIONS
        },
        "metrics": [label for _code, label in Metric.choices],
        "policies": [_policy(entry, language) for entry in facts.get("policies", [])],
        "hours": [_hours(entry, language) for entry in facts.get("hours", [])],
        "levels": [levels[level] for level in facts.get("levels", []) if level in levels],
    }


def _said(name: dict[str, str], language: str) -> str:
    return name.get(language) or name.get("en" if language == "bn" else "bn", "")


def _policy(entry: Facts, language: str) -> dict[str, Any]:
    return {
        "name": _said(entry["name"], language),
        "around_the_clock": entry["around_the_clock"],
        # Versions published before promises had a limit do not name one.
        "ceiling": (entry.get("ceiling_hours") or 0) * 3600,
        "rows": [
            {
                "label": label,
                "spans": [
                    entry["targets"][priority][metric] * 60 if metric in entry["targets"][priority] else None
                    for metric in Metric.values
                ],
            }
            for priority, label in Priority.choices
            if priority in entry["targets"]
        ],
    }


def _hours(entry: Facts, language: str) -> dict[str, Any]:
    names = WEEKDAY_NAMES["bn" if language == "bn" else "en"]
    return {
        "branches": ", ".join(_said(name, language) for name in entry["branches"]),
        "zone": entry["zone"],
        "week": [{"name": names[day], "stretches": entry["week"][day]} for day in FROM_SATURDAY],
        "days": [
            {
                "on": date.fromisoformat(day["on"]),
                "name": _said(day["name"], language),
                "is_provisional": day["is_provisional"],
                "stretches": day["hours"],
            }
            for day in entry["days"]
        ],
    }
