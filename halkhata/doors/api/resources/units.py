"""Units: find one by its number, show its owners, hand it on, write down its readings."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import customer_of, nameable_customers
from halkhata.doors.api.shapes import Body, Day, Id, Instant, Number, PageOut, listed, listing, read, write
from halkhata.doors.api.versions import note_version
from halkhata.records.catalog.days import today
from halkhata.records.catalog.identifiers import clean_batch
from halkhata.records.catalog.models import Reading, Unit
from halkhata.records.catalog.selectors.unit_page import owners_of
from halkhata.records.catalog.selectors.units import found_ids, unit_by_number, with_all
from halkhata.records.catalog.services.owners import transfer_unit
from halkhata.records.catalog.services.readings import MOST, add_reading
from halkhata.records.customers.models import Customer

router = Router(tags=["units"])
ORDERS = {
    "-updated_at": Order(column="updated_at", descending=True),
    "updated_at": Order(column="updated_at"),
    "-id": Order(column="pk", descending=True),
    "id": Order(column="pk"),
}


class UnitOut(Schema):
    """One unit. `owner_id` is null for a unit without an owner, and for one whose owner the key may not see."""

    id: int
    number: str
    product_id: int
    product: str
    branch_id: int
    owner_id: int | None
    state: str
    sold_on: date | None
    identifiers: dict[str, str]
    batch: str
    extra: dict[str, str]
    updated_at: datetime
    version: int


class OwnerOut(Schema):
    """An owner. `customer_id` is null for somebody whom the key may not see."""

    customer_id: int | None
    from_on: date
    to_on: date | None
    is_undone: bool


class UnitFull(UnitOut):
    """One unit with its owners, the present one first."""

    owners: list[OwnerOut]


class UnitPage(PageOut):
    """A page of units."""

    items: list[UnitOut]


class UnitFilters(Page):
    """Which units."""

    q: Annotated[str, Field(max_length=60, description="The unit's number, or any part of a serial number.")] = ""
    state: Literal["in_stock", "sold", "returned", "replaced", "scrapped"] | None = None
    product_id: Id | None = None
    branch_id: Id | None = None
    owner_id: Id | None = None
    batch: Annotated[str, Field(max_length=40, description="The maker's batch or lot.")] = ""
    updated_since: Instant | None = None
    order: Literal["-updated_at", "updated_at", "-id", "id"] = "-id"


class TransferIn(Body):
    """To whom the unit goes, and how the registered owner agreed."""

    to_customer_id: Id
    consent: Annotated[str, Field(max_length=300)] = ""
    on: Annotated[Day, Field(description="Today if left out.")] | None = None


class ReadingIn(Body):
    """What the meter shows."""

    value: Annotated[int, Field(ge=0, le=MOST)]
    read_on: Annotated[Day, Field(description="Today if left out.")] | None = None


class ReadingOut(Schema):
    """One reading. `went_back`: below an earlier one."""

    id: int
    value: int
    unit: str
    read_on: date
    source: str
    went_back: bool


class ReadingsOut(Schema):
    """The newest readings, at most 200."""

    items: list[ReadingOut]


@router.get("", response=listing(UnitPage), summary="List or find units")
def list_units(request: KeyRequest, filters: Query[UnitFilters]) -> dict[str, Any]:
    """The units inside the key's reach; with `q` those that have this number."""
    require_scope(request, "unit.view")
    rows = with_all(Unit.objects.visible_to(request.user))
    if filters.q.strip():
        rows = rows.filter(pk__in=found_ids(filters.q))
    if filters.owner_id is not None:
        rows = rows.filter(owner__in=Customer.objects.visible_to(request.user).filter(pk=filters.owner_id))
    for name in ("state", "product_id", "branch_id"):
        if (value := getattr(filters, name)) is not None:
            rows = rows.filter(**{name: value})
    if (batch := clean_batch(filters.batch)) is not None:
        rows = rows.filter(batch=batch)
    if filters.updated_since:
        rows = rows.filter(updated_at__gte=filters.updated_since)
    found = page_of(request, rows, page=filters, orders=ORDERS, order=filters.order)
    seen = nameable_customers(request, [one.owner_id for one in found[0]])
    return listed(found, lambda one: unit_out(one, seen))


