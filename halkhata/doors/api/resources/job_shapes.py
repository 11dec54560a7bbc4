"""What goes in and out about job cards."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from halkhata.doors.api.keyset import Page
from halkhata.doors.api.shapes import Body, Day, Id, Instant, PageOut

Money = Annotated[Decimal, Field(ge=0, max_digits=13, decimal_places=2)]
Text = Annotated[str, Field(max_length=5000)]
Short = Annotated[str, Field(max_length=300)]
State = Literal[
    "in", "diagnosed", "waiting_approval", "waiting_part", "working", "tested", "ready", "delivered", "cancelled"
]


class JobLineOut(Schema):
    """One line. `worth` is what it would cost; `charged` what the customer pays."""

    id: int
    kind: str
    component: str
    text: str
    quantity: Decimal
    unit_price: Decimal
    worth: Decimal
    payer: str
    charged: Decimal
    rule: str
    cost: Decimal | None
    is_recoverable: bool
    faulty_serial: str
    replacement_serial: str


class EstimateOut(Schema):
    """One version of the estimate."""

    number: int
    state: str
    total: Decimal
    text: str
    expires_at: datetime
    answered_at: datetime | None
    answered_how: str


class PartOut(Schema):
    """A part that was not here."""

    id: int
    name: str
    quantity: int
    eta_on: date
    state: str


class JobOut(Schema):
    """One job card. `customer_id` is null where the key may not see the customer."""

    id: int
    number: str
    state: str
    unit_number: str
    customer_id: int | None
    branch_id: int
    owner_id: int
    technician_id: int | None
    complaint: str
    diagnosis: str
    accessories: list[str]
    reading: int | None
    warranty: str
    promised_for: datetime | None
    opened_at: datetime
    ready_at: datetime | None
    cancel_reason: str
    currency: str
    version: int


class JobFull(JobOut):
    """One job card with its lines, estimates and parts."""

    lines: list[JobLineOut]
    estimates: list[EstimateOut]
    parts: list[PartOut]
    total: Decimal
    needs_approval: bool


class JobPage(PageOut):
    """A page of job cards."""

    items: list[JobOut]


class JobFilters(Page):
    """Which job cards."""

    state: State | None = None
    branch_id: Id | None = None
    customer_id: Id | None = None
    technician_id: Id | None = None
    opened_since: Instant | None = None
    order: Literal["-opened_at", "opened_at", "-id", "id"] = "-id"


class JobIn(Body):
    """A unit that comes in. With `key` the card is opened once."""

    unit_number: Annotated[str, Field(min_length=1, max_length=20)]
    complaint: Annotated[str, Field(min_length=1, max_length=20_000)]
    reading: Annotated[int, Field(ge=0, le=9_999_999)] | None = None
    accessories: Annotated[list[Annotated[str, Field(max_length=120)]], Field(max_length=30)] = []
    condition_note: Text = ""
    promised_for: Instant | None = None
    key: Annotated[str, Field(max_length=80)] = ""


class StepIn(Body):
    """The next state; with what was found where that is asked for."""

    state: Literal["diagnosed", "waiting_part", "working", "tested", "ready"]
    diagnosis: Text | None = None


class JobLineIn(Body):
    """A line. Without `payer` the warranty decides, and the answer says by which rule."""

    kind: Literal["part", "labour", "visit"]
    text: Annotated[str, Field(min_length=1, max_length=200)]
    quantity: Money = Decimal(1)
    unit_price: Money = Decimal(0)
    discount: Money = Decimal(0)
    cost: Money | None = None
    component: Annotated[str, Field(max_length=40)] = ""
    payer: Literal["", "customer", "warranty", "amc"] = ""
    rule: Short = ""
    amc_ref: Annotated[str, Field(max_length=40)] = ""
    faulty_serial: Annotated[str, Field(max_length=60)] = ""
    replacement_serial: Annotated[str, Field(max_length=60)] = ""


class EstimateIn(Body):
    """A word with the estimate."""

    note: Annotated[str, Field(max_length=1000)] = ""


class AnswerIn(Body):
    """What the customer said."""

    approves: StrictBool
    how: Literal["counter", "phone", "letter"]
    answered_by: Annotated[str, Field(min_length=1, max_length=120)]
    note: Short = ""


class PartIn(Body):
    """A part that is not here, with the day it should come."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    eta_on: Day
    quantity: Annotated[int, Field(ge=1, le=1000)] = 1
    supplier: Annotated[str, Field(max_length=120)] = ""
    order_ref: Annotated[str, Field(max_length=60)] = ""
    waits: StrictBool = True


class CancelIn(Body):
    """Why it is not done."""

    reason: Literal["refused", "withdrawn", "not_repairable", "no_part", "replaced", "mistake"]
    note: Short = ""


class HandoverIn(Body):
    """Who fetched it, by the code on their phone or a typed signature."""

    how: Literal["code", "signature"]
    taken_by: Annotated[str, Field(min_length=1, max_length=120)]
    relation: Annotated[str, Field(max_length=120)] = ""
    typed_code: Annotated[str, Field(max_length=20)] = ""
    typed_name: Annotated[str, Field(max_length=120)] = ""
    accessories_back: StrictBool = True
    note: Short = ""
