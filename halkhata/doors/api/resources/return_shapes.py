"""What goes in and out about returns."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Literal

from ninja import Schema
from pydantic import Field, StrictBool

from halkhata.doors.api.keyset import Page
from halkhata.doors.api.shapes import Body, Day, Id, Instant, PageOut

Money = Annotated[Decimal, Field(ge=0, max_digits=13, decimal_places=2)]
Reason = Literal[
    "defect", "dead_on_arrival", "damaged", "wrong_item", "not_as_described", "incomplete", "not_delivered",
    "changed_mind", "other",
]  # fmt: skip
Method = Literal["", "cash", "card", "mobile", "bank", "instalment"]
Text = Annotated[str, Field(max_length=2000)]


class RuleOut(Schema):
    """One rule that was looked at, with its values."""

    code: str
    ok: bool


class AdvanceOut(Schema):
    """A replacement given before the old piece is back, and the sums of its deposit."""

    state: str
    due_on: date
    handed_at: datetime
    deposit: Decimal
    currency: str
    taken: Decimal
    returned: Decimal
    kept: Decimal
    left: Decimal


class ReturnOut(Schema):
    """One return. `customer_id` is null where the key may not see the customer."""

    id: int
    number: str
    stage: str
    result: str
    product_id: int
    unit_number: str | None
    replacement_unit_number: str | None
    purchase_line_id: int
    quantity: int
    customer_id: int | None
    branch_id: int
    reason_code: str
    wish: str
    is_eligible: bool
    rules: list[RuleOut]
    line_price: Decimal
    refund_amount: Decimal
    credit_amount: Decimal
    replacement_amount: Decimal
    fee_amount: Decimal
    currency: str
    grade: str
    opened_at: datetime
    received_at: datetime | None
    settled_at: datetime | None
    closed_at: datetime | None
    refund_due_on: date | None
    advance: AdvanceOut | None
    version: int


class ReturnPage(PageOut):
    """A page of returns."""

    items: list[ReturnOut]


class ReturnFilters(Page):
    """Which returns."""

    stage: Annotated[str, Field(max_length=14)] = ""
    result: Annotated[str, Field(max_length=14)] = ""
    product_id: Id | None = None
    branch_id: Id | None = None
    customer_id: Id | None = None
    opened_since: Instant | None = None
    order: Literal["-opened_at", "opened_at", "-id", "id"] = "-id"


class ReturnIn(Body):
    """What is given back: a unit by its number, or pieces of a line. With `key` it is taken down once."""

    unit_number: Annotated[str, Field(max_length=20)] = ""
    purchase_line_id: Id | None = None
    quantity: Annotated[int, Field(ge=1, le=100_000)] = 1
    reason_code: Reason
    note: Text = ""
    wish: Literal["", "refund", "store_credit", "replacement", "repair"] = ""
    paid_method: Method = ""
    has_accessories: StrictBool = True
    against_rules: Annotated[bool, Field(description="Take it down although a rule stands against it.")] = False
    key: Annotated[str, Field(max_length=80)] = ""


class ApproveIn(Body):
    """Yes; against the rules with a reason."""

    goodwill_reason: Annotated[str, Field(max_length=300)] = ""
    instant: StrictBool = False
    paid_method: Method = ""


class RejectIn(Body):
    """No, with the reason the customer reads."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


class TransitIn(Body):
    """By whom it travels."""

    carrier: Annotated[str, Field(min_length=1, max_length=80)]
    tracking_code: Annotated[str, Field(max_length=80)] = ""


class ReceiveIn(Body):
    """What came."""

    serial: Annotated[str, Field(max_length=60)] = ""
    note: Text = ""


class DecideIn(Body):
    """What it comes to. Without `amount`: all that was paid, less the fee."""

    result: Literal["refund", "store_credit", "replacement", "repair", "sent_back"]
    amount: Money | None = None
    fee: Money | None = None
    paid_method: Method = ""
    note: Text = ""


class SettleIn(Body):
    """How it was done."""

    method: Method = ""
    method_reason: Annotated[str, Field(max_length=300)] = ""
    reference: Annotated[str, Field(max_length=80)] = ""
    replacement_unit_number: Annotated[str, Field(max_length=20)] = ""


DepositMethod = Literal["", "cash", "card", "mobile", "bank"]
Why = Annotated[str, Field(min_length=1, max_length=300)]


class AdvanceIn(Body):
    """The replacement that is handed over now, and how the deposit of the policy was paid."""

    replacement_unit_number: Annotated[str, Field(max_length=20)] = ""
    method: DepositMethod = ""
    reference: Annotated[str, Field(max_length=80)] = ""


class DepositBackIn(Body):
    """How the deposit went back. Without `amount`: all that is left of it; without `method`: as it was paid."""

    amount: Money | None = None
    method: DepositMethod = ""
    method_reason: Annotated[str, Field(max_length=300)] = ""
    reference: Annotated[str, Field(max_length=80)] = ""


class DepositKeptIn(Body):
    """Why the deposit is kept, or the old piece given up. Without `amount`: all that is left of it."""

    reason: Why
    amount: Money | None = None


class MoreDaysIn(Body):
    """Until when the customer may bring the old piece."""

    until: Day
    reason: Why


class ReturnNoteIn(Body):
    """A word beside."""

    note: Text = ""
