"""Segments: list, make, change, remove; who is in one and why; how many customers conditions fit."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any

from django.http import Http404, HttpResponse
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import customer_of
from halkhata.doors.api.shapes import Body, IdPath, PageOut, act, answers, change, listed, listing, read, write
from halkhata.doors.api.versions import check_match, note_version, require_match
from halkhata.engines.segments.compiling import condition_fields, read_conditions
from halkhata.engines.segments.models import Segment, SegmentMember
from halkhata.engines.segments.policies import RIGHTS, fields_open_to
from halkhata.engines.segments.selectors.segments import count_fitting, explain_membership
from halkhata.engines.segments.selectors.truth import Why
from halkhata.engines.segments.services.segments import delete_segment, save_segment
from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.fields.conditions.tree import fields_named
from halkhata.records.customers.models import Customer

router = Router(tags=["segments"])
Name = Annotated[str, Field(max_length=120)]
Conditions = Annotated[
    dict[str, Any],
    Field(
        description='Nested: `{"all": [node, …]}`, `{"any": […]}`, `{"none": […]}`, and in them lines like `{"field": '
        '"language", "op": "is", "value": "bn"}`. GET /api/v1/segments/fields lists fields and comparisons.',
        examples=[{"all": [{"field": "language", "op": "is", "value": "bn"}]}],
    ),
]
SEGMENTS = {"id": Order(column="pk")}
MEMBERS = {"-customer_id": Order(column="customer_id", descending=True)}


class SegmentOut(Schema):
    """One segment. `member_count` is null for whoever does not see all customers."""

    id: int
    name_bn: str
    name_en: str
    conditions: dict[str, Any] | None = Field(description="Null where they name a field that the key may not see.")
    state: str
    member_count: int | None
    built_at: datetime | None
    created_at: datetime
    updated_at: datetime
    version: int


class SegmentPage(PageOut):
    """A page of segments."""

    items: list[SegmentOut]


class SegmentIn(Body):
    """A new segment: a name in at least one language, and conditions."""

    name_bn: Name = ""
    name_en: Name = ""
    conditions: Conditions


class SegmentPatch(Body):
    """What is to be changed; what is left out, or null, stays."""

    name_bn: Name | None = None
    name_en: Name | None = None
    conditions: Conditions | None = None


class ConditionsIn(Body):
    """Conditions to be counted."""

    conditions: Conditions


class Fitting(Schema):
    """How many customers fit now, inside the key's reach."""

    count: int


class ChoiceOut(Schema):
    """One entry of a field's list."""

    code: str
    label: str


class ConditionFieldOut(Schema):
    """One field that conditions may name, with its comparisons."""

    code: str
    label: str
    group: str
    kind: str
    operators: list[str]
    choices: list[ChoiceOut]


class ConditionFields(Schema):
    """All of them, in their order."""

    items: list[ConditionFieldOut]


class MemberOut(Schema):
    """Somebody in the segment, and since when."""

    customer_id: int
    since: datetime


class MemberPage(PageOut):
    """A page of members, the newest customer first."""

    items: list[MemberOut]


class WhyOut(Schema):
    """A condition in words, whether it is true of the customer (null: not for the key to see), and what is in it."""

    words: str
    is_true: bool | None
    nodes: list["WhyOut"]


class MembershipOut(Schema):
    """Whether the customer is in the segment, and why. `why` is null where the conditions name a field out of use."""

    customer_id: int
    is_member: bool
    why: WhyOut | None


@router.get("", response=listing(SegmentPage), summary="List segments")
def list_segments(request: KeyRequest, filters: Query[Page]) -> dict[str, Any]:
    """All segments of the shop."""
    _require(request)
    found = page_of(request, Segment.objects.there(), page=filters, orders=SEGMENTS, order="id")
    known = set(fields_open_to(request.user, request.auth))
    return listed(found, lambda segment: segment_out(request, segment, known))


@router.get("/fields", response=listing(ConditionFields), summary="List what conditions may name")
def list_segment_fields(request: KeyRequest) -> dict[str, Any]:
    """Fields, their comparisons and the entries of their lists."""
    _require(request)
    return {
        "items": [
            {
                **{name: getattr(one, name) for name in ("code", "label", "group", "kind")},
                "operators": list(one.operators),
                "choices": [{"code": code, "label": label} for code, label in one.choices],
            }
            for one in condition_fields(fields_open_to(request.user, request.auth)).values()
        ]
    }


