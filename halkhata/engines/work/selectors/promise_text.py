"""The promise in words, for messages to the customer (A51.10, A51.11)."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.engines.work.choices import ClockState, Metric
from halkhata.engines.work.models import SlaClock, WorkItem
from halkhata.foundation.core.formatting import format_date, format_time, format_weekday
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.reader import Language


def answer_due(item: WorkItem) -> datetime | None:
    """By when the next answer is promised; None when no such promise runs."""
    return (
        SlaClock.objects.filter(
            item_id=item.pk, metric__in=[Metric.FIRST_RESPONSE, Metric.NEXT_RESPONSE], state=ClockState.RUNNING
        )
        .order_by("due_at")
        .values_list("due_at", flat=True)
        .first()
    )


def promise_sentence(item: WorkItem, *, language: str) -> str:
    """By when we answer, such as "by Sunday, 23 November 2026, 10:30 am"; "" when no answer is promised any more.

    The time is told in the zone of the item's branch.
    """
    due_at = answer_due(item)
    return "" if due_at is None else moment_sentence(due_at, zone=item.branch.time_zone, language=language)


def moment_sentence(at: datetime, *, zone: str, language: str) -> str:
    """A time by which something will be, as a letter in this language tells it; ``zone`` is an IANA name."""
    local = at.astimezone(ZoneInfo(zone))
    spoken: Language = "bn" if language == "bn" else "en"
    digits = Installation.current().digits_in(spoken)
    with translation.override(spoken):
        return _("by %(weekday)s, %(date)s, %(time)s") % {
            "weekday": format_weekday(local.date(), language=spoken),
            "date": format_date(local.date(), language=spoken, digits=digits),
            "time": format_time(local, language=spoken, digits=digits),
        }
