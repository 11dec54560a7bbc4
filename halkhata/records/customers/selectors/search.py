"""The one search box (US-01): people and organizations, and whatever other desks registered."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from halkhata.foundation.accounts.models import User
from halkhata.foundation.accounts.visibility import scope_key
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
    """Customers ``user`` sees that ``text`` finds, best first, with organization, branch and contact points at hand.

    Text may be a phone number in any spelling, three or more of its digits, a name or any three letters of it in
    Bengali or Latin script, a part of an e-mail address or of an id in another system, or the customer's number; that
    of somebody who was merged finds the survivor. Former names and numbers find after present ones.
    """
    index = Index(
        ("customers", scope_key(user)),
        SearchKey.objects.filter(customer_scope(user, "customer__"), customer__merged_into__isnull=True),
        "customer_id",
        "customer__updated_at",
        CUSTOMER_TEXTS,
        Customer.objects.filter(customer_scope(user), merged_into__isnull=True),
    )
    found = _find(index, user, text, limit)
    return _in_order(kept_by_id("found customers", _customers, list(found), room=limit), found)


def _customers(ids: list[int]) -> QuerySet[Customer]:
    people = Customer.objects.select_related("organization", "branch").prefetch_related("contact_points")
    return people.filter(pk__in=ids)


def search_organizations(user: User, text: str, limit: int = 20) -> list[Organization]:
    """Organizations ``user`` sees that ``text`` finds, best first, with their contact points at hand."""
    visible = Organization.objects.visible_to(user)
    index = Index(
        ("organizations", scope_key(user)),
        OrganizationKey.objects.filter(organization__in=visible),
        "organization_id",
        "organization__updated_at",
        ORGANIZATION_TEXTS,
        visible,
        is_small=True,
    )
    found = _find(index, user, text, limit)
    return _in_order(kept_by_id("found organizations", _organizations, list(found), room=limit), found)


def _organizations(ids: list[int]) -> QuerySet[Organization]:
    return Organization.objects.select_related("branch").prefetch_related("contact_points").filter(pk__in=ids)


def _find(index: Index, user: User, text: str, limit: int) -> dict[int, int]:
    if not user.is_active:
        return {}
    return find_ids(index, read_query(text, region=user.branch.country), limit)


def _in_order(by_id: dict[int, Any], ids: dict[int, int]) -> list[Any]:
    for pk, record in by_id.items():
        record.found_as = ids[pk]
    return [by_id[pk] for pk in ids if pk in by_id]


def _is_meant(record: Any) -> bool:
    """Found by the very number, address or last digits: whoever else only has them somewhere is not meant."""
    return bool(record.found_as <= Tier.TAIL)


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
    return [
        SearchHit(
            title=str(customer),
            url=reverse("customers:detail", args=[customer.pk]),
            is_meant=_is_meant(customer),
            subtitle=" · ".join(
                filter(None, [_reached_by(user, customer), _other_name(customer), _name(customer.organization)])
            ),
        )
        for customer in search_customers(user, text, limit)
    ]


def find_organization_hits(user: User, text: str, limit: int) -> list[SearchHit]:
    """Search source: organizations."""
    return [
        SearchHit(
            title=str(organization),
            url=reverse("customers:organization", args=[organization.pk]),
            is_meant=_is_meant(organization),
            subtitle=" · ".join(filter(None, [_reached_by(user, organization), _other_name(organization)])),
        )
        for organization in search_organizations(user, text, limit)
    ]


def _reached_by(user: User, holder: Any) -> str:
    return " · ".join(shown_point(user, point).text for point in list(holder.contact_points.all())[:2])


def _other_name(holder: Any) -> str:
    """The name in the language that the title is not in."""
    return next((name for name in (holder.name_bn, holder.name_en) if name and name != str(holder)), "")


def _name(organization: Organization | None) -> str:
    return str(organization) if organization else ""
