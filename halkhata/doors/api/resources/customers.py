"""Customers: list or search, add, show, change."""

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import branch_of, customer_of
from halkhata.doors.api.own_fields import (
    CustomFilter,
    CustomIn,
    CustomOut,
    TagFilter,
    TagsIn,
    narrowed,
    own_fields_of,
    with_own_fields,
)
from halkhata.doors.api.problems import ApiProblem
from halkhata.doors.api.resources.contact_points import ContactPointOut, contact_point_out
from halkhata.doors.api.shapes import Body, Id, IdPath, Instant, PageOut, change, listed, listing, read, write
from halkhata.doors.api.versions import note_version, require_match
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.search import search_customers
from halkhata.records.customers.services.customers import create_customer, update_customer

router = Router(tags=["customers"])
Name = Annotated[str, Field(max_length=120)]
ORDERS = {
    "-updated_at": Order(column="updated_at", descending=True),
    "updated_at": Order(column="updated_at"),
    "-id": Order(column="pk", descending=True),
    "id": Order(column="pk"),
}


class CustomerOut(Schema):
    """One customer."""

    id: int
    name_bn: str
    name_en: str
    honorific: str
    language: str
    preferred_channel: str
    preferred_hours: str
    organization_id: int | None
    organization_role: str
    branch_id: int | None
    note: str
    contacts: list[ContactPointOut]
    created_at: datetime
    updated_at: datetime
    version: int


class CustomerFull(CustomerOut):
    """One customer with the fields of the shop's own and the tags."""

    custom: CustomOut
    tags: list[str]


class CustomerPage(PageOut):
    """A page of customers; best first when searched."""

    items: list[CustomerFull]


class CustomerFilters(Page):
    """Which customers."""

    q: Annotated[
        str, Field(max_length=100, description="Name, phone or e-mail: the best hits, one page, no other filter.")
    ] = ""
    branch_id: Id | None = None
    organization_id: Id | None = None
    language: Literal["bn", "en"] | None = None
    updated_since: Instant | None = None
    tag: TagFilter = None
    custom: CustomFilter = []
    order: Literal["-updated_at", "updated_at", "-id", "id"] = "-id"


class CustomerFields(Body):
    """What may be set in a customer's record."""

    name_bn: Name = ""
    name_en: Name = ""
    honorific: Literal["", "janab", "begum", "sri", "srimati", "bhai", "apa", "mr", "ms", "dr"] = ""
    language: Literal["bn", "en"] = "bn"
    preferred_channel: Literal["", "phone", "sms", "email"] = ""
    preferred_hours: Annotated[str, Field(max_length=80)] = ""
    organization_role: Annotated[str, Field(max_length=80)] = ""
    note: Annotated[str, Field(max_length=5_000)] = ""
    custom: CustomIn = {}
    tags: TagsIn = []


class CustomerIn(CustomerFields):
    """A new customer: at least a name, a number or an address. The branch is that of the key's user."""

    phones: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=10)] = []
    emails: Annotated[list[Annotated[str, Field(max_length=254)]], Field(max_length=10)] = []
    confirm_duplicate: Annotated[
        str, Field(max_length=200, description="Why somebody with a known number is another person all the same.")
    ] = ""
    branch_id: Id | None = None


class CustomerPatch(Body):
    """What is to be changed; what is left out, or null, stays."""

    name_bn: Name | None = None
    name_en: Name | None = None
    honorific: Literal["", "janab", "begum", "sri", "srimati", "bhai", "apa", "mr", "ms", "dr"] | None = None
    language: Literal["bn", "en"] | None = None
    preferred_channel: Literal["", "phone", "sms", "email"] | None = None
    preferred_hours: Annotated[str, Field(max_length=80)] | None = None
    organization_role: Annotated[str, Field(max_length=80)] | None = None
    note: Annotated[str, Field(max_length=5_000)] | None = None
    custom: CustomIn | None = None
    tags: TagsIn | None = None
    branch_id: Id | None = None


