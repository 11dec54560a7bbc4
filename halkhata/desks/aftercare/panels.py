"""What this desk shows on other pages: the unit's and, through the warranty's verdict, wherever that is shown."""

from typing import Any

from django.utils.translation import gettext as _

from halkhata.desks.aftercare.choices import ReminderState
from halkhata.desks.aftercare.models import Reminder
from halkhata.desks.aftercare.selectors.facts import (
    UnitFacts,
    coupon_dues,
    ending_contracts,
    facts_of_unit,
    service_due,
)
from halkhata.desks.aftercare.selectors.recalls import open_of_unit
from halkhata.desks.aftercare.selectors.rules import Rules, aftercare_settings
from halkhata.desks.aftercare.services.planning import why_of
from halkhata.desks.aftercare.words import why_words
from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit

SHOWN = 5


def recall_panel(user: User, unit: Unit) -> dict[str, Any]:
    """Open recalls of the unit: what stands first on its page. One query."""
    return {"unit": unit, "recalls": open_of_unit(unit), "may_call": user.may("aftercare.call")}


def unit_panel(user: User, unit: Unit) -> dict[str, Any]:
    """What is due next and why, the last reminders. Seven queries at most."""
    facts = facts_of_unit(unit)
    reminders = list(Reminder.objects.filter(unit=unit).order_by("-pk")[:SHOWN])
    return {
        "unit": unit,
        "dues": dues_of(facts, usage_unit=unit.product.kind.usage_unit),
        "reminders": reminders,
        "open_reminder": next((one for one in reminders if one.state == ReminderState.OPEN), None),
        "stop": facts is not None and facts.is_stopped,
        "may_call": user.may("aftercare.call"),
    }


def dues_of(facts: UnitFacts | None, *, usage_unit: str) -> list[dict[str, Any]]:
    """What is due on a unit, the earliest first: {"label", "on", "why", "is_late"}. Two queries."""
    day = today()
    if facts is None:
        return []
    found: list[dict[str, Any]] = []
    settings = aftercare_settings()
    service = service_due(facts, Rules(), settings, day)
    if service is not None:
        why = why_words(why_of(service), usage_unit)
        found.append({"label": _("Next service"), "on": service.due.on, "why": why})
    for _pk, number, _from_on, last_on in coupon_dues(facts, day)[:1]:
        why = why_words({"by": "window", "number": number})
        found.append({"label": _("Free service to be used"), "on": last_on, "why": why})
    for _policy, ends_on in ending_contracts(facts, day, within=max(settings.renewal_days, default=0))[:1]:
        found.append({"label": _("Contract to renew"), "on": ends_on, "why": why_words({"by": "contract"})})
    for one in found:
        one["is_late"] = one["on"] < day
    return sorted(found, key=lambda one: one["on"])
