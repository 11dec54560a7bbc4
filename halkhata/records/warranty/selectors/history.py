"""What the verdict shows first: open campaigns of the company, then earlier repairs (US-13)."""

from typing import Any

from halkhata.records.catalog.models import Unit, UnitLife
from halkhata.records.catalog.registry import life_sentences
from halkhata.records.warranty.registry import Campaign, campaign_sources, claim_verbs

MOST = 5


def open_campaigns(unit: Unit) -> list[Campaign]:
    """Whatever the company has open for this unit."""
    return [campaign for source in campaign_sources for campaign in source(unit)]


def earlier_claims(unit: Unit) -> list[dict[str, Any]]:
    """The last repairs and claims of the unit, the newest first. One query."""
    verbs = [name for name, _entry in claim_verbs.items()]
    if not verbs:
        return []
    lines = UnitLife.objects.filter(unit=unit, verb__in=verbs).order_by("-at", "-pk")[:MOST]
    return [{"at": line.at, "url": line.url, "sentence": _sentence(line)} for line in lines]


def _sentence(line: UnitLife) -> str:
    sentence = life_sentences.find(line.verb)
    return str(sentence(line.data)) if sentence is not None else line.verb
