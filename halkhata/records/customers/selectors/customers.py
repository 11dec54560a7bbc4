"""Reading customers and organizations for pages and services."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from halkhata.foundation.accounts.choices import Scope
from halkhata.foundation.accounts.models import Branch, User
from halkhata.foundation.accounts.visibility import as_value, scope_key
from halkhata.foundation.core.errors import DomainError, NotFound
from halkhata.foundation.core.kept_sql import SOME_ID, SOME_TEXT, hold_related, kept_objects
from halkhata.foundation.core.phones import parse_phone
from halkhata.foundation.fields.selectors.narrowing import narrow_by_field, narrow_by_tag
from halkhata.foundation.fields.selectors.schema import CustomField, ShownTag, stamp_of
from halkhata.records.customers.choices import ContactKind
from halkhata.records.customers.emails import parse_email
from halkhata.records.customers.models import (
    Address,
    ContactPoint,
    Customer,
    CustomerQuerySet,
    Organization,
    SearchText,
    customer_scope,
)
from halkhata.records.customers.selectors.keyset import Page, page_by_place, page_by_time

_SOME_KIND = SOME_TEXT * 2


@dataclass(frozen=True, kw_only=True, slots=True)
class CustomerFilters:
    """What the list page may be narrowed to."""

    branch: Branch | None = None
    language: str = ""
    organization: Organization | None = None
    tag: ShownTag | None = None
    # Fields of the shop's own, each with what it must be.
    own: tuple[tuple[CustomField, str], ...] = ()


def customer_for(user: User, pk: int) -> Customer:
    """The customer with everything the 360 page's own cards show. Raises NotFound for a stranger's, too.

    Someone merged into another comes back as the alias; ``merged_into`` leads on.
    """
    found = kept_objects(("customer", scope_key(user)), lambda: _with_all(user, SOME_ID), {SOME_ID: pk})
    if not found:
        raise NotFound("no_such_customer", _("There is no such customer, or it is not for you to see."))
    customer = found[0]
    # What a prefetch would bring, by statements that are kept.
    addresses = kept_objects(
        "addresses", lambda: Address.objects.filter(customer=SOME_ID).order_by("id"), {SOME_ID: pk}
    )
    hold_related(customer, contact_points=contact_points_of(pk), addresses=addresses)
    return customer


def contact_points_of(customer_id: int) -> list[ContactPoint]:
    """All ways to reach the customer, the usual ones first: one query."""
    return kept_objects("points", lambda: ContactPoint.objects.filter(customer=SOME_ID), {SOME_ID: customer_id})


def _with_all(user: User, pk: int) -> CustomerQuerySet:
    rows = Customer.objects.visible_to(user).annotate(fields_token=stamp_of("customer")).filter(pk=pk).order_by()
    return rows.select_related("organization", "branch", "merged_into", "created_by")


def customer_page(
    user: User,
    filters: CustomerFilters,
    *,
    by_name: bool = False,
    before: str | None = None,
    after: str | None = None,
    size: int = 25,
) -> Page[Customer]:
    """One page of the customers ``user`` sees, in a fixed number of queries.

    Last touched first, or ``by_name`` as a Bengali dictionary orders them, by the names that the reader reads.
    """
    rows = _visible_in_order(user)
    wide = Q(merged_into__isnull=True)
    if filters.branch:
        wide &= Q(branch=filters.branch)
    if filters.language:
        wide &= Q(language=filters.language)
    # Indexes by time begin with these; by name they would bring half the book to be sorted.
    rows = rows.filter(as_value(wide) if by_name else wide)
    if filters.organization:
        rows = rows.filter(organization=filters.organization)
    if filters.tag:
        rows = narrow_by_tag(rows, "customer", filters.tag.pk)
    for one, typed in filters.own:
        rows = narrow_by_field(rows, "customer", one, typed)
    rows = rows.select_related("organization", "branch").prefetch_related("contact_points")
    if by_name:
        column = "order_bn" if get_language() == "bn" else "order_en"
        return page_by_place(
            rows,
            column=f"search_text__{column}",
            tie="search_text__customer_id",
            place_of=lambda pk: SearchText.objects.filter(pk=pk).values_list(column, flat=True).first(),
            before=before,
            after=after,
            size=size,
        )
    return page_by_time(rows, field="updated_at", before=before, after=after, size=size)


def _visible_in_order(user: User) -> CustomerQuerySet:
    """The same rows as ``visible_to``, so written that SQLite reads them from the index of the order.

    It would take the alternatives of the scope (mine, my teams', my branch's) for a good start and sort all of them.
    For narrow scopes they are; where most rows are visible, reading in order finds a page at once.
    """
    if user.role.scope in {Scope.ALL, Scope.OWN}:
        return Customer.objects.visible_to(user)
    return Customer.objects.filter(as_value(customer_scope(user)))


def organization_for(user: User, pk: int) -> Organization:
    """The organization with its contact points. Raises NotFound for one of a foreign branch, too."""
    organization = (
        Organization.objects.visible_to(user)
        .select_related("branch")
        .prefetch_related("contact_points")
        .filter(pk=pk)
        .first()
    )
    if organization is None:
        raise NotFound("no_such_organization", _("There is no such organization, or it is not for you to see."))
    return organization


def organization_page(
    user: User, *, before: str | None = None, after: str | None = None, size: int = 25
) -> Page[Organization]:
    """One page of the organizations ``user`` sees, last touched first."""
    rows = Organization.objects.visible_to(user).select_related("branch").prefetch_related("contact_points")
    return page_by_time(rows, field="updated_at", before=before, after=after, size=size)


def find_by_contact(kind: str, value: str, *, region: str = "BD") -> Customer | None:
    """The customer who is reached by this number or address, in any spelling; None when nobody is.

    When several share it (a family's phone), whose number it is.
    Someone who was merged answers as the survivor.
    """
    try:
        value = parse_phone(value, region=region).e164 if kind == ContactKind.PHONE else parse_email(value).value
    except DomainError:
        return None
    found = kept_objects("who has a contact", _who_has, {_SOME_KIND: str(kind), SOME_TEXT: value})
    if not found or found[0].customer is None:
        return None
    return found[0].customer.merged_into or found[0].customer


def _who_has() -> QuerySet[ContactPoint]:
    rows = ContactPoint.objects.filter(kind=_SOME_KIND, value=SOME_TEXT, customer__isnull=False)
    return rows.select_related("customer__merged_into").order_by("-is_owner", "-is_primary", "id")[:1]
