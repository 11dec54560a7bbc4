"""Parcels for pages: what is on its way, late, failed or silent; one parcel; those of an item, a unit, a customer."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Prefetch, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from halkhata.engines.deliveries.choices import PromiseState
from halkhata.engines.deliveries.models import CourierMessage, Parcel, ParcelEvent
from halkhata.engines.deliveries.parcel_choices import ENDED, MessageState, ParcelState
from halkhata.engines.deliveries.parcel_numbers import fold_number
from halkhata.engines.deliveries.selectors.rules import tracking_rules
from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import as_value, scope_condition
from halkhata.foundation.core.capped import COUNTED
from halkhata.foundation.core.clock import now
from halkhata.foundation.core.errors import NotFound
from halkhata.records.customers.models import Customer
from halkhata.records.customers.selectors.keyset import Page, page_by_time

VIEWS = ("way", "late", "failed", "silent", "ended")
FIRST_VIEW = "way"
COUNTED_VIEWS = ("late", "failed", "silent")


def parcel_page(
    user: User, view: str, *, text: str = "", before: str | None = None, after: str | None = None, size: int = 25
) -> Page[Parcel]:
    """One page of the parcels ``user`` sees, the newest first, in a fixed number of queries.

    ``text``: the number on a slip or its beginning; then the view does not narrow.
    """
    rows = _seen(user).select_related("courier", "customer", "promise", "item", "owner", "unit")
    folded = fold_number(text)
    if text.strip():
        rows = rows.filter(folded__startswith=folded) if folded else rows.none()
    else:
        rows = rows.filter(_condition(view))
    return page_by_time(rows, field="created_at", before=before, after=after, size=size)


def parcel_counts(user: User) -> dict[str, int]:
    """How many are late, failed and silent, up to a hundred each."""
    return {name: _seen(user).filter(_condition(name)).order_by()[:COUNTED].count() for name in COUNTED_VIEWS}


def _seen(user: User) -> "QuerySet[Parcel]":
    return Parcel.objects.filter(as_value(scope_condition(user)))


def _condition(view: str) -> Q:
    ended = Q(state__in=ENDED)
    if view == "ended":
        return ended
    if view == "failed":
        return Q(state=ParcelState.FAILED)
    if view == "late":
        return ~ended & Q(promise__state=PromiseState.OPEN, promise__promised_for__lt=now())
    if view == "silent":
        before = silent_before()
        return ~ended & Q(last_sign_at__lte=before) if before is not None else Q(pk__in=[])
    return ~ended


def silent_before() -> datetime | None:
    """What had its last sign by then counts as silent; None where the shop counts none as such. One query."""
    days = tracking_rules().silent_days
    return now() - timedelta(days=days) if days else None


def parcel_for(user: User, pk: int) -> Parcel:
    """One parcel inside the user's scope. Raises NotFound."""
    rows = Parcel.objects.visible_to(user).select_related(
        "courier", "customer", "promise", "item", "unit", "owner", "branch"
    )
    found = rows.filter(pk=pk).first()
    if found is None:
        raise NotFound("not_found", _("There is nothing here, or it is not for your role."))
    return found


def with_last_event(rows: "QuerySet[Parcel]") -> "QuerySet[Parcel]":
    """With courier and events at hand."""
    events = Prefetch("events", ParcelEvent.objects.order_by("-happened_at", "-pk"))
    return rows.select_related("courier").prefetch_related(events)


def parcels_of_item(user: User, number: str) -> list[Parcel]:
    """The parcels of a piece of work, by its number, newest first."""
    rows = Parcel.objects.visible_to(user).filter(item__number=number)
    return list(with_last_event(rows).order_by("-pk")[:10])


def parcels_of_promise(promise_id: int) -> list[Parcel]:
    """The parcels of one promised date, newest first."""
    return list(with_last_event(Parcel.objects.filter(promise_id=promise_id)).order_by("-pk")[:20])


def parcels_of_unit(user: User, unit_id: int) -> list[Parcel]:
    """The parcels in which a unit went out, newest first."""
    return list(with_last_event(Parcel.objects.visible_to(user).filter(unit_id=unit_id)).order_by("-pk")[:5])


def own_parcels(
    customer_ids: Collection[int], *, item_id: int | None = None, unit_id: int | None = None, days: int = 30
) -> list[Parcel]:
    """What is on its way to these people, or arrived lately; for their own pages. Two queries."""
    recent = ~Q(state__in=ENDED) | Q(state_at__gte=now() - timedelta(days=days))
    rows = Parcel.objects.filter(recent, customer__in=customer_ids)
    if item_id is not None:
        rows = rows.filter(item_id=item_id)
    if unit_id is not None:
        rows = rows.filter(unit_id=unit_id)
    return list(with_last_event(rows).order_by("-created_at", "-pk")[:20])


def waiting_messages(*, before: str | None = None, after: str | None = None) -> Page[CourierMessage]:
    """Messages of couriers that could not be taken, the newest first."""
    rows = CourierMessage.objects.filter(state=MessageState.WAITING).select_related("courier")
    return page_by_time(rows, field="at", before=before, after=after)


def customer_parcels(user: User, customer: Customer) -> list[Parcel]:
    """What is on its way to a customer, as far as ``user`` sees it."""
    rows = Parcel.objects.visible_to(user).under_way().filter(customer=customer)
    return list(with_last_event(rows).order_by("-pk")[:5])
