"""Promised dates: today, late, to come; and what one customer was promised."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.models import DeliveryPromise
from halkhata.engines.work.models import WorkItem
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value, scope_condition
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound
from halkhata.foundation.core.reader import current_reader
from halkhata.records.customers.models import Customer

VIEWS = ("today", "late", "week", "later", "ended")
FIRST_VIEW = "today"
MOST = 200


@dataclass(frozen=True)
class PromiseList:
    """Rows of one view, and how many each view has."""

    rows: list[DeliveryPromise]
    counts: dict[str, int]


def promise_list(user: User, view: str, *, mine: bool = False) -> PromiseList:
    """The dates of one view by time. The counts are of exactly these rows; of what has ended only the newest stand."""
    rows = DeliveryPromise.objects.filter(as_value(scope_condition(user)))
    if mine:
        rows = rows.filter(owner=user)
    counts = {name: rows.filter(_condition(name)).count() for name in VIEWS if name != "ended"}
    found = rows.filter(_condition(view)).select_related("customer", "item", "owner", "branch")
    order = ("-ended_at", "-pk") if view == "ended" else ("promised_for", "pk")
    return PromiseList(list(found.order_by(*order)[:MOST]), counts)


def _condition(view: str) -> Q:
    at = now()
    zone = current_reader().zone
    tomorrow = datetime.combine(at.astimezone(zone).date() + timedelta(days=1), time(), tzinfo=zone)
    if view == "ended":
        return ~Q(state="open")
    spans = {
        "late": Q(promised_for__lt=at),
        "today": Q(promised_for__gte=at, promised_for__lt=tomorrow),
        "week": Q(promised_for__gte=tomorrow, promised_for__lt=tomorrow + timedelta(days=7)),
        "later": Q(promised_for__gte=tomorrow + timedelta(days=7)),
    }
    return Q(state="open") & spans[view]


def promise_for(user: User, pk: int) -> DeliveryPromise:
    """One promised date inside the user's scope. Raises NotFound."""
    rows = DeliveryPromise.objects.visible_to(user).select_related("customer", "item", "owner", "branch", "team")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return found


def open_promise(item: WorkItem) -> DeliveryPromise | None:
    """The date that is promised for a piece of work now."""
    return DeliveryPromise.objects.standing().filter(item_id=item.pk).first()


def last_promise(item: WorkItem) -> DeliveryPromise | None:
    """The date that is, or was last, promised for a piece of work."""
    return DeliveryPromise.objects.filter(item_id=item.pk).order_by("-pk").first()


def promises_of(user: User, customer: Customer) -> QuerySet[DeliveryPromise]:
    """What the customer waits for, soonest first."""
    rows = DeliveryPromise.objects.visible_to(user).standing().filter(customer=customer).select_related("item")
    return rows.order_by("promised_for", "pk")
