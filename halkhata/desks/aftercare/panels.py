"""What this desk shows on other pages: the unit's and, through the warranty's verdict, wherever that is shown."""

from typing import Any

from django.utils.translation import gettext as _

from halkhata.desks.aftercare.choices import ReminderState
from halkhata.desks.aftercare.models import Reminder, ReminderStop
from halkhata.desks.aftercare.selectors.facts import coupon_dues, ending_contracts, facts_of, service_due
from halkhata.desks.aftercare.selectors.recalls import open_of_unit
from halkhata.desks.aftercare.selectors.rules import Rules, aftercare_settings
from halkhata.desks.aftercare.services.planning import why_of
from halkhata.desks.aftercare.words import why_words
from halkhata.foundation.accounts.models import User
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit

SHOWN = 5


def unit_panel(user: User, unit: Unit) -> dict[str, Any]:
    """What is due next and why, open recalls, the last reminders. A fixed number of queries."""
    stop = ReminderStop.objects.filter(unit=unit, customer_id=unit.owner_id or 0).first()
    past = Reminder.objects.filter(unit=unit).select_related("settled_by").order_by("-pk")[:SHOWN]
    reminders = list(past)
    return {
        "unit": unit,
        "dues": dues_of(unit),
        "recalls": open_of_unit(unit),
        "reminders": reminders,
        "open_reminder": next((one for one in reminders if one.state == ReminderState.OPEN), None),
        "stop": stop,
        "may_call": user.may("aftercare.call"),
    }


def dues_of(unit: Unit) -> list[dict[str, Any]]:
    """What is due on a unit, the earliest first: {"label", "on", "why", "is_late"}. Seven queries."""
    day = today()
    facts = facts_of(Unit.objects.filter(pk=unit.pk), low=unit.pk - 1, high=unit.pk).get(unit.pk)
    if facts is None:
        return []
    found: list[dict[str, Any]] = []
    settings = aftercare_settings()
    service = service_due(facts, Rules(), settings, day)
    if service is not None:
        why = why_words(why_of(service), unit.product.kind.usage_unit)
        found.append({"label": _("Next service"), "on": service.due.on, "why": why})
    for _pk, number, _from_on, last_on in coupon_dues(facts, day)[:1]:
        why = why_words({"by": "window", "number": number})
        found.append({"label": _("Free service to be used"), "on": last_on, "why": why})
    for _policy, ends_on in ending_contracts(facts, day, within=max(settings.renewal_days, default=0))[:1]:
        found.append({"label": _("Contract to renew"), "on": ends_on, "why": why_words({"by": "contract"})})
    for one in found:
        one["is_late"] = one["on"] < day
    return sorted(found, key=lambda one: one["on"])
