"""Customers: list or search, add, show."""

from typing import Annotated, Any

from django.http import Http404
from ninja import Path, Router, Status

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.cursors import MAX_ID, PageQuery, slice_page
from halkhata.doors.api.schemas import CustomerIn, CustomerOut, CustomerPage
from halkhata.doors.api.tickets import REFUSALS
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.search import search_customers
from halkhata.records.customers.services.customers import create_customer

router = Router(tags=["customers"])


@router.get("", response={200: CustomerPage, **REFUSALS})
def list_customers(request: KeyRequest, page: PageQuery, q: str = "") -> dict[str, Any]:
    """The customers inside the key's reach; with ``q`` the best hits for a name, phone or e-mail."""
    require_scope(request, "customer.view")
    text = clean_text(q, max_length=100)
    if text:
        hits = search_customers(request.user, text, limit=page.limit)
        return {"items": [_out(customer) for customer in hits], "next": None}
    rows = Customer.objects.visible_to(request.user).active().prefetch_related("contact_points")
    found, following = slice_page(rows, page)
    return {"items": [_out(customer) for customer in found], "next": following}


@router.post("", response={201: CustomerOut, **REFUSALS})
def add_customer(request: KeyRequest, body: CustomerIn) -> Status:
    """Add a customer to the branch of the key's user."""
    require_scope(request, "customer.edit")
    values = body.dict()
    customer = create_customer(actor=request.user, branch=request.user.branch, **values)
    return Status(201, _out(customer))


@router.get("/{customer_id}", response={200: CustomerOut, **REFUSALS})
def show_customer(request: KeyRequest, customer_id: Annotated[int, Path(ge=1, le=MAX_ID)]) -> dict[str, Any]:
    """One customer. A merged one answers with the survivor."""
    require_scope(request, "customer.view")
    visible = Customer.objects.visible_to(request.user).prefetch_related("contact_points")
    customer = visible.filter(pk=customer_id).first()
    if customer is not None and customer.merged_into_id is not None:
        customer = visible.filter(pk=customer.merged_into_id).first()
    if customer is None:
        raise Http404
    return _out(customer)


def _out(customer: Customer) -> dict[str, Any]:
    names = (
        "id",
        "name_bn",
        "name_en",
        "honorific",
        "language",
        "preferred_channel",
        "branch_id",
        "created_at",
        "updated_at",
        "version",
    )
    return {
        **{name: getattr(customer, name) for name in names},
        "contacts": [
            {"kind": point.kind, "value": point.value, "label": point.label, "is_primary": point.is_primary}
            for point in customer.contact_points.all()
        ],
    }
