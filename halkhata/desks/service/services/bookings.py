"""Bookings: asked for by the customer, answered by the desk, ended by the unit that comes."""

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service import policies
from halkhata.desks.service.booking_choices import BOOKING_STEPS, HOLDING, OPEN, BookingState
from halkhata.desks.service.booking_events import BookingMoved
from halkhata.desks.service.models import BookingPhoto, JobBooking, JobPhoto, ServiceJob
from halkhata.desks.service.selectors.bookings import booking_rule, day_there, free_days, is_open_day
from halkhata.desks.service.selectors.jobs import job_in_house
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.audit.trail import SYSTEM, Actor, record
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError, NotFound
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.sequences import next_number
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.choices import UnitState
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.services.life import write_life
from halkhata.records.customers.models import Customer
from halkhata.records.customers.services.activities import record_activity
from halkhata.records.customers.services.locking import lock_values

PREFIX = "V"
MOST_WORDS = 4_000
# Asked for and taken back, again and again: so many for a unit within a day.
MOST_A_DAY = 5


def ask_booking(
    *,
    actor: Actor | None,
    unit: Unit,
    customer: Customer,
    branch: Branch,
    complaint: str,
    wished_on: date,
    key: str,
    photos: Sequence[StoredFile] = (),
    is_demo: bool = False,
) -> JobBooking:
    """Ask for a place on ``wished_on``. The same ``key`` asks once.

    Raises NotFound (not this customer's unit), DomainError ``complaint_missing``, ``not_sold``, ``not_that_day``;
    Conflict ``booked_already`` (with ``number``), ``unit_is_here``, ``day_full``, ``no_bookings``, ``too_many``.
    """
    policies.require(actor, policies.CREATE)
    policies.require_sight(actor, unit, customer)
    words = clean_text(complaint, multiline=True, max_length=MOST_WORDS)
    if not words:
        raise DomainError("complaint_missing", _("Write what is wrong, in your own words."), field="complaint")
    with transaction.atomic():
        known = JobBooking.objects.filter(key=key[:120]).first()
        if known is not None:
            return known
        held = Unit.objects.select_for_update(of=("self",)).get(pk=unit.pk)
        _check_unit(actor, held, customer)
        _refuse_too_many(held)
        slot = _place(branch, wished_on)
        booking = JobBooking.objects.create(
            number=next_number(PREFIX), unit=held, customer=customer, branch=branch, complaint=words,
            wished_on=wished_on, on=wished_on, slot=slot, key=key[:120], is_demo=is_demo or customer.is_demo,
        )  # fmt: skip
        BookingPhoto.objects.bulk_create(BookingPhoto(booking=booking, file=file) for file in photos)
        record(
            actor=actor, action="booking.ask", record=booking, after={"unit": held.number, "on": wished_on}
        )  # fmt: skip
        _tell(actor, booking, by_customer=not isinstance(actor, User))
    return booking


def confirm_booking(
    *, actor: Actor | None, booking: JobBooking, on: date | None = None, note: str = "", version: int | None = None
) -> JobBooking:
    """The unit may come: on the day that was wished, or on another one with a place left.

    Raises PermissionRefused, NotFound, Conflict ``changed_meanwhile``, ``booking_over``, ``day_full``; DomainError
    ``not_that_day`` at ``on``.
    """
    with transaction.atomic():
        held = _held(actor, booking, BookingState.CONFIRMED, version)
        before = held.on
        if on is not None and on != held.on:
            held.slot, held.on = _place(held.branch, on, field="on"), on
        held.answer = clean_text(note, max_length=300)
        _settle(actor, held, BookingState.CONFIRMED, before={"on": before}, after={"on": held.on})
    return held


def decline_booking(*, actor: Actor | None, booking: JobBooking, reason: str, version: int | None = None) -> JobBooking:
    """The desk cannot take it, for a reason the customer reads. Raises as above, DomainError ``no_reason``."""
    words = clean_text(reason, max_length=300)
    if not words:
        raise DomainError("no_reason", _("Write why: the customer reads it."), field="reason")
    with transaction.atomic():
        held = _held(actor, booking, BookingState.DECLINED, version)
        held.answer = words
        _settle(actor, held, BookingState.DECLINED)
    return held


def miss_booking(*, actor: Actor | None, booking: JobBooking, version: int | None = None) -> JobBooking:
    """The unit did not come. Raises as above, DomainError ``too_early`` while its day is not over."""
    with transaction.atomic():
        held = _held(actor, booking, BookingState.MISSED, version)
        if held.on >= day_there(held.branch):
            raise DomainError("too_early", _("Its day is not over yet."))
        _settle(actor, held, BookingState.MISSED)
    return held


def withdraw_booking(*, actor: Actor | None, booking: JobBooking) -> JobBooking:
    """The customer does not come after all. A second time changes nothing. Raises Conflict ``booking_over``."""
    with transaction.atomic():
        if JobBooking.objects.filter(pk=booking.pk, state=BookingState.WITHDRAWN).exists():
            return JobBooking.objects.get(pk=booking.pk)
        held = _held(actor, booking, BookingState.WITHDRAWN, None)
        _settle(actor, held, BookingState.WITHDRAWN)
    return held


