"""The one search box (US-01): people and organizations, and whatever other desks registered."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_key
from halkhata.foundation.core.addresses import record_url
from halkhata.foundation.core.kept_sql import kept_by_id
from halkhata.foundation.core.phones import phone_search_digits
from halkhata.foundation.core.text import clean_text
from halkhata.foundation.core.trigrams import TextTable
from halkhata.records.customers.models import (
    Customer,
    Organization,
    OrganizationKey,
    SearchKey,
    customer_scope,
)
from halkhata.records.customers.policies import can_edit_customers
from halkhata.records.customers.privacy import shown_point
from halkhata.records.customers.registry import SearchHit, search_sources
from halkhata.records.customers.selectors.found import Index, find_ids
from halkhata.records.customers.selectors.found_rows import Found, rows_of_customers, rows_of_organizations
from halkhata.records.customers.selectors.search_keys import Tier, read_query

# So many digits and nothing else are a phone number somebody typed to find a caller.
MIN_PHONE_DIGITS = 6

CUSTOMER_TEXTS = TextTable(table="customers_searchtext", column="text", key="customer_id")
ORGANIZATION_TEXTS = TextTable(table="customers_organizationtext", column="text", key="organization_id")


@dataclass(frozen=True, slots=True)
class SearchGroup:
    """Hits of one source."""

    code: str
    label: Any
    icon: str
    hits: list[SearchHit]


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What the search page shows. ``create_url`` is "" when the user may not add customers or nothing was typed."""

    text: str
    groups: list[SearchGroup]
    create_url: str

    @property
    def is_empty(self) -> bool:
        """Nothing was found."""
        return not self.groups

    @property
    def only_hit(self) -> SearchHit | None:
        """The one hit when there is exactly one, or one that is surely meant: the page may go there at once."""
        hits = [hit for group in self.groups for hit in group.hits]
        meant = [hit for hit in hits if hit.is_meant] if len(hits) > 1 else hits
        return meant[0] if len(meant) == 1 else None


def search_customers(user: User, text: str, limit: int = 20) -> list[Customer]:
    """Whom ``text`` finds, as records with organization, branch and contact points at hand."""
    found = _found_customers(user, text, limit)
    by_id = kept_by_id("found customers", _customers, list(found), room=limit)
    return [by_id[pk] for pk in found if pk in by_id]


def search_customer_rows(user: User, text: str, limit: int = 20) -> list[Found]:
    """The same people as rows for a list of hits: names, organization and numbers, in a third of the time."""
    return rows_of_customers(_found_customers(user, text, limit))


def search_organization_rows(user: User, text: str, limit: int = 20) -> list[Found]:
    """Organizations ``user`` sees that ``text`` finds, best first."""
    index = Index(
        ("organizations", scope_key(user)),
        lambda: OrganizationKey.objects.filter(organization__in=Organization.objects.visible_to(user)),
        "organization_id",
        "organization__updated_at",
        ORGANIZATION_TEXTS,
        lambda: Organization.objects.visible_to(user),
        OrganizationKey,
        Organization._meta.db_table,
        is_small=True,
    )
    return rows_of_organizations(_find(index, user, text, limit))


def _found_customers(user: User, text: str, limit: int) -> dict[int, int]:
    """Customers ``user`` sees that ``text`` finds, best first, with how well (Tier). The one search for people.

    Text may be a phone number in any spelling, three or more of its digits, a name or any three letters of it in
    Bengali or Latin script, a part of an e-mail address or of an id in another system, or the customer's number; that
    of somebody who was merged finds the survivor. Former names and numbers find after present ones.
    """
    index = Index(
        ("customers", scope_key(user)),
        lambda: SearchKey.objects.filter(customer_scope(user, "customer__"), customer__merged_into__isnull=True),
        "customer_id",
        "customer__updated_at",
        CUSTOMER_TEXTS,
        lambda: Customer.objects.filter(customer_scope(user), merged_into__isnull=True),
        SearchKey,
        Customer._meta.db_table,
    )
    return _find(index, user, text, limit)


def _customers(ids: list[int]) -> QuerySet[Customer]:
    people = Customer.objects.select_related("organization", "branch").prefetch_related("contact_points")
    return people.filter(pk__in=ids)


def _find(index: Index, user: User, text: str, limit: int) -> dict[int, int]:
    if not user.is_active:
        return {}
    return find_ids(index, read_query(text, region=user.branch.country), limit)


def global_search(user: User, text: str, limit: int = 10) -> SearchResults:
    """Everything ``user`` may see that ``text`` finds, in groups, and the link that makes a new customer of it."""
    text = clean_text(text, max_length=200)
    groups = []
    if text:
        for code, source in sorted(search_sources.items(), key=lambda entry: entry[1].order):
            hits = source.find(user, text, limit) if user.may(source.permission) else []
            if hits:
                groups.append(SearchGroup(code, source.label, source.icon, hits))
    return SearchResults(text, groups, create_url(user, text))


def create_url(user: User, text: str) -> str:
    """The address of the form for a new customer with ``text`` filled in where it belongs; "" if not allowed."""
    if not text or not can_edit_customers(user):
        return ""
    field = "email" if "@" in text else "name"
    if len(phone_search_digits(text)) >= MIN_PHONE_DIGITS:
        field = "phone"
    return f"{reverse('customers:new')}?{urlencode({field: text})}"


def find_customer_hits(user: User, text: str, limit: int) -> list[SearchHit]:
    """Search source: customers."""
    return [_hit(user, one, "customers:detail") for one in search_customer_rows(user, text, limit)]


def find_organization_hits(user: User, text: str, limit: int) -> list[SearchHit]:
    """Search source: organizations."""
    return [_hit(user, one, "customers:organization") for one in search_organization_rows(user, text, limit)]


def _hit(user: User, one: Found, url_name: str) -> SearchHit:
    reached = " · ".join(shown_point(user, point).text for point in one.points[:2])
    return SearchHit(
        title=one.title,
        url=record_url(url_name, one.pk),
        # Found by the very number, address or last digits: whoever else only has them somewhere is not meant.
        is_meant=one.tier <= Tier.TAIL,
        subtitle=" · ".join(filter(None, [reached, one.other_name, one.organization])),
    )
