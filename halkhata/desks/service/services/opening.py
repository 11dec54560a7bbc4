"""Taking a unit in: the job card begins (US-14)."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from halkhata.desks.service import policies
from halkhata.desks.service.choices import FLAG_OF_STATE, KIND, JobState, PhotoWhen
from halkhata.desks.service.events import JobOpened
from halkhata.desks.service.models import JobPhoto, ServiceJob
from halkhata.desks.service.selectors.jobs import job_in_house
from halkhata.desks.service.selectors.rules import service_rules
from halkhata.desks.service.services.bookings import end_booking_with_card
from halkhata.desks.service.services.locking import write_lines
from halkhata.engines.deliveries.services.promising import promise_delivery
from halkhata.engines.work.choices import Channel, Priority
from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.services.checklists import attach_checklist, template_for
from halkhata.engines.work.services.items import new_item_values, open_item
from halkhata.foundation.accounts.models import Branch, Team, User
from halkhata.foundation.audit.trail import Actor, SystemActor
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import Conflict, DomainError
from halkhata.foundation.core.models import Installation
from halkhata.foundation.core.outbox import publish
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.files.models import StoredFile
from halkhata.records.catalog.days import day_of
from halkhata.records.catalog.models import Unit
from halkhata.records.catalog.sentences import shown_ref
from halkhata.records.catalog.services.readings import MOST as MOST_READING
from halkhata.records.catalog.services.readings import add_reading
from halkhata.records.customers.models import Customer
from halkhata.records.warranty.selectors.verdict import verdict_of

MOST_ACCESSORIES = 30
# Reading and first promise are part of the card: whoever may open it needs no further right for them.
ON_THE_CARD = SystemActor("job card")


def open_job(
    *,
    actor: Actor | None,
    unit: Unit,
    customer: Customer | None,
    branch: Branch,
    complaint: str,
    reading: int | None = None,
    accessories: Sequence[str] = (),
    condition_note: str = "",
    promised_for: datetime | None = None,
    technician: User | None = None,
    team: Team | None = None,
    owner: User | None = None,
    photos: Sequence[StoredFile] = (),
    channel: str = Channel.COUNTER,
    priority: str = Priority.NORMAL,
    parent: WorkItem | None = None,
    cause: str = "",
    is_demo: bool = False,
) -> ServiceJob:
    """Open a job card: number, owner, clocks, what the warranty says today, the promised time with its buffer.

    The same ``cause`` opens one card. A second card for a unit that is in the house is refused. Raises
    PermissionRefused, NotFound (unit or customer out of scope), Conflict ``unit_is_here`` (with ``number``),
    DomainError ``complaint_missing`` and those of readings and promised dates.
    """
    policies.require(actor, policies.CREATE)
    policies.require_sight(actor, unit, customer)
    words = clean_text(complaint, multiline=True, max_length=20_000)
    if not words:
        raise DomainError(
            "complaint_missing", _("Write what the customer says, in the customer's words."), field="complaint"
        )
    if reading is not None and not 0 <= reading <= MOST_READING:
        raise DomainError("not_a_reading", _("Write the reading as a whole number."), field="reading")
    left = [clean_text(one, max_length=120) for one in accessories][:MOST_ACCESSORIES]
    with transaction.atomic():
        # Two counters that take the same unit in at once wait for each other here.
        held = (
            Unit.objects.select_for_update(of=("self",))
            .select_related("product__kind", "product__brand")
            .get(pk=unit.pk)
        )
        if cause:
            known = ServiceJob.objects.filter(cause=cause[:120]).first()
            if known is not None:
                return known
        _refuse_if_here(held)
        kind = held.product.kind
        if reading is not None and kind.usage_unit:
            add_reading(actor=ON_THE_CARD, unit=held, value=reading, read_on=day_of(now()), source=KIND)
        verdict = verdict_of(held, reading=reading)
        job = ServiceJob.objects.create(
            **new_item_values(
                actor=actor,
                kind=KIND,
                subject=f"{held.product.name}: {words.splitlines()[0]}"[:200],
                customer=customer,
                branch=branch,
                team=team,
                owner=owner,
                channel=channel,
                priority=priority,
                state=JobState.IN,
                state_flag=FLAG_OF_STATE[JobState.IN],
                parent=parent,
                cause=cause,
                is_demo=is_demo,
                category=kind.code,
            ),
            unit=held,
            category_code=kind.code,
            complaint=words,
            reading=reading,
            accessories=[one for one in left if one],
            condition_note=clean_text(condition_note, multiline=True, max_length=2_000),
            technician=technician,
            verdict={"state": verdict.state, "sentence": verdict.sentence},
            currency=Installation.current().currency,
        )
        open_item(actor=actor, item=job)
        attach_checklist(item=job, template=template_for(kind=KIND, category=kind.code))
        JobPhoto.objects.bulk_create(
            JobPhoto(job=job, file=file, taken_when=PhotoWhen.IN, added_by=_user(actor)) for file in photos
        )
        if promised_for is not None:
            # Whoever takes a unit in says by when; moving that date later is a right of its own.
            promise_delivery(
                actor=ON_THE_CARD, item=job, customer=customer, branch=branch, promised_for=promised_for,
                buffer=timedelta(hours=service_rules().buffer_hours), what=job.subject, is_demo=is_demo,
            )  # fmt: skip
        write_lines(actor, job, "job.in")
        end_booking_with_card(actor=actor, unit=held, job=job)
        publish(
            JobOpened(
                job_id=job.pk, number=job.number, unit_id=held.pk, customer_id=job.customer_id,
                branch_id=job.branch_id, owner_id=job.owner_id,
            )
        )  # fmt: skip
    return job


def _refuse_if_here(unit: Unit) -> None:
    here = job_in_house(unit)
    if here is not None:
        raise Conflict(
            "unit_is_here",
            _("This unit is in the house already, with the job card %(number)s.") % {"number": shown_ref(here.number)},
            field="unit",
            number=here.number,
        )


def _user(actor: Actor | None) -> User | None:
    return actor if isinstance(actor, User) else None
