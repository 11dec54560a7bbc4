"""Parcels with couriers: what is on its way, what happened to it, and telling of more."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import nameable_customers
from halkhata.doors.api.resources.units import unit_of
from halkhata.doors.api.shapes import Body, Id, IdPath, Instant, PageOut, answers, listed, listing, read, write
from halkhata.doors.api.versions import note_version
from halkhata.engines.deliveries.models import Courier, DeliveryPromise, Parcel, ParcelEvent
from halkhata.engines.deliveries.parcel_choices import EventSource
from halkhata.engines.deliveries.parcel_numbers import fold_number
from halkhata.engines.deliveries.services.parcels import give_to_courier
from halkhata.engines.deliveries.services.tracking import take_event
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.errors import DomainError
from halkhata.foundation.core.formatting import parse_ref

router = Router(tags=["parcels"])
couriers = Router(tags=["parcels"])
ORDERS = {"id": Order(column="pk"), "-id": Order(column="pk", descending=True)}
EVENT_ORDERS = {
    "happened_at": Order(column="happened_at"), "-happened_at": Order(column="happened_at", descending=True)
}  # fmt: skip
Happening = Literal["picked_up", "in_transit", "at_branch", "out", "failed", "delivered", "returned"]
State = Literal["registered", "picked_up", "in_transit", "at_branch", "out", "failed", "delivered", "returned"]


class CourierOut(Schema):
    """One courier of the shop."""

    id: int
    name_bn: str
    name_en: str
    is_active: bool


class CourierPage(PageOut):
    """A page of couriers."""

    items: list[CourierOut]


class ParcelOut(Schema):
    """One parcel. `state` is made of its events, whatever the order in which they came."""

    id: int
    courier_id: int
    number: str
    what: str
    state: State
    state_at: datetime
    last_sign_at: datetime
    promise_id: int | None
    promised_for: datetime | None
    work_number: str | None
    unit_number: str | None
    customer_id: int | None
    branch_id: int
    created_at: datetime
    version: int


class ParcelPage(PageOut):
    """A page of parcels."""

    items: list[ParcelOut]


class ParcelFilters(Page):
    """Which parcels. `number` as on the courier's slip, in any spelling."""

    state: State | None = None
    courier_id: Id | None = None
    branch_id: Id | None = None
    customer_id: Id | None = None
    number: Annotated[str, Field(max_length=60)] | None = None
    order: Literal["id", "-id"] = "-id"


class ParcelIn(Body):
    """What the courier carries: exactly one of `promise_id`, `work_number` and `unit_number`."""

    courier_id: Id
    number: Annotated[str, Field(min_length=1, max_length=60)]
    promise_id: Id | None = None
    work_number: Annotated[str, Field(max_length=20)] | None = None
    unit_number: Annotated[str, Field(max_length=20)] | None = None
    what: Annotated[str, Field(max_length=200)] = ""


class EventOut(Schema):
    """One thing that happened to a parcel."""

    id: int
    event: Happening
    happened_at: datetime
    told_at: datetime
    place: str
    reason: str
    source: Literal["staff", "api", "webhook", "file"]
    key: str


class EventPage(PageOut):
    """A page of events."""

    items: list[EventOut]


class EventFilters(Page):
    """In which order."""

    order: Literal["happened_at", "-happened_at"] = "happened_at"


class EventIn(Body):
    """What happened. The same `key` of a parcel is one event; without it what, when, where and why make it one."""

    event: Happening
    happened_at: Instant
    place: Annotated[str, Field(max_length=120)] = ""
    reason: Annotated[str, Field(max_length=200)] = ""
    key: Annotated[str, Field(max_length=80)] = ""


@couriers.get("", response=listing(CourierPage), summary="List couriers")
def list_couriers(request: KeyRequest, filters: Query[Page]) -> dict[str, Any]:
    """The couriers of the shop."""
    require_scope(request, "work.view")
    return listed(page_of(request, Courier.objects.all(), page=filters, orders=ORDERS, order="id"), courier_out)


