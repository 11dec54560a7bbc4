"""What goes in and out about claims to companies."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from halkhata.doors.api.keyset import Page
from halkhata.doors.api.shapes import Body, Day, Id, Instant, PageOut

Money = Annotated[Decimal, Field(ge=0, max_digits=13, decimal_places=2)]
Text = Annotated[str, Field(max_length=2000)]
Short = Annotated[str, Field(max_length=60)]


class ClaimLineOut(Schema):
    """One line of a claim."""

    id: int
    kind: str
    code: str
    fault_code: str
    text: str
    quantity: Decimal
    cost: Decimal
    is_recoverable: bool
    claimed_amount: Decimal
    approved_amount: Decimal
    answer: str


class CreditOut(Schema):
    """One credit note of the company."""

    id: int
    number: str
    amount: Decimal
    on: date
    note: str
    recorded_at: datetime


class ClaimOut(Schema):
    """One claim. `shortfall`: what was approved and has not come."""

    id: int
    number: str
    company_number: str
    stage: str
    sort: str
    brand_id: int
    branch_id: int
    unit_number: str | None
    about_number: str | None
    month_on: date | None
    failed_on: date | None
    repaired_on: date | None
    deadline_on: date | None
    reading: int | None
    defect_code: str
    cause_code: str
    description: str
    faulty_serial: str
    replacement_serial: str
    claimed_amount: Decimal
    approved_amount: Decimal
    credited_amount: Decimal
    shortfall: Decimal
    short_reason: str
    currency: str
    answer: str
    opened_at: datetime
    submitted_at: datetime | None
    decided_at: datetime | None
    lines: list[ClaimLineOut]
    credits: list[CreditOut]
    version: int


class ClaimPage(PageOut):
    """A page of claims."""

    items: list[ClaimOut]


class ClaimFilters(Page):
    """Which claims."""

    stage: Annotated[str, Field(max_length=10)] = ""
    sort: Annotated[str, Field(max_length=8)] = ""
    brand_id: Id | None = None
    branch_id: Id | None = None
    opened_since: Instant | None = None
    order: Literal["-opened_at", "opened_at", "-id", "id"] = "-id"


class ClaimLineIn(Body):
    """One line. Without `claimed` the cost is claimed, where the company pays it back."""

    kind: Literal["part", "labour", "travel", "visit"]
    text: Annotated[str, Field(min_length=1, max_length=200)]
    code: Annotated[str, Field(max_length=40)] = ""
    fault_code: Annotated[str, Field(max_length=40)] = ""
    quantity: Annotated[Decimal, Field(gt=0, max_digits=7, decimal_places=2)] = Decimal(1)
    cost: Money = Decimal(0)
    claimed: Money | None = None
    is_recoverable: StrictBool = True
    faulty_serial: Short = ""
    replacement_serial: Short = ""


class ClaimIn(Body):
    """A claim for a unit. With `key` it is written down once."""

    unit_number: Annotated[str, Field(min_length=1, max_length=20)]
    failed_on: Day | None = None
    repaired_on: Day | None = None
    reading: Annotated[int, Field(ge=0, le=2_000_000_000)] | None = None
    defect_code: Annotated[str, Field(max_length=40)] = ""
    cause_code: Annotated[str, Field(max_length=40)] = ""
    description: Text = ""
    faulty_serial: Short = ""
    replacement_serial: Short = ""
    lines: Annotated[list[ClaimLineIn], Field(max_length=100)] = []
    key: Annotated[str, Field(max_length=80)] = ""


class SubmitIn(Body):
    """Send it; with the company's number, if it has given one."""

    company_number: Short = ""


class GrantIn(Body):
    """What the company grants for one line."""

    line_id: Id
    amount: Money
    answer: Annotated[str, Field(max_length=200)] = ""


class ClaimDecisionIn(Body):
    """The company's answer. Without `lines` everything is granted; a line that is not named gets nothing."""

    lines: Annotated[list[GrantIn], Field(max_length=500)] | None = None
    answer: Text = ""


class CreditIn(Body):
    """A credit note. `short_reason`: no more is expected, and why."""

    number: Annotated[str, Field(min_length=1, max_length=60)]
    amount: Annotated[Decimal, Field(gt=0, max_digits=13, decimal_places=2)]
    on: Day
    note: Annotated[str, Field(max_length=300)] = ""
    short_reason: Annotated[str, Field(max_length=300)] = ""


class WithdrawIn(Body):
    """Why it is taken back."""

    reason: Annotated[str, Field(min_length=1, max_length=300)]


class MissingOut(Schema):
    """One thing that is missing."""

    sort: str
    code: str
    label: str


class VerificationOut(Schema):
    """What is missing before a claim can be sent, and what else to know."""

    is_complete: bool
    missing: list[MissingOut]
    warnings: list[str]
