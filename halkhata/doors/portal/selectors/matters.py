"""Everything a customer has open with us, on one page: complaints, repairs, returns, disputes, visits."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from halkhata.desks.disputes.choices import ENDED, DisputeState
from halkhata.desks.disputes.models import Dispute
from halkhata.desks.disputes.selectors.customer import NEXT
from halkhata.desks.disputes.services.links import dispute_token
from halkhata.desks.returns.choices import OVER
from halkhata.desks.returns.models import ReturnRequest
from halkhata.desks.returns.tracking import tracking_token
from halkhata.desks.service.booking_choices import OPEN as BOOKING_OPEN
from halkhata.desks.service.booking_choices import BookingState
from halkhata.desks.service.choices import FINAL, EstimateState, JobState
from halkhata.desks.service.models import Estimate, JobBooking, ServiceJob
from halkhata.desks.service.services.estimates import token_for
from halkhata.desks.tickets.choices import TicketState
from halkhata.desks.tickets.models import Ticket
from halkhata.doors.portal.selectors.gone_up import WentUp, gone_up, gone_up_of
from halkhata.doors.portal.selectors.status import HEADLINES
from halkhata.doors.portal.selectors.talk import PublicMessage, newest_public_notes
from halkhata.engines.deliveries.choices import PromiseState
from halkhata.engines.deliveries.models import DeliveryPromise
from halkhata.engines.work.choices import StateFlag, WorkEventKind
from halkhata.engines.work.models import WorkEvent, WorkItem
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.formatting import parse_ref
from halkhata.records.catalog.models import Unit
from halkhata.records.customers.models import Customer
from halkhata.records.privacy.selectors.family import family_of_survivor

# So many of each kind; nobody reads more.
MOST = 30


@dataclass(frozen=True, kw_only=True)
class Matter:
    """A line of the page. ``asks``: an address where the customer's answer is waited for, or ""."""

    kind: str
    label: str
    number: str
    title: str
    state: str
    url: str
    at: datetime
    is_open: bool
    asks: str = ""
    promised_for: datetime | None = None
    on: date | None = None
    # The item behind it (0: none), to whom above that went, and what was last written for this page.
    item_id: int = 0
    went_up: tuple[WentUp, ...] = ()
    note: PublicMessage | None = None


def matters_of(customer: Customer) -> list[Matter]:
    """What is open first, then what is over, the newest first. The same number of queries however many."""
    ids = family_of_survivor(customer.pk)
    found = [*_tickets(ids), *_jobs(ids), *_returns(ids), *_disputes(ids), *_bookings(ids)]
    above = gone_up_of([one.item_id for one in found if one.item_id and one.is_open])
    notes = newest_public_notes([one.item_id for one in found if one.kind == "ticket" and one.is_open])
    found = [replace(one, went_up=tuple(above.get(one.item_id, ())), note=notes.get(one.item_id)) for one in found]
    return sorted(found, key=lambda one: (one.is_open, one.at), reverse=True)


def _tickets(ids: list[int]) -> list[Matter]:
    # What was joined with another of their own goes on there; what with somebody else's stays in the list.
    own = Ticket.objects.filter(customer__in=ids).exclude(merged_into__customer__in=ids)
    rows = own.order_by("-opened_at", "-pk")[:MOST]
    return [
        Matter(
            item_id=row.pk, kind="ticket",
            label=_("Complaint"), number=row.number, title=row.subject,
            state=HEADLINES[TicketState(row.state)](), url=reverse("portal:ticket", args=[row.number]),
            at=row.opened_at, is_open=row.state_flag != StateFlag.RESOLVED,
            asks=reverse("portal:ticket", args=[row.number]) if row.state == TicketState.WAITING_CUSTOMER else "",
        )
        for row in rows
    ]  # fmt: skip


def _jobs(ids: list[int]) -> list[Matter]:
    rows = list(
        ServiceJob.objects.filter(customer__in=ids).select_related("unit__product").order_by("-opened_at", "-pk")[:MOST]
    )
    estimates = _open_estimates(rows)
    promises = dict(
        DeliveryPromise.objects.filter(item__in=[row.pk for row in rows], state=PromiseState.OPEN).values_list(
            "item_id", "promised_for"
        )
    )
    return [
        Matter(
            item_id=row.pk, kind="job",
            label=_("Repair"), number=row.number, title=row.unit.product.name, state=headline_of(row),
            url=reverse("portal:mine_job", args=[row.number]), at=row.opened_at, is_open=row.state not in FINAL,
            asks=reverse("portal:job", args=[token_for(estimates[row.pk])]) if row.pk in estimates else "",
            promised_for=promises.get(row.pk) if row.state not in {*FINAL, JobState.READY} else None,
        )
        for row in rows
    ]  # fmt: skip


def _returns(ids: list[int]) -> list[Matter]:
    rows = ReturnRequest.objects.filter(customer__in=ids).select_related("product").order_by("-opened_at", "-pk")
    return [
        Matter(
            item_id=row.pk, kind="return",
            label=_("Return"), number=row.number, title=row.product.name, state=row.stage_label,
            url=reverse("portal:return", args=[tracking_token(row)]), at=row.opened_at, is_open=row.stage not in OVER,
        )
        for row in rows[:MOST]
    ]  # fmt: skip