@router.get("/{number}", response=read(UnitFull), summary="Show a unit")
def show_unit(request: KeyRequest, number: Number) -> dict[str, Any]:
    """One unit by its number, in Latin or Bengali."""
    require_scope(request, "unit.view")
    unit = unit_of(request, number)
    note_version(request, unit.version)
    return _full(request, unit)


@router.post("/{number}/transfer", response=write(UnitFull), summary="Hand a unit on")
def hand_on(request: KeyRequest, number: Number, body: TransferIn) -> dict[str, Any]:
    """Registers another owner. Without the registered owner's consent nothing changes hands (422 `no_consent`)."""
    require_scope(request, "unit.edit")
    unit = unit_of(request, number)
    transfer_unit(
        actor=request.user,
        unit=unit,
        to=customer_of(request, body.to_customer_id),
        on=body.on or today(),
        consent=body.consent,
    )
    fresh = unit_of(request, number)
    note_version(request, fresh.version)
    return _full(request, fresh)


@router.get("/{number}/readings", response=read(ReadingsOut), summary="List a unit's readings")
def list_readings(request: KeyRequest, number: Number) -> dict[str, Any]:
    """What the meter showed, the newest first."""
    require_scope(request, "unit.view")
    unit = unit_of(request, number)
    return {"items": [reading_out(one, unit) for one in Reading.objects.filter(unit=unit)[:200]]}


@router.post("/{number}/readings", response=write(ReadingOut, 201), summary="Write down a reading")
def write_reading(request: KeyRequest, number: Number, body: ReadingIn) -> Status:
    """Writes down what the meter shows; one below an earlier one is taken and marked."""
    require_scope(request, "unit.edit")
    unit = unit_of(request, number)
    reading = add_reading(
        actor=request.user, unit=unit, value=body.value, read_on=body.read_on or today(), source="api"
    )
    return Status(201, reading_out(reading, unit))


def unit_of(request: KeyRequest, number: str) -> Unit:
    """The unit with this number. Raises Http404."""
    unit = unit_by_number(request.user, number) if "\x00" not in number else None
    if unit is None:
        raise Http404
    return unit


def _full(request: KeyRequest, unit: Unit) -> dict[str, Any]:
    rows = owners_of(request.user, unit)
    seen = nameable_customers(request, [unit.owner_id, *(one.customer.pk for one in rows if one.customer is not None)])
    owners = [
        {
            "customer_id": one.customer.pk if one.customer is not None and one.customer.pk in seen else None,
            "from_on": one.from_on,
            "to_on": one.to_on,
            "is_undone": one.is_undone,
        }
        for one in rows
    ]
    return {**unit_out(unit, seen), "owners": owners}


def unit_out(unit: Unit, seen: set[int]) -> dict[str, Any]:
    """The unit as it is answered: a closed list of fields."""
    names = ("id", "number", "product_id", "branch_id", "state", "sold_on", "extra", "updated_at", "version")
    return {
        **{name: getattr(unit, name) for name in names},
        "product": unit.product.name_en or unit.product.name_bn,
        "owner_id": unit.owner_id if unit.owner_id in seen else None,
        "batch": unit.batch or "",
        "identifiers": {one.kind: one.value for one in unit.identifiers.all()},
    }


def reading_out(reading: Reading, unit: Unit) -> dict[str, Any]:
    """The reading as it is answered."""
    names = ("id", "value", "read_on", "source", "went_back")
    return {**{name: getattr(reading, name) for name in names}, "unit": unit.product.kind.usage_unit}
