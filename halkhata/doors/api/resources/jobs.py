"""Job cards: list and show them, take a unit in, move it on, hand it over."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.http import Http404
from ninja import Query, Router, Status

from halkhata.desks.service.models import ServiceJob
from halkhata.desks.service.selectors.jobs import charged_total, needs_approval, standing_lines
from halkhata.desks.service.services.estimates import record_answer, send_estimate
from halkhata.desks.service.services.handing_over import hand_over
from halkhata.desks.service.services.lines import add_line
from halkhata.desks.service.services.opening import open_job
from halkhata.desks.service.services.parts import ask_for_part
from halkhata.desks.service.services.states import cancel_job, take_step
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, page_of
from halkhata.doors.api.lookups import nameable_customers
from halkhata.doors.api.resources.job_shapes import (
    AnswerIn,
    CancelIn,
    EstimateIn,
    HandoverIn,
    JobFilters,
    JobFull,
    JobIn,
    JobLineIn,
    JobPage,
    PartIn,
    StepIn,
)
from halkhata.doors.api.resources.units import unit_of
from halkhata.doors.api.shapes import Number, listed, listing, read, write
from halkhata.doors.api.versions import check_match, note_version
from halkhata.engines.deliveries.models import DeliveryPromise
from halkhata.engines.work.choices import Channel
from halkhata.engines.work.services.items import lock_item
from halkhata.foundation.core.formatting import parse_ref
from halkhata.records.customers.models import Customer

router = Router(tags=["jobs"])
ORDERS = {
    "-opened_at": Order(column="opened_at", descending=True),
    "opened_at": Order(column="opened_at"),
    "-id": Order(column="pk", descending=True),
    "id": Order(column="pk"),
}


@router.get("", response=listing(JobPage), summary="List job cards")
def list_jobs(request: KeyRequest, filters: Query[JobFilters]) -> dict[str, Any]:
    """The job cards inside the key's reach."""
    require_scope(request, "job.view")
    rows = ServiceJob.objects.visible_to(request.user).select_related("unit")
    for name in ("state", "branch_id", "customer_id", "technician_id"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.opened_since:
        rows = rows.filter(opened_at__gte=filters.opened_since)
    found = page_of(request, rows, page=filters, orders=ORDERS, order=filters.order)
    seen, dates = nameable_customers(request, [row.customer_id for row in found[0]]), _dates(found[0])
    return listed(found, lambda one: job_out(one, seen, dates))


@router.post("", response=write(JobFull, 201), summary="Take a unit in")
def take_in(request: KeyRequest, body: JobIn) -> Status:
    """Opens a job card; a unit that is in the house already is a 409 `unit_is_here`."""
    require_scope(request, "job.create")
    unit = unit_of(request, body.unit_number)
    owner = unit.owner
    if owner is not None and not Customer.objects.visible_to(request.user).filter(pk=owner.pk).exists():
        owner = None
    job = open_job(
        actor=request.user, unit=unit, customer=owner, branch=request.user.branch, complaint=body.complaint,
        reading=body.reading, accessories=body.accessories, condition_note=body.condition_note,
        promised_for=body.promised_for, channel=Channel.API,
        cause=f"api:{request.user.pk}:{body.key}" if body.key else "",
    )  # fmt: skip
    return Status(201, _shown(request, job))


@router.get("/{number}", response=read(JobFull), summary="Show a job card")
def show_job(request: KeyRequest, number: Number) -> dict[str, Any]:
    """One job card by its number, in Latin or Bengali."""
    require_scope(request, "job.view")
    return _shown(request, _found(request, number))


@router.post("/{number}/step", response=write(JobFull), summary="Move a job card on")
def job_step(request: KeyRequest, number: Number, body: StepIn) -> dict[str, Any]:
    """Takes a step of the table; any other is a 409 `step_not_allowed`."""
    return _act(request, number, "job.edit", take_step, **body.dict())


@router.post("/{number}/lines", response=write(JobFull, 201), summary="Put a line on a job card")
def job_line(request: KeyRequest, number: Number, body: JobLineIn) -> Status:
    """A part, labour or a visit; what the warranty covers is free for the customer."""
    return Status(201, _act(request, number, "job.edit", add_line, **body.dict()))


@router.post("/{number}/estimate", response=write(JobFull), summary="Send the estimate")
def job_estimate(request: KeyRequest, number: Number, body: EstimateIn) -> dict[str, Any]:
    """Asks the customer; the job waits, on the customer's time."""
    return _act(request, number, "job.edit", send_estimate, **body.dict())


@router.post("/{number}/answer", response=write(JobFull), summary="Write the customer's answer down")
def job_answer(request: KeyRequest, number: Number, body: AnswerIn) -> dict[str, Any]:
    """Approved or refused, with who said so and how."""
    return _act(request, number, "job.edit", record_answer, **body.dict())


@router.post("/{number}/parts", response=write(JobFull, 201), summary="Ask for a part")
def job_part(request: KeyRequest, number: Number, body: PartIn) -> Status:
    """A part that is not here; the job waits for it, unless `waits` is false."""
    return Status(201, _act(request, number, "job.edit", ask_for_part, **body.dict()))


@router.post("/{number}/cancel", response=write(JobFull), summary="Cancel a job")
def job_cancel(request: KeyRequest, number: Number, body: CancelIn) -> dict[str, Any]:
    """It will not be done; the unit still has to be handed back."""
    return _act(request, number, "job.edit", cancel_job, **body.dict())


@router.post("/{number}/handover", response=write(JobFull), summary="Hand a unit over")
def job_handover(request: KeyRequest, number: Number, body: HandoverIn) -> dict[str, Any]:
    """By the one-time code of the customer's phone or a signature; makes the gate pass."""
    return _act(request, number, "job.deliver", hand_over, **body.dict())


def _found(request: KeyRequest, number: str) -> ServiceJob:
    canonical = parse_ref(number) if "\x00" not in number else None
    rows = ServiceJob.objects.visible_to(request.user).select_related("unit")
    found = rows.filter(number=canonical).first() if canonical else None
    if found is None:
        raise Http404
    return found


def _act(request: KeyRequest, number: str, scope: str, service: Callable[..., Any], **values: Any) -> dict[str, Any]:
    require_scope(request, scope)
    found = _found(request, number)
    if "If-Match" in request.headers:
        check_match(request, lock_item(found.pk).version)
    service(actor=request.user, job=found, **values)
    return _shown(request, found)


def _shown(request: KeyRequest, found: ServiceJob) -> dict[str, Any]:
    fresh = ServiceJob.objects.select_related("unit").get(pk=found.pk)
    note_version(request, fresh.version)
    sees_cost = request.user.may("job.edit")
    return {
        **job_out(fresh, nameable_customers(request, [fresh.customer_id]), _dates([fresh])),
        "lines": [
            {
                **{name: getattr(line, name) for name in (
                    "id", "kind", "component", "text", "quantity", "unit_price", "payer", "charged", "rule",
                    "is_recoverable", "faulty_serial", "replacement_serial",
                )},
                "worth": line.worth.quantize(Decimal("0.01")),
                "cost": line.cost if sees_cost else None,
            }
            for line in standing_lines(fresh)
        ],
        "estimates": list(fresh.estimates.values(
            "number", "state", "total", "text", "expires_at", "answered_at", "answered_how"
        )),
        "parts": list(fresh.part_requests.values("id", "name", "quantity", "eta_on", "state")),
        "total": charged_total(fresh),
        "needs_approval": needs_approval(fresh),
    }  # fmt: skip


def _dates(rows: list[ServiceJob]) -> dict[int, Any]:
    """The promised dates by job: the last one counts."""
    found = DeliveryPromise.objects.filter(item__in=[row.pk for row in rows]).order_by("pk")
    return {item_id: at for item_id, at in found.values_list("item_id", "promised_for") if item_id is not None}


def job_out(row: ServiceJob, seen: set[int], dates: dict[int, Any]) -> dict[str, Any]:
    """The job card as it is answered: a closed list of fields."""
    names = (
        "id", "number", "state", "branch_id", "owner_id", "technician_id", "complaint", "diagnosis", "accessories",
        "reading", "opened_at", "cancel_reason", "currency", "version",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "id": row.pk,
        "unit_number": row.unit.number,
        "customer_id": row.customer_id if row.customer_id in seen else None,
        "warranty": str(row.verdict.get("state", "")),
        "promised_for": dates.get(row.pk),
        "ready_at": row.resolved_at if row.state in {"ready", "delivered"} else None,
    }