def _disputes(ids: list[int]) -> list[Matter]:
    rows = Dispute.objects.filter(customer__in=ids).order_by("-opened_at", "-pk")[:MOST]
    return [
        Matter(
            item_id=row.pk, kind="dispute",
            label=_("Dispute"), number=row.number, title=row.subject,
            state=str(NEXT[DisputeState(row.state)]), url=reverse("portal:dispute", args=[dispute_token(row)]),
            at=row.opened_at, is_open=row.state not in ENDED,
        )
        for row in rows
    ]  # fmt: skip


def _bookings(ids: list[int]) -> list[Matter]:
    rows = JobBooking.objects.filter(customer__in=ids).exclude(state=BookingState.CAME).select_related("unit__product")
    return [
        Matter(
            kind="booking", label=_("Visit to the workshop"), number=row.number, title=row.unit.product.name,
            state=booking_words(row), url=reverse("portal:mine_unit", args=[row.unit.number]), at=row.asked_at,
            is_open=row.state in BOOKING_OPEN, on=row.on,
        )
        for row in rows.filter(unit__owner__in=ids).order_by("-asked_at", "-pk")[:MOST]
    ]  # fmt: skip


def booking_words(booking: JobBooking) -> str:
    """Where a booking stands, in plain words."""
    known = {
        BookingState.ASKED: _("You asked for it. You hear from us whether the day suits."),
        BookingState.CONFIRMED: _("It is confirmed: we expect you."),
        BookingState.CAME: _("You were here."),
        BookingState.MISSED: _("It did not come."),
        BookingState.DECLINED: _("We cannot take it then."),
        BookingState.WITHDRAWN: _("You took it back."),
    }
    return known[BookingState(booking.state)]


def headline_of(job: ServiceJob) -> str:
    """Where a repair stands, in plain words."""
    known = {
        JobState.IN: _("It is with us and waits to be looked at."),
        JobState.DIAGNOSED: _("We have found what is wrong."),
        JobState.WAITING_APPROVAL: _("We wait for your answer to the estimate."),
        JobState.WAITING_PART: _("It waits for a spare part."),
        JobState.WORKING: _("It is being repaired."),
        JobState.TESTED: _("It is repaired and tested."),
        JobState.READY: _("It is ready: please fetch it."),
        JobState.DELIVERED: _("It was handed over."),
        JobState.CANCELLED: _("The repair was cancelled."),
    }
    return known[JobState(job.state)]


def own_job(customer: Customer, number: str) -> dict[str, Any] | None:
    """Everything the page of a repair shows; None for one that is not this customer's. Names and notes stay with us."""
    rows = ServiceJob.objects.select_related("unit__product__brand", "branch", "customer")
    wanted = parse_ref(number)
    job = rows.filter(number=wanted, customer__in=family_of_survivor(customer.pk)).first() if wanted else None
    if job is None:
        return None
    estimate = _open_estimates([job]).get(job.pk)
    events = list(WorkEvent.objects.filter(item_id=job.pk).order_by("at", "pk"))
    is_over = job.state in FINAL
    promise = DeliveryPromise.objects.filter(item_id=job.pk, state=PromiseState.OPEN).first()
    parts = [] if is_over else list(job.part_requests.filter(state="open").order_by("eta_on", "pk"))
    return {
        "job": job,
        "headline": headline_of(job),
        "steps": _steps(events),
        "went_up": gone_up(events),
        "promised_for": promise.promised_for if promise and not is_over and job.state != JobState.READY else None,
        "parts": parts,
        "estimate_url": reverse("portal:job", args=[token_for(estimate)]) if estimate is not None else "",
        "is_owner": job.unit.owner_id == job.customer_id,
        "is_over": is_over,
    }


@dataclass(frozen=True, kw_only=True)
class OwnMatter:
    """A repair or a return that a dispute may be about, and where its own page is."""

    item: WorkItem
    unit: Unit | None
    url: str


def own_matter(customer: Customer, number: str) -> OwnMatter | None:
    """The customer's own repair or return of this number; None for any other."""
    ids = family_of_survivor(customer.pk)
    job = ServiceJob.objects.filter(number=number, customer__in=ids).select_related("branch", "team", "unit").first()
    if job is not None:
        return OwnMatter(item=job, unit=job.unit, url=reverse("portal:mine_job", args=[job.number]))
    rows = ReturnRequest.objects.filter(number=number, customer__in=ids).select_related("branch", "team", "unit")
    given = rows.first()
    if given is not None:
        return OwnMatter(item=given, unit=given.unit, url=reverse("portal:return", args=[tracking_token(given)]))
    return None


def _open_estimates(jobs: list[ServiceJob]) -> dict[int, Estimate]:
    rows = Estimate.objects.filter(
        job__in=[job.pk for job in jobs], state=EstimateState.SENT, expires_at__gt=now()
    ).order_by("pk")
    return {row.job_id: row for row in rows}


def _steps(events: list[WorkEvent]) -> list[dict[str, Any]]:
    kinds = {WorkEventKind.OPENED, WorkEventKind.STATE_CHANGED, WorkEventKind.RESOLVED, WorkEventKind.REOPENED,
             WorkEventKind.CLOSED}  # fmt: skip
    steps: list[dict[str, Any]] = []
    for row in events:
        if row.kind not in kinds:
            continue
        state = JobState.IN.value if row.kind == WorkEventKind.OPENED else str(row.data.get("to", ""))
        if state in JobState.values and (not steps or steps[-1]["code"] != state):
            steps.append({"code": state, "label": str(JobState(state).label), "at": row.at})
    return steps
