"""What other systems call a customer: list, add, show, remove; and whom a system means by an id."""

from typing import Annotated, Any

from django.http import Http404, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.lookups import customer_of
from halkhata.doors.api.shapes import Body, IdPath, act, read, write
from halkhata.doors.api.versions import check_match
from halkhata.records.customers.models import Customer, ExternalId
from halkhata.records.customers.services.external_ids import add_external_id, find_by_external_id, remove_external_id

router = Router(tags=["external ids"])
System = Annotated[str, Field(min_length=1, max_length=40, examples=["courier"])]
Value = Annotated[str, Field(min_length=1, max_length=120, examples=["C-1042"])]


class ExternalIdOut(Schema):
    """An id of another system."""

    id: int
    customer_id: int
    system: str
    value: str


class ExternalIds(Schema):
    """All of one customer's."""

    items: list[ExternalIdOut]


class ExternalIdIn(Body):
    """What another system calls the customer. Within a system an id belongs to one customer."""

    system: System
    value: Value


class Wanted(Schema):
    """Whom to find."""

    system: System
    value: Value


class Meant(Schema):
    """The customer whom the other system means."""

    customer_id: int


@router.get("/by-external-id", response=read(Meant), summary="Find a customer by an id of another system")
def find_by_id_elsewhere(request: KeyRequest, wanted: Query[Wanted]) -> dict[str, Any]:
    """Whom that system calls so, however the id is separated; somebody who was merged answers as the survivor."""
    require_scope(request, "customer.view")
    found = find_by_external_id(wanted.system, wanted.value)
    if found is None or not Customer.objects.visible_to(request.user).filter(pk=found.pk).exists():
        raise Http404
    return {"customer_id": found.pk}


@router.get("/{customer_id}/external-ids", response=read(ExternalIds), summary="List ids of other systems")
def list_external_ids(request: KeyRequest, customer_id: IdPath) -> dict[str, Any]:
    """What other systems call this customer."""
    require_scope(request, "customer.view")
    return {"items": [external_id_out(found) for found in customer_of(request, customer_id).external_ids.all()]}


@router.post("/{customer_id}/external-ids", response=write(ExternalIdOut, 201), summary="Add an id of another system")
def add_id_elsewhere(request: KeyRequest, customer_id: IdPath, body: ExternalIdIn, response: HttpResponse) -> Status:
    """Adds an id. One that another customer has is refused (422 `external_id_taken`)."""
    require_scope(request, "customer.edit")
    customer = customer_of(request, customer_id)
    check_match(request, customer.version)
    found = add_external_id(actor=request.user, customer=customer, system=body.system, value=body.value)
    response["Location"] = f"/api/v1/customers/{customer.pk}/external-ids/{found.pk}"
    return Status(201, external_id_out(found))


@router.get(
    "/{customer_id}/external-ids/{external_id}", response=read(ExternalIdOut), summary="Show an id of another system"
)
def show_id_elsewhere(request: KeyRequest, customer_id: IdPath, external_id: IdPath) -> dict[str, Any]:
    """One id."""
    require_scope(request, "customer.view")
    return external_id_out(_found(customer_of(request, customer_id), external_id))


@router.delete(
    "/{customer_id}/external-ids/{external_id}", response=act(None, 204), summary="Remove an id of another system"
)
def remove_id_elsewhere(request: KeyRequest, customer_id: IdPath, external_id: IdPath) -> Status:
    """Removes an id."""
    require_scope(request, "customer.edit")
    customer = customer_of(request, customer_id)
    check_match(request, customer.version)
    remove_external_id(actor=request.user, found=_found(customer, external_id))
    return Status(204, None)


def _found(customer: Customer, external_id: int) -> ExternalId:
    found = ExternalId.objects.filter(pk=external_id, customer=customer).first()
    if found is None:
        raise Http404
    return found


def external_id_out(found: ExternalId) -> dict[str, Any]:
    """An id as it is answered."""
    return {"id": found.pk, "customer_id": found.customer_id, "system": found.system, "value": found.value}
