"""Disputes: open one, follow it, read its file and its decisions, add to the file. Judging has no road here."""

from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.http import Http404
from ninja import Query, Router, Schema, Status
from pydantic import Field

from halkhata.desks.disputes.models import Decision, Dispute, EvidenceItem
from halkhata.desks.disputes.services.collecting import add_evidence
from halkhata.desks.disputes.services.opening import open_dispute
from halkhata.doors.api.auth import KeyRequest, require_scope
from halkhata.doors.api.keyset import Order, Page, page_of
from halkhata.doors.api.lookups import branch_of, customer_of
from halkhata.doors.api.shapes import Body, Day, Id, Number, PageOut, listed, listing, read, write
from halkhata.doors.api.versions import note_version
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.core.formatting import parse_ref
from halkhata.records.catalog.models import Unit

router = Router(tags=["disputes"])
ORDERS = {"-id": Order(column="pk", descending=True), "id": Order(column="pk")}
StateCode = Literal[
    "opened", "evidence", "under_review", "decided", "remedy", "closed", "withdrawn", "settled", "appealed"
]
GroundCode = Literal[
    "product_defect", "warranty_refused", "repair_quality", "delay", "return_refused", "price_or_bill", "delivery",
    "wrong_information", "behaviour", "other",
]  # fmt: skip
WishCode = Literal["repair", "replace", "refund", "part_refund", "compensation", "apology", "service", "none", "other"]
ChannelCode = Literal["email", "web_form", "phone", "counter", "api"]
Text = Annotated[str, Field(min_length=1, max_length=20_000)]


class DisputeOut(Schema):
    """A dispute. `about`: the number of the ticket, job, claim or return; null without one."""

    id: int
    number: str
    subject: str
    state: str
    ground: str
    wish: str
    about: str | None
    unit_number: str | None
    customer_id: int | None
    branch_id: int
    owner_id: int
    round: int
    cause_on: date
    evidence_until: datetime | None
    decided_at: datetime | None
    appeal_until: datetime | None
    root_cause: str
    opened_at: datetime
    version: int


class DisputePage(PageOut):
    """A page of disputes."""

    items: list[DisputeOut]


class DisputeFilters(Page):
    """Which disputes."""

    state: StateCode | None = None
    ground: GroundCode | None = None
    customer_id: Id | None = None
    order: Literal["-id", "id"] = "-id"


class DisputeIn(Body):
    """A dispute to be opened. What it is about is a work item or a unit; with an item, the branch is the item's."""

    customer_id: Id
    branch_id: Id | None = None
    about: Annotated[str, Field(max_length=20, description="Number of a ticket, job or return, such as K-1045.")] = ""
    unit: Annotated[str, Field(max_length=20, description="Number of a unit, such as U-17.")] = ""
    ground: GroundCode
    statement: Text
    wish: WishCode
    channel: ChannelCode = "api"
    cause_on: Day


class EvidenceOut(Schema):
    """One line of the file. `sha256` is of the file's bytes, or of the text in UTF-8."""

    id: int
    kind: str
    party: str
    title: str
    text: str
    file_id: int | None
    sha256: str
    happened_at: datetime | None
    collected_at: datetime


class EvidencePage(PageOut):
    """A page of the file."""

    items: list[EvidenceOut]


class EvidenceFilters(Page):
    """Which part of the file."""

    order: Literal["id", "-id"] = "id"


class StatementIn(Body):
    """A statement of one side."""

    party: Literal["house", "customer"]
    text: Text
    title: Annotated[str, Field(max_length=200)] = ""


class DecisionOut(Schema):
    """A signed decision, in both languages."""

    round: int
    finding: str
    root_cause: str
    remedy: str
    amount: str | None
    currency: str
    deadline_on: date | None
    signed_at: datetime | None
    facts_bn: str
    facts_en: str
    clause_bn: str
    clause_en: str
    reasons_bn: str
    reasons_en: str


class DecisionsOut(Schema):
    """The signed decisions, the last round first: it stands."""

    items: list[DecisionOut]


@router.get("", response=listing(DisputePage), summary="List disputes")
def list_disputes(request: KeyRequest, filters: Query[DisputeFilters]) -> dict[str, Any]:
    """The disputes inside the key's reach."""
    require_scope(request, "dispute.view")
    rows = _rows(request)
    for name in ("state", "ground", "customer_id"):
        if (value := getattr(filters, name)) is not None:
            rows = rows.filter(**{name: value})
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), dispute_out)


