"""The list of returns, and finding them."""

from typing import Any

from django.db.models import Q

from halkhata.desks.returns.choices import OVER, Stage
from halkhata.desks.returns.models import ReturnQuerySet, ReturnRequest
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.formatting import parse_ref
from halkhata.foundation.core.text import clean_text
from halkhata.records.catalog.identifiers import fold_identifier
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
    """The list in one view with filters: reason, product, branch, result, customer, appeal, grade."""
    rows = returns_of(user)
    if view in VIEWS:
        rows = rows.filter(stage__in=VIEWS[view])
    elif view == "open":
        rows = rows.exclude(stage__in=OVER)
    wanted = {name: value for name, value in (filters or {}).items() if value}
    if wanted.pop("appeal", ""):
        rows = rows.filter(stage=Stage.REJECTED, appealed_at__isnull=False)
    columns = {
        "reason": "reason_code", "product": "product_id", "branch": "branch_id", "result": "result",
        "customer": "customer_id", "grade": "grade", "from": "opened_at__gte", "to": "opened_at__lt",
    }  # fmt: skip
    for name, value in wanted.items():
        if name in columns:
            rows = rows.filter(**{columns[name]: value})
    return rows


def find_returns(user: User, text: str, limit: int) -> list[ReturnRequest]:
    """Returns by their number, or by a number of their unit."""
    number = parse_ref(text) or clean_text(text).upper()
    folded = fold_identifier(text)
    wanted = Q(number=number)
    if len(folded) >= 4:
        wanted |= Q(unit__identifiers__folded=folded) | Q(unit__number=number)
    return list(returns_of(user).filter(wanted).distinct()[:limit])


def returns_of_customer(user: User, customer: Customer) -> ReturnQuerySet:
    """A customer's returns, the newest first."""
    return returns_of(user).filter(customer=customer)
