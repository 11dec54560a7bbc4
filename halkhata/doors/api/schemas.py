"""The shapes that go in and out. Instants are ISO 8601 in UTC."""

from datetime import datetime
from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field

MAX_ID = 2**63 - 1
Id = Annotated[int, Field(ge=1, le=MAX_ID)]


class Problem(Schema):
    """RFC 9457."""

    type: str
    title: str
    status: int
    code: str
    field: str | None = None
    errors: list[dict[str, Any]] | None = None


class TicketOut(Schema):
    """One ticket."""

    id: int
    number: str
    kind: str
    subject: str
    description: str
    state: str
    state_flag: str
    priority: str
    channel: str
    serial: str
    customer_id: int | None
    branch_id: int
    team_id: int | None
    owner_id: int
    owner: str
    opened_at: datetime
    first_response_at: datetime | None
    resolved_at: datetime | None
    closed_at: datetime | None
    next_due_at: datetime | None
    is_late: bool
    version: int


class TicketPage(Schema):
    """Newest first; ``next`` is the ``after`` of the following page."""

    items: list[TicketOut]
    next: int | None


class TicketIn(Schema):
    """A new ticket. The branch is that of the key's user unless another inside its reach is named."""

    subject: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(max_length=20_000)] = ""
    kind: Literal["complaint", "question", "request"] = "complaint"
    customer_id: Id | None = None
    branch_id: Id | None = None
    impact: Literal["low", "medium", "high"] = "medium"
    urgency: Literal["low", "medium", "high"] = "medium"
    serial: Annotated[str, Field(max_length=60)] = ""
    caller_name: Annotated[str, Field(max_length=120)] = ""
    acknowledge: bool = True


class ContactOut(Schema):
    """A phone number (E.164) or e-mail address."""

    kind: str
    value: str
    label: str
    is_primary: bool


class CustomerOut(Schema):
    """One customer."""

    id: int
    name_bn: str
    name_en: str
    honorific: str
    language: str
    preferred_channel: str
    branch_id: int | None
    contacts: list[ContactOut]
    created_at: datetime
    updated_at: datetime
    version: int


class CustomerPage(Schema):
    """Newest first, or best first when searched (then ``next`` is null)."""

    items: list[CustomerOut]
    next: int | None


class CustomerIn(Schema):
    """A new customer; at least one name, phone or address."""

    name_bn: Annotated[str, Field(max_length=120)] = ""
    name_en: Annotated[str, Field(max_length=120)] = ""
    phones: Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=10)] = []
    emails: Annotated[list[Annotated[str, Field(max_length=254)]], Field(max_length=10)] = []
    language: Literal["bn", "en"] = "bn"
    note: Annotated[str, Field(max_length=5_000)] = ""
    # Why somebody with the same number is another person; without it such a customer is refused (409 or 422).
    confirm_duplicate: Annotated[str, Field(max_length=200)] = ""
