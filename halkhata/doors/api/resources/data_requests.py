"""Requests of people about their own data, with their clock."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from ninja import Path, Query, Router, Schema, Status
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import customer_of
from halkhata.doors.api.resources.consents import Source
from halkhata.doors.api.shapes import Body, Id, Instant, PageOut, answers, listed, listing, read
from halkhata.doors.api.versions import note_version
from halkhata.foundation.core.formatting import parse_ref
from halkhata.records.privacy.models import DataRequest
from halkhata.records.privacy.policies import require_privacy
from halkhata.records.privacy.services.requests import open_request

router = Router(tags=["data requests"])
ORDERS = {
    "-received_at": Order(column="received_at", descending=True),
    "due_at": Order(column="due_at"),
}
Kind = Literal["access", "rectification", "objection", "erasure", "restriction"]
RequestNumber = Annotated[str, Path(max_length=20, description="Such as P-12, in Latin or Bengali digits.")]


class DataRequestOut(Schema):
    """One request. Answered until `due_at`: a month, or three when it was extended."""

    number: str
    kind: Kind
    customer_id: int | None
    state: Literal["open", "done", "refused"]
    received_at: datetime
    received_how: str
    what: str
    identity_check: str
    due_at: datetime
    extended_at: datetime | None
    ended_at: datetime | None
    answer: str
    version: int


class DataRequestPage(PageOut):
    """A page of requests."""

    items: list[DataRequestOut]


class DataRequestFilters(Page):
    """Which requests."""

    state: Literal["open", "done", "refused"] | None = None
    kind: Kind | None = None
    customer_id: Id | None = None
    order: Literal["-received_at", "due_at"] = "-received_at"


class DataRequestIn(Body):
    """What somebody asks, and how we know that it is them. An objection holds at once."""

    kind: Kind
    customer_id: Id | None = None
    what: Annotated[str, Field(max_length=4_000)] = ""
    identity_check: Annotated[str, Field(max_length=200)] = ""
    received_how: Source = "api"
    received_at: Instant | None = None


@router.get("", response=listing(DataRequestPage), summary="List requests about data")
def list_data_requests(request: KeyRequest, filters: Query[DataRequestFilters]) -> dict[str, Any]:
    """Who asks for a copy, a correction or erasure, and by when it must be answered."""
    _require(request)
    rows = DataRequest.objects.all()
    for name in ("state", "kind", "customer_id"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), data_request_out)


@router.post("", response=answers({201: DataRequestOut}, 400, 404, 409, 413, 415), summary="Open a request about data")
def open_data_request(request: KeyRequest, body: DataRequestIn, response: HttpResponse) -> Status:
    """Writes it down; its clock runs from `received_at`."""
    _require(request)
    values = body.dict()
    customer_id = values.pop("customer_id")
    customer = customer_of(request, customer_id) if customer_id is not None else None
    row = open_request(actor=request.user, customer=customer, **values)
    response["Location"] = f"/api/v1/data-requests/{row.number}"
    note_version(request, row.version)
    return Status(201, data_request_out(row))


@router.get("/{request_number}", response=read(DataRequestOut), summary="Show a request about data")
def show_data_request(request: KeyRequest, request_number: RequestNumber) -> dict[str, Any]:
    """One request."""
    _require(request)
    canonical = parse_ref(request_number) if "\x00" not in request_number else None
    row = DataRequest.objects.filter(number=canonical).first() if canonical else None
    if row is None:
        raise Http404
    note_version(request, row.version)
    return data_request_out(row)


def data_request_out(row: DataRequest) -> dict[str, Any]:
    """The request as it is answered."""
    names = (
        "number", "kind", "customer_id", "state", "received_at", "received_how", "what", "identity_check", "due_at",
        "extended_at", "ended_at", "answer", "version",
    )  # fmt: skip
    return {name: getattr(row, name) for name in names}


def _require(request: KeyRequest) -> None:
    require_scope(request, "privacy.manage")
    require_privacy(request.user)
