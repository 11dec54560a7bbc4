"""Which version holds, which is to come, and whether what was published still agrees with what is set up."""

from datetime import date

from django.utils.translation import gettext_lazy as _

from halkhata.foundation.core.days import day_at
from halkhata.foundation.core.models import Installation
from halkhata.oversight.standards.models import StandardsDraft, StandardsVersion
from halkhata.oversight.standards.selectors.facts import Facts, current_facts
from halkhata.oversight.standards.texts import first_texts

# What can disagree, in words.
PARTS = {
    "policies": _("the promised times"),
    "hours": _("the opening hours"),
    "days": _("holidays and days with other hours"),
    "levels": _("the steps of escalation"),
}


def today_in_shop() -> date:
    """The present day in the shop's zone."""
    return day_at(Installation.current())


def version_in_force(on: date) -> StandardsVersion | None:
    """The newest version whose day has come."""
    return StandardsVersion.objects.filter(effective_on__lte=on).order_by("-number").first()


def version_to_come(on: date) -> StandardsVersion | None:
    """The newest version, when its day has not come yet."""
    newest = StandardsVersion.objects.order_by("-number").first()
    return newest if newest is not None and newest.effective_on > on else None


def draft() -> StandardsDraft:
    """The draft, or an unsaved one with the words to begin with."""
    found = StandardsDraft.objects.filter(pk=1).first()
    if found is None:
        return StandardsDraft(texts=first_texts())
    found.texts = {**first_texts(), **found.texts}
    return found


def disagreements(on: date) -> list[str]:
    """In what the newest published version no longer agrees with the settings: keys of PARTS; empty when it does.

    Special days are compared from ``on`` to the day up to which they were published: what has passed is no matter.
    """
    newest = StandardsVersion.objects.order_by("-number").first()
    if newest is None:
        return []
    published, present = newest.facts, current_facts(on)
    until = published.get("days_until", "")
    found = [part for part in ("policies", "levels") if published.get(part) != present[part]]
    if _week_of(published) != _week_of(present):
        found.insert(0, "hours")
    if _days_of(published, on, until) != _days_of(present, on, until):
        found.append("days")
    return sorted(found, key=list(PARTS).index)


def _week_of(facts: Facts) -> list[tuple[object, ...]]:
    return [(entry["branches"], entry["zone"], entry["week"]) for entry in facts.get("hours", [])]


def _days_of(facts: Facts, on: date, until: str) -> list[list[Facts]]:
    first = on.isoformat()
    return [[day for day in entry["days"] if first <= day["on"] <= until] for entry in facts.get("hours", [])]
