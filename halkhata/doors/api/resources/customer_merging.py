"""Customers who are one person: who looks alike, merge, undo. Verbs are resources."""

from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Router, Schema
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.lookups import customer_of
from halkhata.doors.api.resources.customers import CustomerOut, customer_out
from halkhata.doors.api.shapes import Body, Id, IdPath, act, read, write
from halkhata.doors.api.versions import check_match, note_version
from halkhata.records.customers.merging.book import people_of
from halkhata.records.customers.merging.candidates import candidates_of
from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.merging.reasons import stored
from halkhata.records.customers.merging.unmerge import unmerge_customer as undo_merge
from halkhata.records.customers.models import Customer
from halkhata.records.customers.policies import refuse_unless_may_edit

router = Router(tags=["customers"])
Side = Literal["survivor", "merged", "both"]


class MergeReasonOut(Schema):
    """One field of the comparison, on which level it agreed, and what that weighs (log2; below 0 speaks against)."""

    field: str
    level: str
    bits: float


class LookalikeOut(Schema):
    """Somebody who may be the same person. `score` is the chance of it, 0 to 1."""

    customer_id: int
    score: float
    reasons: list[MergeReasonOut]


class Lookalikes(Schema):
    """The likeliest first."""

    items: list[LookalikeOut]


class CustomerMergeIn(Body):
    """Into whom, and field by field whose value holds; what is left out is the survivor's if there is one."""

    into: Id
    fields: Annotated[
        dict[Annotated[str, Field(max_length=60)], Side],
        Field(max_length=100, description='Names of the customer\'s fields; "both" is for the note only.'),
    ] = {}
    reason: Annotated[str, Field(max_length=200)] = ""


@router.get("/{customer_id}/lookalikes", response=read(Lookalikes), summary="List who may be the same person")
def list_lookalikes(request: KeyRequest, customer_id: IdPath) -> dict[str, Any]:
    """Customers inside the key's reach who may be this person, with what speaks for and against it."""
    require_scope(request, "customer.edit")
    refuse_unless_may_edit(request.user)
    customer = customer_of(request, customer_id)
    (person,) = people_of([customer.pk])
    found = candidates_of(person, except_for=[customer.pk])
    visible = set(
        Customer.objects.visible_to(request.user)
        .filter(pk__in=[one.customer_id for one in found])
        .values_list("pk", flat=True)
    )
    return {
        "items": [
            {
                "customer_id": one.customer_id,
                "score": round(one.score, 3),
                "reasons": [
                    {"field": field, "level": level, "bits": bits} for field, level, bits in stored(one.reasons)
                ],
            }
            for one in found
            if one.customer_id in visible
        ]
    }


@router.post("/{customer_id}/merge", response=write(CustomerOut), summary="Merge into another customer")
def merge_customer(request: KeyRequest, customer_id: IdPath, body: CustomerMergeIn) -> dict[str, Any]:
    """Everything of this customer goes to the other one, who is answered. It can be undone for 30 days."""
    require_scope(request, "customer.edit")
    merged = _by_id(request, customer_id)
    check_match(request, merged.version)
    survivor = _by_id(request, body.into)
    merge_customers(actor=request.user, merged=merged, survivor=survivor, chosen=body.fields, reason=body.reason)
    return _shown(request, survivor.pk)


@router.post("/{customer_id}/unmerge", response=act(CustomerOut), summary="Undo a merge")
def unmerge_customer(request: KeyRequest, customer_id: IdPath) -> dict[str, Any]:
    """The customer with this id, who was merged into another, is there again as before."""
    require_scope(request, "customer.edit")
    customer = _by_id(request, customer_id)
    check_match(request, customer.version)
    undo_merge(actor=request.user, customer=customer)
    return _shown(request, customer.pk)


def _by_id(request: KeyRequest, customer_id: int) -> Customer:
    """The very customer with this id, an alias too: elsewhere it would answer as the survivor."""
    customer = Customer.objects.visible_to(request.user).filter(pk=customer_id).first()
    if customer is None:
        raise Http404
    return customer


def _shown(request: KeyRequest, customer_id: int) -> dict[str, Any]:
    customer = Customer.objects.prefetch_related("contact_points").get(pk=customer_id)
    note_version(request, customer.version)
    return customer_out(customer)
