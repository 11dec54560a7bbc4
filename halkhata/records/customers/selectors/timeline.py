"""What happened with a customer, as sentences in the reader's language."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.foundation.core.phones import format_phone
from halkhata.foundation.core.reader import current_reader
from halkhata.records.customers.models import Activity, Customer
from halkhata.records.customers.registry import timeline_icons, timeline_sentences
from halkhata.records.customers.selectors.keyset import first_by_time, page_by_time


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One line: when, what, who, and where to read on ("" when there is no such page)."""

    at: datetime
    sentence: str
    who: str
    url: str
    icon: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """Lines, newest first; ``older`` is the cursor of the next ones, "" at the end."""

    entries: list[TimelineEntry]
    older: str


def timeline_of(customer: Customer, *, before: str | None = None, size: int = 20) -> Timeline:
    """One stretch of the customer's timeline, in one query."""
    if before:
        page = page_by_time(Activity.objects.filter(customer=customer), field="at", before=before, size=size)
    else:
        page = first_by_time(
            kept_objects(("timeline", size), lambda: _newest(SOME_ID, size + 1), {SOME_ID: customer.pk}),
            field="at",
            size=size,
        )
    return Timeline([_entry(activity) for activity in page.items], page.older)


def _newest(customer_id: int, size: int) -> QuerySet[Activity]:
    return Activity.objects.filter(customer_id=customer_id).order_by("-at", "-id")[:size]


def sentence_of(activity: Activity) -> str:
    """The activity in the reader's language; a verb that no app of this version knows is shown as it was recorded."""
    sentence = timeline_sentences.find(activity.verb)
    if sentence is None:
        return _("Recorded: %(verb)s") % {"verb": activity.verb}
    return str(sentence(activity.data))


def _entry(activity: Activity) -> TimelineEntry:
    icon = timeline_icons.find(activity.verb.partition(".")[0]) or "history"
    return TimelineEntry(activity.at, sentence_of(activity), activity.actor_label, activity.url, icon)


def shown_value(data: dict[str, Any]) -> str:
    """The number or address in an activity's data, as the reader reads it."""
    return format_phone(str(data.get("value", "")), bengali=current_reader().digits == "bengali")
