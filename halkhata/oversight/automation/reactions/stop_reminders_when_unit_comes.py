"""A unit is taken in, booked or handed over -> its reminders end, its recall goes on (US-15 AC 2, A53.15).

The desk of reminders asks the workshop through entries of its registries: which units are in, which days are free.
"""

from collections.abc import Collection
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation
from django.utils.translation import gettext as _

from halkhata.desks.aftercare.choices import ReminderState
from halkhata.desks.aftercare.registry import in_house, service_verbs, visit_bookers
from halkhata.desks.aftercare.services.recall_steps import finish_recall_by_job, free_recall_of_job, link_recall_to_job
from halkhata.desks.aftercare.services.stopping import stop_for_visit
from halkhata.desks.service.booking_events import BookingMoved
from halkhata.desks.service.choices import IN_HOUSE, JobState
from halkhata.desks.service.events import JobDelivered, JobOpened, JobStateChanged
from halkhata.desks.service.models import ServiceJob
from halkhata.desks.service.services.bookings import ask_booking
from halkhata.engines.work.services.tasks import plan_task
from halkhata.foundation.accounts.models import User
from halkhata.foundation.audit.trail import SystemActor
from halkhata.foundation.core.errors import Conflict
from halkhata.foundation.core.events import on
from halkhata.oversight.automation.working_hours import opening_from
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.models import Customer

ACTOR = SystemActor("service reminder")
# Bookings that stand: the unit will come.
STANDING = frozenset({"asked", "confirmed"})
# It comes already: with a booking, or stands in the workshop.
KNOWN = frozenset({"booked_already", "unit_is_here"})


@on(JobOpened)
def stop_reminders_when_unit_comes(event: JobOpened) -> None:
    """Nobody calls about a unit that stands in the workshop; whoever has it in hand does the recall, too."""
    stop_for_visit(actor=ACTOR, unit_id=event.unit_id, number=event.number)
    link_recall_to_job(actor=ACTOR, unit_id=event.unit_id, number=event.number)


@on(BookingMoved)
def stop_reminders_when_unit_has_a_day(event: BookingMoved) -> None:
    """The customer has asked for a day by themselves."""
    if event.state in STANDING:
        stop_for_visit(actor=ACTOR, unit_id=event.unit_id, number=event.number, state=ReminderState.BOOKED)


@on(JobDelivered)
def finish_recall_when_unit_is_handed_over(event: JobDelivered) -> None:
    """The job the recall was done with is closed."""
    finish_recall_by_job(actor=ACTOR, unit_id=event.unit_id, number=event.number)


@on(JobStateChanged)
def free_recall_when_job_is_cancelled(event: JobStateChanged) -> None:
    """A cancelled job has done nothing for the recall."""
    if event.after == JobState.CANCELLED:
        free_recall_of_job(actor=ACTOR, unit_id=event.unit_id, number=event.number)


def units_in(unit_ids: Collection[int]) -> set[int]:
    """Those that stand in the workshop. One query."""
    rows = ServiceJob.objects.filter(unit_id__in=unit_ids, state__in=IN_HOUSE)
    return set(rows.values_list("unit_id", flat=True))


def book_visit(actor: Any, unit: Unit, customer: Customer, day: date, words: str, key: str) -> str:
    """Ask for a place; the workshop confirms it. Returns its number, or that of what brings the unit in already.

    A branch that takes no bookings gets a call in its list of work instead, on the morning before the unit comes.
    Raises what ``ask_booking`` raises for a day that is full or closed.
    """
    try:
        return ask_booking(
            actor=ACTOR, unit=unit, customer=customer, branch=unit.branch, complaint=words or "সার্ভিস / Service",
            wished_on=day, key=key, is_demo=unit.is_demo,
        ).number  # fmt: skip
    except Conflict as error:
        if error.code in KNOWN:
            return str(error.data["number"])
        if error.code != "no_bookings":
            raise
    owner = actor if isinstance(actor, User) else None
    language = owner.language if owner is not None else "bn"
    with translation.override(language):
        subject = _("Comes in for service: %(unit)s") % {"unit": unit.product.name}
    morning = datetime.combine(day, time(10), tzinfo=ZoneInfo(unit.branch.time_zone))
    return plan_task(
        actor=ACTOR, kind="follow_up", subject=subject, customer=customer, parent=None, branch=unit.branch, team=None,
        owner=owner, planned_at=opening_from(unit.branch, morning), cause=key, is_demo=unit.is_demo,
    ).number  # fmt: skip


service_verbs.register("job.delivered", "job.delivered")
in_house.register("service", units_in)
visit_bookers.register("visits", book_visit)
