"""The list of returns, and finding them."""

from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Q

from halkhata.desks.returns.choices import OVER, Stage
from halkhata.desks.returns.models import ReturnQuerySet, ReturnRequest
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.reader import DEFAULT_TIME_ZONE
from halkhata.foundation.core.text import clean_text, fold_digits
from halkhata.records.customers.models import Customer

VIEWS: dict[str, tuple[str, ...]] = {
    "waiting": (Stage.REQUESTED,),
    "coming": (Stage.APPROVED, Stage.IN_TRANSIT),
    "here": (Stage.RECEIVED, Stage.INSPECTING),
    "settling": (
        Stage.DECIDED, Stage.REFUND, Stage.STORE_CREDIT, Stage.REPLACEMENT, Stage.REPAIR, Stage.SENT_BACK,
    ),
    "over": (Stage.REJECTED, Stage.CLOSED),
}  # fmt: skip


def returns_of(user: User) -> ReturnQuerySet:
    """All returns the user may see, with what a list shows."""
    return (
        ReturnRequest.objects.visible_to(user)
        .select_related("customer", "product__brand", "unit", "owner", "branch")
        .order_by("-opened_at", "-pk")
    )


def board_rows(user: User, *, view: str = "", filters: dict[str, Any] | None = None) -> ReturnQuerySet:
    """The list in one view, with filters by reason, product, branch, result, customer, grade, appeal and days."""
    return _narrowed(returns_of(user), filters).filter(_in_view(view))


def board_counts(user: User, filters: dict[str, Any] | None = None) -> dict[str, int]:
    """How many returns each tab shows under the same filters. One query."""
    rows = _narrowed(ReturnRequest.objects.visible_to(user), filters)
    names = [*VIEWS, "open"]
    return rows.aggregate(**{name: Count("pk", filter=_in_view(name)) for name in names})


def _in_view(name: str) -> Q:
    if name in VIEWS:
        return Q(stage__in=VIEWS[name])
    return ~Q(stage__in=OVER) if name == "open" else Q()


COLUMNS = {
    "reason": "reason_code", "result": "result", "grade": "grade", "product": "product_id", "branch": "branch_id",
    "customer": "customer_id", "batch": "unit__batch",
}  # fmt: skip


def _narrowed(rows: ReturnQuerySet, filters: dict[str, Any] | None) -> ReturnQuerySet:
    for name, value in (filters or {}).items():
        text = str(value or "")
        if not text:
            continue
        if name in {"product", "branch", "customer"}:
            number = int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0
            rows = rows.filter(**{COLUMNS[name]: number})
        elif name in COLUMNS:
            rows = rows.filter(**{COLUMNS[name]: text})
        elif name == "appeal":
            rows = rows.filter(stage=Stage.REJECTED, appealed_at__isnull=False)
        elif name in {"since", "until"}:
            day = _day(text)
            if day is not None:
                edge = start_of(day if name == "since" else day + timedelta(days=1))
                rows = rows.filter(**{"opened_at__gte" if name == "since" else "opened_at__lt": edge})
    return rows


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def start_of(day: date) -> datetime:
    """The first instant of a day of the shop."""
    return datetime.combine(day, time(0), ZoneInfo(DEFAULT_TIME_ZONE))


def find_returns(user: User, text: str, limit: int) -> list[ReturnRequest]:
    """Returns by their number with its letter, in any spelling: one query, none for anything else.

    By a serial number the unit is found, and its page lists its returns.
    """
    typed = fold_digits(clean_text(text)).upper()
    number = parse_ref(typed)
    if number is None or not number.startswith("E-"):
        return []
    return list(returns_of(user).filter(number=number)[:limit])


def returns_of_customer(user: User, customer: Customer) -> ReturnQuerySet:
    """A customer's returns, the newest first."""
    return returns_of(user).filter(customer=customer)
