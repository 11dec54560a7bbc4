"""Keeps the search keys in step with names and contact points, in the transaction of the change."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, transaction

from halkhata.records.customers.models import ContactPoint, Customer, Organization, OrganizationKey, SearchKey
from halkhata.records.customers.selectors.search_keys import Key, keys_of

BATCH = 500


def index_customer(customer: Customer) -> None:
    """Write the keys of one customer anew. Must run in the transaction that changed the customer."""
    index_customers([customer])


def index_customers(customers: Iterable[Customer]) -> int:
    """The same for many (import, merge, upgrade), in three statements for each 500. Returns how many were indexed."""
    return _index(customers, SearchKey, "customer")


def index_organization(organization: Organization) -> None:
    """Write the keys of one organization anew. Must run in the transaction that changed it."""
    index_organizations([organization])


def index_organizations(organizations: Iterable[Organization]) -> int:
    """The same for many organizations. Returns how many were indexed."""
    return _index(organizations, OrganizationKey, "organization")


def rebuild_index() -> int:
    """Write all keys anew, in batches of their own transactions; after a change of the folding rules."""
    return _rebuild(Customer, SearchKey, "customer") + _rebuild(Organization, OrganizationKey, "organization")


def _rebuild(model: Any, keys: Any, column: str) -> int:
    done = last = 0
    while batch := list(model.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        done += _index_batch(batch, keys, column)
        last = batch[-1].pk
    return done


def _index(holders: Iterable[Any], keys: Any, column: str) -> int:
    done = 0
    batch: list[Any] = []
    for holder in holders:
        batch.append(holder)
        if len(batch) == BATCH:
            done += _index_batch(batch, keys, column)
            batch = []
    return done + _index_batch(batch, keys, column) if batch else done


@transaction.atomic
def _index_batch(batch: list[Any], keys: Any, column: str) -> int:
    ids = [holder.pk for holder in batch]
    contacts: dict[int, list[tuple[str, str]]] = {pk: [] for pk in ids}
    points = ContactPoint.objects.filter(**{f"{column}__in": ids}).order_by()
    for pk, kind, value in points.values_list(f"{column}_id", "kind", "value"):
        contacts[pk].append((kind, value))
    stored: dict[int, dict[Key, int]] = {pk: {} for pk in ids}
    for row_id, pk, kind, key in keys.objects.filter(**{f"{column}__in": ids}).values_list(
        "id", f"{column}_id", "kind", "key"
    ):
        stored[pk][kind, key] = row_id
    new: list[tuple[int, str, str]] = []
    stale: list[int] = []
    for holder in batch:
        # An alias is not found any more: its keys are the survivor's.
        merged = getattr(holder, "merged_into_id", None) is not None
        names = (holder.name_bn, holder.name_en)
        wanted = set() if merged else keys_of(pk=holder.pk, names=names, contacts=contacts[holder.pk])
        there = stored[holder.pk]
        # In a fixed order: two writers that insert the same keys wait for each other instead of both failing.
        new += [(holder.pk, kind, key) for kind, key in sorted(wanted - there.keys())]
        stale += [there[key] for key in there.keys() - wanted]
    if stale:
        keys.objects.filter(pk__in=stale).delete()
    if new:
        # Ten rows for each customer: model instances would cost more than the database does.
        table = connection.ops.quote_name(keys._meta.db_table)
        with connection.cursor() as cursor:
            cursor.executemany(f"INSERT INTO {table} ({column}_id, kind, key) VALUES (%s, %s, %s)", new)  # noqa: S608
    return len(batch)
