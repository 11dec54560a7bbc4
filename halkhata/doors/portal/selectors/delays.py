"""A promise that was not kept, told to the customer honestly: until when it was, why, and the new time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils import translation

from halkhata.desks.tickets.models import Ticket
from halkhata.engines.messaging.choices import TemplateCode
from halkhata.engines.work.choices import ClockState, Metric, StateFlag
from halkhata.engines.work.models import DelayNote, SlaClock, WorkItem
from halkhata.engines.work.selectors.delays import reason_labels
from halkhata.oversight.automation.customer_time import told_time
from halkhata.oversight.automation.new_promise import running_promise


@dataclass(frozen=True, kw_only=True)
class Delay:
    """``about``: "answer" or "solution"; ``promised`` and ``new_time`` in words; ``reason`` "" when none was given."""

    about: str
    promised: str
    reason: str
    new_time: str


def delay_of(ticket: Ticket, clocks: Sequence[SlaClock], *, language: str, zone: str, at: datetime) -> Delay | None:
    """The promise that is broken now and that nothing has made good yet; None when there is none."""
    broken = [clock for clock in clocks if clock.stopped_at is None and _is_broken(clock, at)]
    if not broken:
        return None
    clock = min(broken, key=lambda one: one.due_at or one.breached_at or at)
    note = DelayNote.objects.filter(item_id=ticket.pk, clock__in=broken).order_by("-at", "-pk").first()
    due = clock.due_at or clock.breached_at
    new = _new_time(ticket, note, at)
    return Delay(
        about="solution" if clock.metric == Metric.RESOLUTION else "answer",
        promised=told_time(due, item=ticket, language=language, zone=zone) if due else "",
        reason=_reason(note, language),
        new_time=told_time(new, item=ticket, language=language, zone=zone) if new else "",
    )


def _is_broken(clock: SlaClock, at: datetime) -> bool:
    """Written down as broken, or so late that the sweep is about to."""
    is_late = clock.state == ClockState.RUNNING and clock.due_at is not None and clock.due_at <= at
    return clock.state == ClockState.BREACHED or is_late


def _new_time(ticket: Ticket, note: DelayNote | None, at: datetime) -> datetime | None:
    """What the customer was told instead: by staff with the reason, in the letter of delay, or by another promise."""
    if note is not None and note.promised_at is not None and note.promised_at > at:
        return note.promised_at
    told = (
        WorkItem.objects.filter(
            parent_id=ticket.pk, cause__startswith=f"ticket:{ticket.pk}:{TemplateCode.DELAYED}:", planned_at__gt=at
        )
        .exclude(state_flag=StateFlag.RESOLVED)
        .order_by("planned_at")
        .values_list("planned_at", flat=True)
        .first()
    )
    return told or running_promise(ticket, at)


def _reason(note: DelayNote | None, language: str) -> str:
    """The reason by its name on the shop's list. What staff wrote beside it is theirs."""
    if note is None or note.reason == "other":
        return ""
    with translation.override(language):
        return str(reason_labels().get(note.reason, ""))