@router.get("", response=listing(ParcelPage), summary="List parcels")
def list_parcels(request: KeyRequest, filters: Query[ParcelFilters]) -> dict[str, Any]:
    """Parcels inside the key's reach."""
    require_scope(request, "work.view")
    rows = _rows(request)
    for name in ("state", "courier_id", "branch_id", "customer_id"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.number is not None:
        folded = fold_number(filters.number.replace("\x00", " "))
        rows = rows.filter(folded=folded) if folded else rows.none()
    found = page_of(request, rows, page=filters, orders=ORDERS, order=filters.order)
    seen = nameable_customers(request, {row.customer_id for row in found[0]})
    return listed(found, lambda row: parcel_out(row, seen))


@router.post("", response=write(ParcelOut, 201), summary="Give something to a courier")
def add_parcel(request: KeyRequest, body: ParcelIn) -> Status:
    """The same number for the same thing is one parcel. News that came before the number was known are taken now."""
    require_scope(request, "promise.edit")
    subject = _subject(request, body)
    courier = Courier.objects.filter(pk=body.courier_id).first()
    if courier is None:
        raise DomainError("courier_not_found", _("There is no such courier."), field="courier_id")
    made = give_to_courier(actor=request.user, courier=courier, number=body.number, what=body.what, **subject)
    return Status(201, _shown(request, made.pk))


@router.get("/{parcel_id}", response=read(ParcelOut), summary="Show a parcel")
def show_parcel(request: KeyRequest, parcel_id: IdPath) -> dict[str, Any]:
    """One parcel by its id."""
    require_scope(request, "work.view")
    return _shown(request, _found(request, parcel_id).pk)


@router.get(
    "/{parcel_id}/events", response=answers({200: EventPage, 304: None}, 404), summary="List what happened to a parcel"
)
def list_parcel_events(request: KeyRequest, parcel_id: IdPath, filters: Query[EventFilters]) -> dict[str, Any]:
    """By the time at which it happened."""
    require_scope(request, "work.view")
    rows = ParcelEvent.objects.filter(parcel=_found(request, parcel_id))
    return listed(page_of(request, rows, page=filters, orders=EVENT_ORDERS, order=filters.order), event_out)


@router.post("/{parcel_id}/events", response=write(EventOut, 201), summary="Tell what happened to a parcel")
def add_parcel_event(request: KeyRequest, parcel_id: IdPath, body: EventIn) -> Status:
    """Events may come in any order and more than once. A key that told something else before answers 409."""
    require_scope(request, "promise.edit")
    event = take_event(
        actor=request.user, parcel=_found(request, parcel_id), kind=body.event, happened_at=body.happened_at,
        place=body.place, reason=body.reason, source=EventSource.API, key=f"api:{body.key}" if body.key else "",
    )  # fmt: skip
    return Status(201, event_out(event))


def _rows(request: KeyRequest) -> Any:
    return Parcel.objects.visible_to(request.user).select_related("promise", "item", "unit")


def _found(request: KeyRequest, parcel_id: int) -> Parcel:
    found: Parcel | None = _rows(request).filter(pk=parcel_id).first()
    if found is None:
        raise Http404
    return found


def _subject(request: KeyRequest, body: ParcelIn) -> dict[str, Any]:
    given = [body.promise_id is not None, body.work_number is not None, body.unit_number is not None]
    if sum(given) != 1:
        raise DomainError("nothing_sent", _("Name a promised date, a piece of work or a unit."), field="promise_id")
    if body.promise_id is not None:
        rows = DeliveryPromise.objects.visible_to(request.user).select_related("item", "owner", "branch", "customer")
        promise = rows.filter(pk=body.promise_id).first()
        if promise is None:
            raise DomainError("not_found", _("There is no such promised date."), field="promise_id")
        return {"promise": promise}
    if body.work_number is not None:
        number = parse_ref(body.work_number) if "\x00" not in body.work_number else None
        items = WorkItem.objects.visible_to(request.user).select_related("owner", "branch", "team", "customer")
        item = items.filter(number=number).first() if number else None
        if item is None:
            raise DomainError("not_found", _("There is no such piece of work."), field="work_number")
        return {"item": item}
    return {"unit": unit_of(request, body.unit_number or "")}


def _shown(request: KeyRequest, pk: int) -> dict[str, Any]:
    fresh = Parcel.objects.select_related("promise", "item", "unit").get(pk=pk)
    note_version(request, fresh.version)
    return parcel_out(fresh, nameable_customers(request, {fresh.customer_id}))


def parcel_out(row: Parcel, seen: set[int]) -> dict[str, Any]:
    """The parcel as it is answered: a closed list of fields."""
    names = (
        "id", "courier_id", "number", "what", "state", "state_at", "last_sign_at", "promise_id", "branch_id",
        "created_at", "version",
    )  # fmt: skip
    return {
        **{name: getattr(row, name) for name in names},
        "promised_for": row.promise.promised_for if row.promise is not None else None,
        "work_number": row.item.number if row.item is not None else None,
        "unit_number": row.unit.number if row.unit is not None else None,
        "customer_id": row.customer_id if row.customer_id in seen else None,
    }


def event_out(row: ParcelEvent) -> dict[str, Any]:
    """The event as it is answered."""
    names = ("id", "happened_at", "told_at", "place", "reason", "source", "key")
    return {**{name: getattr(row, name) for name in names}, "event": row.kind}


def courier_out(row: Courier) -> dict[str, Any]:
    """The courier as it is answered: never its secret."""
    return {name: getattr(row, name) for name in ("id", "name_bn", "name_en", "is_active")}