def end_booking_with_card(*, actor: Actor | None, unit: Unit, job: ServiceJob) -> JobBooking | None:
    """The unit came and got its card, with the photos that the customer had sent. In the caller's transaction."""
    held = JobBooking.objects.select_for_update(of=("self",)).filter(unit_id=unit.pk, state__in=OPEN).first()
    if held is None:
        return None
    held.job = job
    JobPhoto.objects.bulk_create(
        [JobPhoto(job=job, file_id=photo.file_id) for photo in held.photos.all()], ignore_conflicts=True
    )
    _settle(actor, held, BookingState.CAME, after={"job": job.number})
    return held


def end_visit_of(*, unit_id: int) -> JobBooking | None:
    """The unit changed hands or is with nobody any more: the visit of whoever owned it before is nobody's."""
    with transaction.atomic():
        rows = JobBooking.objects.select_related("branch", "unit", "customer").select_for_update(of=("self",))
        held = rows.filter(unit_id=unit_id, state__in=OPEN).first()
        if held is None or (held.unit.state == UnitState.SOLD and held.unit.owner_id == held.customer_id):
            return None
        _settle(SYSTEM, held, BookingState.WITHDRAWN)
    return held


def _check_unit(actor: Actor | None, unit: Unit, customer: Customer) -> None:
    if unit.owner_id != customer.pk:
        raise NotFound("not_found", policies.NOTHING_HERE)
    if unit.state != UnitState.SOLD:
        raise DomainError("not_sold", _("This unit is not in use with a customer."), field="unit")
    here = job_in_house(unit)
    if here is not None:
        raise Conflict(
            "unit_is_here",
            _("This unit is in the house already, with the job card %(number)s.") % {"number": here.number},
            number=here.number,
        )
    open_one = JobBooking.objects.filter(unit=unit, state__in=OPEN).select_related("customer", "unit").first()
    if open_one is not None and open_one.customer_id != customer.pk:
        # Asked for by whoever owned it before: that visit is nobody's any more.
        _settle(actor, open_one, BookingState.WITHDRAWN)
    elif open_one is not None:
        raise Conflict(
            "booked_already",
            _("There is a booking for it already: %(number)s.") % {"number": open_one.number},
            number=open_one.number,
        )


def _refuse_too_many(unit: Unit) -> None:
    recent = JobBooking.objects.filter(unit=unit, asked_at__gt=now() - timedelta(days=1))
    if recent.count() >= MOST_A_DAY:
        raise Conflict("too_many", _("Many visits were asked for today. Please call us."))


def _place(branch: Branch, on: date, field: str = "wished_on") -> int:
    """A free place of the day, held until the transaction ends."""
    rule = booking_rule(branch)
    if rule.per_day == 0:
        raise Conflict("no_bookings", _("This branch takes no bookings. Please call, or just come."), field=field)
    lock_values([f"booking:{branch.pk}:{on}"])
    taken = set(JobBooking.objects.filter(branch=branch, on=on, state__in=HOLDING).values_list("slot", flat=True))
    slot = next((number for number in range(1, rule.per_day + 1) if number not in taken), None)
    if on <= day_there(branch) or not is_open_day(branch, on) or (on - day_there(branch)).days > rule.days_ahead:
        raise DomainError("not_that_day", _("Choose one of the days offered."), field=field)
    if slot is None:
        others = ", ".join(str(day.on) for day in free_days(branch, rule)[:3])
        raise Conflict("day_full", _("This day is full. Please choose another one."), field=field, others=others)
    return slot


def _held(actor: Actor | None, booking: JobBooking, to: BookingState, version: int | None) -> JobBooking:
    policies.require(actor, policies.CREATE)
    rows = JobBooking.objects.visible_to(actor) if isinstance(actor, User) else JobBooking.objects.all()
    held = (
        rows.select_related("branch", "unit", "customer").select_for_update(of=("self",)).filter(pk=booking.pk).first()
    )
    if held is None:
        raise NotFound("not_found", policies.NOTHING_HERE)
    if to not in BOOKING_STEPS[BookingState(held.state)]:
        raise Conflict("booking_over", _("This booking is answered already: %(state)s.") % {"state": held.state_label})
    if version is not None and held.version != version:
        raise Conflict("changed_meanwhile", _("Somebody has changed this meanwhile. Please look again."))
    return held


def _settle(
    actor: Actor | None,
    held: JobBooking,
    to: BookingState,
    *,
    before: dict[str, object] | None = None,
    after: dict[str, object] | None = None,
) -> None:
    was, held.state = held.state, to
    if to not in OPEN:
        held.ended_at = now()
    if to not in HOLDING:
        held.slot = None
    if isinstance(actor, User):
        held.answered_by, held.answered_at = actor, now()
    held.version += 1
    held.save()
    record(
        actor=actor, action=f"booking.{to.value}", record=held, before={"state": was, **(before or {})},
        after={"state": to.value, **(after or {})}, note=held.answer,
    )  # fmt: skip
    _tell(actor, held, by_customer=to == BookingState.WITHDRAWN)


def _tell(actor: Actor | None, held: JobBooking, *, by_customer: bool) -> None:
    data = {"number": held.number, "on": held.on.isoformat()}
    verb = f"booking.{held.state}"
    record_activity(customer=held.customer, verb=verb, data=data, url="/jobs/bookings/", actor=actor)
    write_life(actor=actor, unit=held.unit, verb=verb, data=data, url="/jobs/bookings/")
    publish(
        BookingMoved(
            booking_id=held.pk, number=held.number, state=held.state, version=held.version, unit_id=held.unit_id,
            customer_id=held.customer_id, branch_id=held.branch_id, by_customer=by_customer,
        )
    )  # fmt: skip
