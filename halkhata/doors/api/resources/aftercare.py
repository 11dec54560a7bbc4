"""Who is to be reminded of a service, recalls with their units, service centres."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Path, Query, Router, Schema
from pydantic import Field

from halkhata.desks.aftercare.models import Recall, RecallUnit, Reminder, ServiceCentre
from halkhata.desks.aftercare.selectors.centres import serving, spot_named
from halkhata.desks.aftercare.selectors.recalls import progress_of
from halkhata.desks.aftercare.services.calling import record_call
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import nameable_customers
from halkhata.doors.api.shapes import Body, Day, Id, IdPath, PageOut, listed, listing, read, write
from halkhata.doors.api.versions import check_match, note_version
from halkhata.foundation.core.formatting import parse_ref

router = Router(tags=["aftercare"])
BY_ID = {"id": Order(column="pk"), "-id": Order(column="pk", descending=True)}
Kind = Literal["service", "coupon", "renewal"]
RecallNumber = Annotated[str, Path(max_length=20, description="A recall's number, such as RC-1001.")]


class ReminderOut(Schema):
    """One reminder. `customer_id` is null where the key may not see the customer; `why` says how the day came about."""

    id: int
    kind: Kind
    step: str
    due_on: date
    why: dict[str, Any]
    state: str
    unit_number: str
    customer_id: int | None
    branch_id: int
    call_on: date
    tries: int
    led_to: str
    text_state: str
    made_at: datetime
    settled_at: datetime | None
    version: int


class ReminderPage(PageOut):
    """A page of reminders."""

    items: list[ReminderOut]


class ReminderFilters(Page):
    """Which reminders."""

    state: Annotated[str, Field(max_length=12)] | None = None
    kind: Kind | None = None
    branch_id: Id | None = None
    due_until: Day | None = None
    order: Literal["id", "-id"] = "id"


class ReminderCallIn(Body):
    """How a call ended. `on`: the day the customer wants, or the day to call again."""

    result: Literal["reached", "date", "no_answer", "no_call"]
    on: Day | None = None
    note: Annotated[str, Field(max_length=300)] = ""


class RecallOut(Schema):
    """One recall with how far it has come among the units the key sees."""

    number: str
    name_bn: str
    name_en: str
    brand_id: int
    product_id: int | None
    serial_from: str
    serial_to: str
    stop_use: bool
    is_open: bool
    created_at: datetime
    closed_at: datetime | None
    units: int
    reached: int
    completed: int


class RecallPage(PageOut):
    """A page of recalls."""

    items: list[RecallOut]


class RecallFilters(Page):
    """Which recalls."""

    open: bool | None = None
    order: Literal["id", "-id"] = "-id"


class RecallUnitOut(Schema):
    """One unit of a recall."""

    id: int
    unit_number: str
    state: str
    tries: int
    told_at: datetime | None
    job_number: str
    done_at: datetime | None


class RecallUnitPage(PageOut):
    """A page of units of a recall."""

    items: list[RecallUnitOut]


class RecallUnitFilters(Page):
    """Which of its units."""

    state: Literal["waiting", "told", "booked", "not_reached", "done"] | None = None
    order: Literal["id", "-id"] = "id"


class CentreOut(Schema):
    """One service centre. No brands or kinds: it serves all."""

    id: int
    name_bn: str
    name_en: str
    phone: str
    district: str
    upazila: str
    district_code: str
    upazila_code: str
    address_bn: str
    address_en: str
    hours_bn: str
    hours_en: str
    capacity: int | None
    brands: list[int]
    kinds: list[int]
    is_public: bool


class CentrePage(PageOut):
    """A page of service centres."""

    items: list[CentreOut]


class CentreFilters(Page):
    """Which centres: those in a district (by its name), those that serve a brand or a kind."""

    district: Annotated[str, Field(max_length=80)] = ""
    brand_id: Id | None = None
    kind_id: Id | None = None
    order: Literal["id", "-id"] = "id"


@router.get("/service-reminders", response=listing(ReminderPage), summary="List service reminders")
def list_reminders(request: KeyRequest, filters: Query[ReminderFilters]) -> dict[str, Any]:
    """The ledger of reminders inside the key's reach; `state=open` are those to call."""
    require_scope(request, "aftercare.view")
    rows = Reminder.objects.visible_to(request.user).select_related("unit")
    for name in ("state", "kind", "branch_id"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.due_until:
        rows = rows.filter(due_on__lte=filters.due_until)
    found = page_of(request, rows, page=filters, orders=BY_ID, order=filters.order)
    seen = nameable_customers(request, {row.customer_id for row in found[0]})
    return listed(found, lambda row: reminder_out(row, seen))


@router.post("/service-reminders/{reminder_id}/call", response=write(ReminderOut), summary="Write a call down")
def reminder_call(request: KeyRequest, reminder_id: IdPath, body: ReminderCallIn) -> dict[str, Any]:
    """Reached, wants a date (the workshop is asked for the day), not reached, do not call."""
    require_scope(request, "aftercare.call")
    row = Reminder.objects.visible_to(request.user).filter(pk=reminder_id).first()
    if row is None:
        raise Http404
    if "If-Match" in request.headers:
        check_match(request, row.version)
    record_call(actor=request.user, reminder=row, **body.dict())
    fresh = Reminder.objects.select_related("unit").get(pk=reminder_id)
    note_version(request, fresh.version)
    return reminder_out(fresh, nameable_customers(request, {fresh.customer_id}))


@router.get("/recalls", response=listing(RecallPage), summary="List recalls")
def list_recalls(request: KeyRequest, filters: Query[RecallFilters]) -> dict[str, Any]:
    """Recalls with how far each has come."""
    require_scope(request, "aftercare.view")
    rows = Recall.objects.all()
    if filters.open is not None:
        rows = rows.filter(closed_at__isnull=filters.open)
    found = page_of(request, rows, page=filters, orders=BY_ID, order=filters.order)
    progress = progress_of(request.user, found[0])
    names = (
        "number", "name_bn", "name_en", "brand_id", "product_id", "serial_from", "serial_to", "stop_use", "is_open",
        "created_at", "closed_at",
    )  # fmt: skip
    return listed(
        found,
        lambda row: {
            **{name: getattr(row, name) for name in names},
            **{name: getattr(progress[row.pk], name) for name in ("units", "reached", "completed")},
        },
    )


@router.get("/recalls/{number}/units", response=read(RecallUnitPage), summary="List the units of a recall")
def list_recall_units(request: KeyRequest, number: RecallNumber, filters: Query[RecallUnitFilters]) -> dict[str, Any]:
    """Its units inside the key's reach."""
    require_scope(request, "aftercare.view")
    canonical = parse_ref(number) if "\x00" not in number else None
    recall = Recall.objects.filter(number=canonical).first() if canonical else None
    if recall is None:
        raise Http404
    rows = RecallUnit.objects.visible_to(request.user).filter(recall=recall).select_related("unit")
    if filters.state:
        rows = rows.filter(state=filters.state)
    found = page_of(request, rows, page=filters, orders=BY_ID, order=filters.order)
    names = ("id", "state", "tries", "told_at", "job_number", "done_at")
    return listed(
        found,
        lambda row: {**{name: getattr(row, name) for name in names}, "unit_number": row.unit.number},
    )


@router.get("/service-centres", response=listing(CentrePage), summary="List service centres")
def list_centres(request: KeyRequest, filters: Query[CentreFilters]) -> dict[str, Any]:
    """Who serves which brands where."""
    require_scope(request, "aftercare.view")
    rows = serving(
        ServiceCentre.objects.filter(is_active=True), brand_id=filters.brand_id, kind_id=filters.kind_id
    ).prefetch_related("brands", "kinds")
    if filters.district:
        spot = spot_named(filters.district)
        rows = rows.filter(district_code=spot.district) if spot else rows.filter(district__iexact=filters.district)
    found = page_of(request, rows, page=filters, orders=BY_ID, order=filters.order)
    names = (
        "id", "name_bn", "name_en", "phone", "district", "upazila", "district_code", "upazila_code", "address_bn",
        "address_en", "hours_bn", "hours_en", "capacity", "is_public",
    )  # fmt: skip
    return listed(
        found,
        lambda row: {
            **{name: getattr(row, name) for name in names},
            "brands": [one.pk for one in row.brands.all()],
            "kinds": [one.pk for one in row.kinds.all()],
        },
    )


def reminder_out(row: Reminder, seen: set[int]) -> dict[str, Any]:
    """The reminder as it is answered: a closed list of fields."""
    names = (
        "id", "kind", "step", "due_on", "why", "state", "branch_id", "call_on", "tries", "led_to", "text_state",
        "made_at", "settled_at", "version",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "unit_number": row.unit.number,
        "customer_id": row.customer_id if row.customer_id in seen else None,
    }
