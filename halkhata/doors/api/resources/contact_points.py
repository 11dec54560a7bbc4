"""Phone numbers and e-mail addresses of a customer: list, add, make the first one, remove."""

from typing import Annotated, Any, Literal

from django.http import Http404, HttpResponse
from ninja import Router, Schema, Status
from pydantic import Field, StrictBool

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.lookups import customer_of
from halkhata.doors.api.shapes import Body, IdPath, act, read, write
from halkhata.doors.api.versions import check_match
from halkhata.records.customers.models import ContactPoint, Customer
from halkhata.records.customers.services.contacts import make_primary
from halkhata.records.customers.services.customers import add_contact_point, remove_contact_point

router = Router(tags=["contact points"])


class ContactPointOut(Schema):
    """A phone number (E.164) or e-mail address."""

    id: int
    kind: str
    value: str
    label: str
    is_primary: bool
    is_reachable: bool


class ContactPoints(Schema):
    """All of one customer's, the first ones first."""

    items: list[ContactPointOut]


class ContactPointIn(Body):
    """One more number or address, as somebody would type it."""

    kind: Literal["phone", "email"]
    typed: Annotated[str, Field(min_length=1, max_length=254, examples=["01100-123456"])]
    label: Annotated[str, Field(max_length=60)] = ""
    is_primary: StrictBool = False
    confirm_duplicate: Annotated[str, Field(max_length=200)] = ""


@router.get("/{customer_id}/contact-points", response=read(ContactPoints), summary="List contact points")
def list_contact_points(request: KeyRequest, customer_id: IdPath) -> dict[str, Any]:
    """How a customer is reached."""
    require_scope(request, "customer.view")
    return {"items": [contact_point_out(point) for point in customer_of(request, customer_id).contact_points.all()]}


@router.post("/{customer_id}/contact-points", response=write(ContactPointOut, 201), summary="Add a contact point")
def add_point(request: KeyRequest, customer_id: IdPath, body: ContactPointIn, response: HttpResponse) -> Status:
    """Adds a number or address."""
    require_scope(request, "customer.edit")
    customer = _held(request, customer_id)
    values = body.dict()
    point = add_contact_point(actor=request.user, customer=customer, primary=values.pop("is_primary"), **values)
    response["Location"] = f"/api/v1/customers/{customer.pk}/contact-points/{point.pk}"
    return Status(201, contact_point_out(point))


@router.get("/{customer_id}/contact-points/{point_id}", response=read(ContactPointOut), summary="Show a contact point")
def show_point(request: KeyRequest, customer_id: IdPath, point_id: IdPath) -> dict[str, Any]:
    """One number or address."""
    require_scope(request, "customer.view")
    return contact_point_out(_point(customer_of(request, customer_id), point_id))


@router.delete("/{customer_id}/contact-points/{point_id}", response=act(None, 204), summary="Remove a contact point")
def remove_point(request: KeyRequest, customer_id: IdPath, point_id: IdPath) -> Status:
    """Removes a number or address."""
    require_scope(request, "customer.edit")
    customer = _held(request, customer_id)
    remove_contact_point(actor=request.user, point=_point(customer, point_id))
    return Status(204, None)


@router.post(
    "/{customer_id}/contact-points/{point_id}/primary", response=act(ContactPointOut), summary="Make it the first one"
)
def make_first(request: KeyRequest, customer_id: IdPath, point_id: IdPath) -> dict[str, Any]:
    """Makes this the number or address that is used first."""
    require_scope(request, "customer.edit")
    customer = _held(request, customer_id)
    return contact_point_out(make_primary(actor=request.user, point=_point(customer, point_id)))


def _held(request: KeyRequest, customer_id: int) -> Customer:
    customer = customer_of(request, customer_id)
    check_match(request, customer.version)
    return customer


def _point(customer: Customer, point_id: int) -> ContactPoint:
    point = ContactPoint.objects.filter(pk=point_id, customer=customer).first()
    if point is None:
        raise Http404
    return point


def contact_point_out(point: ContactPoint) -> dict[str, Any]:
    """A number or address as it is answered."""
    names = ("id", "kind", "value", "label", "is_primary", "is_reachable")
    return {name: getattr(point, name) for name in names}
