"""Addresses that nothing is sent to: the list, and what a customer's page says about them."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from halkhata.engines.messaging.models import Suppression
from halkhata.engines.messaging.policies import suppressions_visible_to
from halkhata.foundation.accounts.models import User
from halkhata.foundation.core.kept_sql import SOME_ID, kept_objects
from halkhata.foundation.core.text import clean_text
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.models import ContactPoint, Customer

PAGE = 50


@dataclass(frozen=True, kw_only=True)
class SuppressionPage:
    """Rows, newest first, and the id after which the next page begins."""

    rows: list[Suppression]
    older: int | None


def suppression_page(user: User, *, query: str = "", before: int | None = None) -> SuppressionPage:
    """Addresses in the user's reach that hold ``query``, 50 a page, in one query."""
    rows = suppressions_visible_to(user).order_by("-id")
    words = clean_text(query).lower()
    if words:
        rows = rows.filter(address__contains=words)
    if before:
        rows = rows.filter(pk__lt=before)
    page = list(rows[: PAGE + 1])
    return SuppressionPage(rows=page[:PAGE], older=page[PAGE - 1].pk if len(page) > PAGE else None)


def suppressions_url(address: str) -> str:
    """The list, narrowed to one address."""
    return f"{reverse('messaging:suppressions')}?{urlencode({'q': address})}"


def suppressions_of(customer: Customer) -> list[Suppression]:
    """The customer's addresses that nothing is sent to, in one query."""
    return kept_objects("suppressions of a customer", lambda: _suppressed(SOME_ID), {SOME_ID: customer.pk})


def _suppressed(customer_id: int) -> QuerySet[Suppression]:
    points = ContactPoint.objects.filter(customer_id=customer_id, kind=ContactKind.EMAIL)
    return Suppression.objects.filter(address__in=points.order_by().values("value"))