@router.post("/count", response=write(Fitting), summary="Count whom conditions fit")
def count_segment(request: KeyRequest, body: ConditionsIn) -> dict[str, Any]:
    """How many customers inside the key's reach these conditions fit now. Nothing is kept."""
    _require(request)
    tree = read_conditions(body.conditions, fields_open_to(request.user, request.auth))
    return {"count": count_fitting(tree, request.user)}


@router.post("", response=write(SegmentOut, 201), summary="Make a segment")
def add_segment(request: KeyRequest, body: SegmentIn, response: HttpResponse) -> Status:
    """Makes a segment; `state` is `building` until its members have been found."""
    _require(request)
    segment = save_segment(actor=request.user, fields=fields_open_to(request.user, request.auth), **body.dict())
    response["Location"] = f"/api/v1/segments/{segment.pk}"
    return Status(201, _shown(request, segment))


@router.get("/{segment_id}", response=read(SegmentOut), summary="Show a segment")
def show_segment(request: KeyRequest, segment_id: IdPath) -> dict[str, Any]:
    """One segment."""
    return _shown(request, _segment(request, segment_id))


@router.patch("/{segment_id}", response=change(SegmentOut), summary="Change a segment")
def change_segment(request: KeyRequest, segment_id: IdPath, body: SegmentPatch) -> dict[str, Any]:
    """Changes what is sent; with other conditions the members are found anew. `If-Match` must name the version."""
    segment = _segment(request, segment_id)
    require_match(request, segment.version)
    sent = {name: value for name, value in body.dict(exclude_unset=True).items() if value is not None}
    values = {"name_bn": segment.name_bn, "name_en": segment.name_en, **sent}
    fields = fields_open_to(request.user, request.auth)
    changed = save_segment(actor=request.user, segment=segment, version=segment.version, fields=fields, **values)
    return _shown(request, changed)


@router.delete("/{segment_id}", response=act(None, 204), summary="Remove a segment")
def remove_segment(request: KeyRequest, segment_id: IdPath) -> Status:
    """Removes a segment. Its customers stay."""
    segment = _segment(request, segment_id)
    check_match(request, segment.version)
    delete_segment(actor=request.user, segment=segment)
    return Status(204, None)


@router.get("/{segment_id}/members", response=answers({200: MemberPage, 304: None}, 404), summary="List members")
def list_segment_members(request: KeyRequest, segment_id: IdPath, filters: Query[Page]) -> dict[str, Any]:
    """The members inside the key's reach."""
    rows = SegmentMember.objects.filter(segment=_segment(request, segment_id))
    if request.user.role.scope != Scope.ALL:
        rows = rows.filter(customer__in=Customer.objects.visible_to(request.user))
    found = page_of(request, rows, page=filters, orders=MEMBERS, order="-customer_id")
    return listed(found, lambda member: {"customer_id": member.customer_id, "since": member.since})


@router.get("/{segment_id}/members/{customer_id}", response=read(MembershipOut), summary="Tell why somebody is in it")
def explain_segment_member(request: KeyRequest, segment_id: IdPath, customer_id: IdPath) -> dict[str, Any]:
    """Each condition of the segment, true or not of this customer, whether in it or not."""
    segment = _segment(request, segment_id)
    customer = customer_of(request, customer_id)
    told = explain_membership(segment, customer, open_fields=fields_open_to(request.user, request.auth))
    return {
        "customer_id": customer.pk,
        "is_member": SegmentMember.objects.filter(segment=segment, customer=customer).exists(),
        "why": None if told is None else why_out(told),
    }


def why_out(node: Why) -> dict[str, Any]:
    """One node of the answer to "why", with those in it."""
    return {"words": node.words, "is_true": node.is_true, "nodes": [why_out(one) for one in node.nodes]}


def segment_out(request: KeyRequest, segment: Segment, known: Collection[str]) -> dict[str, Any]:
    """The segment as it is answered; ``known`` are the fields that the key may name."""
    names = ("id", "name_bn", "name_en", "state", "built_at", "created_at", "updated_at", "version")
    return {
        **{name: getattr(segment, name) for name in names},
        "conditions": segment.conditions if fields_named(segment.conditions) <= set(known) else None,
        "member_count": segment.member_count if request.user.role.scope == Scope.ALL else None,
    }


def _require(request: KeyRequest) -> None:
    for right in RIGHTS:
        require_scope(request, right)


def _segment(request: KeyRequest, segment_id: int) -> Segment:
    _require(request)
    segment = Segment.objects.there().filter(pk=segment_id).first()
    if segment is None:
        raise Http404
    return segment


def _shown(request: KeyRequest, segment: Segment) -> dict[str, Any]:
    note_version(request, segment.version)
    return segment_out(request, segment, set(fields_open_to(request.user, request.auth)))