@router.post("", response=write(DisputeOut, 201), summary="Open a dispute")
def add_dispute(request: KeyRequest, body: DisputeIn) -> Status:
    """Opens a dispute. While one about the same item goes on, a second is refused (409)."""
    require_scope(request, "dispute.open")
    customer = customer_of(request, body.customer_id)
    about = _item(request, body.about)
    unit = _unit(request, body.unit)
    if about is not None:
        branch = about.branch
    elif body.branch_id is not None:
        branch = branch_of(request, body.branch_id)
    else:
        branch = unit.branch if unit is not None else request.user.branch
    dispute = open_dispute(
        actor=request.user, customer=customer, branch=branch, about=about, unit=unit, ground=body.ground,
        statement=body.statement, wish=body.wish, channel=body.channel, cause_on=body.cause_on,
    )  # fmt: skip
    return Status(201, dispute_out(dispute_of(request, dispute.number)))


@router.get("/{number}", response=read(DisputeOut), summary="Show a dispute")
def show_dispute(request: KeyRequest, number: Number) -> dict[str, Any]:
    """One dispute by its number, in Latin or Bengali."""
    require_scope(request, "dispute.view")
    dispute = dispute_of(request, number)
    note_version(request, dispute.version)
    return dispute_out(dispute)


@router.get("/{number}/evidence", response=read(EvidencePage), summary="Read the file")
def list_evidence(request: KeyRequest, number: Number, filters: Query[EvidenceFilters]) -> dict[str, Any]:
    """The evidence in the order in which it was taken in; every line with its hash."""
    require_scope(request, "dispute.view")
    rows = EvidenceItem.objects.filter(dispute=dispute_of(request, number).pk)
    return listed(page_of(request, rows, page=filters, orders=ORDERS, order=filters.order), _evidence_out)


@router.post("/{number}/evidence", response=write(EvidenceOut, 201), summary="Add to the file")
def add_statement(request: KeyRequest, number: Number, body: StatementIn) -> Status:
    """Adds a statement. A line cannot be changed or taken out; once the panel reads the file, it is locked (409)."""
    require_scope(request, "dispute.handle")
    line = add_evidence(actor=request.user, dispute=dispute_of(request, number), **body.dict())
    return Status(201, _evidence_out(line))


@router.get("/{number}/decisions", response=read(DecisionsOut), summary="Read the decisions")
def list_decisions(request: KeyRequest, number: Number) -> dict[str, Any]:
    """The signed decisions of the dispute; drafts are the panel's alone."""
    require_scope(request, "dispute.view")
    signed = dispute_of(request, number).decisions.filter(signed_at__isnull=False).order_by("-round")
    return {"items": [_decision_out(one) for one in signed]}


def dispute_of(request: KeyRequest, number: str) -> Dispute:
    """The dispute with this number. Raises Http404."""
    canonical = parse_ref(number) if "\x00" not in number else None
    found = _rows(request).filter(number=canonical).first() if canonical else None
    if found is None:
        raise Http404
    return found


def dispute_out(dispute: Dispute) -> dict[str, Any]:
    """The dispute as it is answered."""
    names = (
        "id", "number", "subject", "state", "ground", "wish", "customer_id", "branch_id", "owner_id", "round",
        "cause_on", "evidence_until", "decided_at", "appeal_until", "root_cause", "opened_at", "version",
    )  # fmt: skip
    return {
        **{name: getattr(dispute, name) for name in names},
        "about": dispute.about.number if dispute.about is not None else None,
        "unit_number": dispute.unit.number if dispute.unit is not None else None,
    }


def _rows(request: KeyRequest) -> Any:
    return Dispute.objects.visible_to(request.user).select_related("about", "unit")


def _item(request: KeyRequest, number: str) -> WorkItem | None:
    if not number:
        return None
    canonical = parse_ref(number) if "\x00" not in number else None
    found = WorkItem.objects.visible_to(request.user).select_related("branch", "team").filter(number=canonical).first()
    if found is None:
        raise Http404
    return found


def _unit(request: KeyRequest, number: str) -> Unit | None:
    if not number:
        return None
    canonical = parse_ref(number) if "\x00" not in number else None
    found = Unit.objects.visible_to(request.user).select_related("branch", "product").filter(number=canonical).first()
    if found is None:
        raise Http404
    return found


def _evidence_out(line: EvidenceItem) -> dict[str, Any]:
    names = ("id", "kind", "party", "title", "text", "file_id", "sha256", "happened_at", "collected_at")
    return {name: getattr(line, name) for name in names}


def _decision_out(decision: Decision) -> dict[str, Any]:
    names = (
        "round", "finding", "root_cause", "remedy", "currency", "deadline_on", "signed_at", "facts_bn", "facts_en",
        "clause_bn", "clause_en", "reasons_bn", "reasons_en",
    )  # fmt: skip
    amount = None if decision.amount is None else str(decision.amount)
    return {**{name: getattr(decision, name) for name in names}, "amount": amount}