@router.get("", response=listing(CustomerPage), summary="List or search customers")
def list_customers(request: KeyRequest, filters: Query[CustomerFilters]) -> dict[str, Any]:
    """The customers inside the key's reach; with `q` the best hits for a name, phone or e-mail address."""
    require_scope(request, "customer.view")
    text = clean_text(filters.q, max_length=100)
    if text:
        _refuse_beside_search(filters)
        found = listed((search_customers(request.user, text, limit=filters.limit), None, None), customer_out)
        return with_own_fields(request, "customer", found)
    rows = Customer.objects.visible_to(request.user).active().prefetch_related("contact_points")
    for name in ("branch_id", "organization_id", "language"):
        if value := getattr(filters, name):
            rows = rows.filter(**{name: value})
    if filters.updated_since:
        rows = rows.filter(updated_at__gte=filters.updated_since)
    rows = narrowed(request, "customer", rows, tag=filters.tag, custom=filters.custom)
    return with_own_fields(
        request,
        "customer",
        listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), customer_out),
    )


@router.post("", response=write(CustomerFull, 201), summary="Add a customer")
def add_customer(request: KeyRequest, body: CustomerIn, response: HttpResponse) -> Status:
    """Adds a customer. Somebody with the same number is refused (422 `possible_duplicate`) unless it is confirmed."""
    require_scope(request, "customer.edit")
    values = body.dict()
    branch_id = values.pop("branch_id")
    branch = branch_of(request, branch_id) if branch_id is not None else request.user.branch
    customer = create_customer(actor=request.user, branch=branch, **values)
    response["Location"] = f"/api/v1/customers/{customer.pk}"
    return Status(201, _shown(request, customer))


@router.get("/{customer_id}", response=read(CustomerFull), summary="Show a customer")
def show_customer(request: KeyRequest, customer_id: IdPath) -> dict[str, Any]:
    """One customer. Somebody who was merged answers as the survivor."""
    require_scope(request, "customer.view")
    customer = customer_of(request, customer_id)
    note_version(request, customer.version)
    return own_fields_of(request, "customer", customer_out(customer))


@router.patch("/{customer_id}", response=change(CustomerFull), summary="Change a customer")
def change_customer(request: KeyRequest, customer_id: IdPath, body: CustomerPatch) -> dict[str, Any]:
    """Changes what is sent. `If-Match` must name the version that was read."""
    require_scope(request, "customer.edit")
    customer = customer_of(request, customer_id)
    require_match(request, customer.version)
    changes = {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}
    if "branch_id" in changes:
        changes["branch"] = branch_of(request, changes.pop("branch_id"))
    # The service compares the version once more, with the row held.
    changes.setdefault("custom", {})
    changed = update_customer(actor=request.user, customer=customer, version=customer.version, **changes)
    return _shown(request, changed)


def _refuse_beside_search(filters: CustomerFilters) -> None:
    """A search gives the best hits, in its own order: what would narrow or turn its pages is refused, not ignored."""
    beside = filters.model_fields_set - {"q", "limit"}
    if beside:
        errors = [{"at": f"query.{name}", "message": "not together with q"} for name in sorted(beside)]
        raise ApiProblem("invalid_input", errors=errors)


def _shown(request: KeyRequest, customer: Customer) -> dict[str, Any]:
    note_version(request, customer.version)
    fresh = Customer.objects.prefetch_related("contact_points").get(pk=customer.pk)
    return own_fields_of(request, "customer", customer_out(fresh))


def customer_out(customer: Customer) -> dict[str, Any]:
    """The customer as it is answered: a closed list of fields."""
    names = (
        "id", "name_bn", "name_en", "honorific", "language", "preferred_channel", "preferred_hours",
        "organization_id", "organization_role", "branch_id", "note", "created_at", "updated_at", "version",
    )  # fmt: skip
    return {
        **{name: getattr(customer, name) for name in names},
        "contacts": [contact_point_out(point) for point in customer.contact_points.all()],
    }
