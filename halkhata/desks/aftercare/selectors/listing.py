"""The list of those to call, page by page."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, Q, QuerySet

from halkhata.desks.aftercare.choices import RecallState, ReminderKind, ReminderState
from halkhata.desks.aftercare.models import Recall, RecallUnit, Reminder
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value
from halkhata.records.catalog.days import today
from halkhata.records.catalog.models import Unit, unit_scope
from halkhata.records.catalog.selectors.units import found_ids
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.keyset import Page, page_by_place, page_by_time

TO_CALL, LATER, SETTLED = "call", "later", "settled"
VIEWS = (TO_CALL, LATER, SETTLED)
SIZE = 25
_WITH = ("unit__product__brand", "unit__product__kind", "customer", "settled_by")


@dataclass(frozen=True, kw_only=True, slots=True)
class ReminderFilters:
    """What the list is narrowed to."""

    view: str = TO_CALL
    kind: str = ""
    state: str = ""
    branch_id: int | None = None
    text: str = ""


def reminder_page(
    user: User, wanted: ReminderFilters, *, before: str | None = None, after: str | None = None, size: int = SIZE
) -> Page[Reminder]:
    """One page, in a fixed number of queries: those to call by the day, the settled ones last written down first."""
    rows = _rows(user, wanted).select_related(*_WITH).prefetch_related("customer__contact_points")
    if wanted.view == SETTLED:
        rows = rows.filter(settled_at__isnull=False)
        if wanted.state:
            rows = rows.filter(state=wanted.state)
        return page_by_time(rows, field="settled_at", before=before, after=after, size=size)
    rows = rows.filter(state=ReminderState.OPEN)
    rows = rows.filter(call_on__gt=today()) if wanted.view == LATER else rows.filter(call_on__lte=today())
    return page_by_place(
        rows, column="call_on", tie="id", place_of=_place_of, before=before, after=after, size=size
    )  # fmt: skip


def _rows(user: User, wanted: ReminderFilters) -> QuerySet[Reminder]:
    rows = Reminder.objects.filter(as_value(unit_scope(user, "unit__")))
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    if wanted.branch_id:
        rows = rows.filter(branch_id=wanted.branch_id)
    if wanted.text:
        rows = rows.filter(unit__in=Unit.objects.filter(pk__in=found_ids(wanted.text)))
    return rows


def _place_of(pk: int) -> date | None:
    return Reminder.objects.filter(pk=pk).values_list("call_on", flat=True).first()


def counts_of(user: User) -> dict[str, int]:
    """How many are to be called today, and later; of which kind. One query."""
    day = today()
    due = Q(call_on__lte=day)
    asked: dict[str, Any] = {"call": Count("pk", filter=due), "later": Count("pk", filter=~due)}
    asked |= {f"kind_{kind}": Count("pk", filter=due & Q(kind=kind)) for kind in ReminderKind.values}
    rows = Reminder.objects.filter(as_value(unit_scope(user, "unit__"))).waiting()
    return dict(rows.aggregate(**asked))


def next_to_call(user: User, *, apart_from: int) -> Reminder | None:
    """Whom to call after this one."""
    rows = Reminder.objects.filter(as_value(unit_scope(user, "unit__"))).waiting().filter(call_on__lte=today())
    return rows.exclude(pk=apart_from).order_by("call_on", "pk").first()


def recall_units_page(
    user: User, recall: Recall, *, state: str = "", before: str | None = None, after: str | None = None
) -> Page[RecallUnit]:
    """One page of a recall's units in the order of the book, in a fixed number of queries."""
    rows = RecallUnit.objects.filter(as_value(unit_scope(user, "unit__")), recall=recall)
    if state in RecallState.values:
        rows = rows.filter(state=state)
    rows = rows.select_related("unit__product__brand", "unit__owner", "unit__branch").prefetch_related(
        "unit__identifiers", "unit__owner__contact_points"
    )
    return page_by_place(
        rows, column="pk", tie="id", place_of=lambda pk: pk, before=before, after=after, size=SIZE
    )  # fmt: skip


def seen_customers(user: User, ids: set[int | None]) -> set[int]:
    """Ids of those whom ``user`` may see; nobody else is named. One query."""
    known = {pk for pk in ids if pk is not None}
    if not known or not user.may("customer.view"):
        return set()
    return set(Customer.objects.visible_to(user).filter(pk__in=known).values_list("pk", flat=True))
