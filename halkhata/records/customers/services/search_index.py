"""Keeps the search keys and texts in step with names, contact points and ids, in the transaction of the change."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from halkhata.foundation.core.bengali_order import name_key
from halkhata.foundation.core.bulk_rows import insert_values
from halkhata.records.customers.choices import AliasKind, SearchKind
from halkhata.records.customers.models import (
    ContactPoint,
    Customer,
    CustomerAlias,
    ExternalId,
    Organization,
    OrganizationKey,
    OrganizationText,
    SearchKey,
    SearchText,
)
from halkhata.records.customers.selectors.papers import papers_of
from halkhata.records.customers.selectors.search_keys import Key, keys_of, text_of

BATCH = 500


def index_customer(customer: Customer, *, is_new: bool = False) -> None:
    """Write keys and text of one customer anew. Must run in the transaction that changed the customer.

    ``is_new`` spares the look for a past (former names, ids of other systems, merged records).
    """
    index_customers([customer], are_new=is_new)


def index_customers(customers: Iterable[Customer], *, are_new: bool = False) -> int:
    """The same for many (import, merge, upgrade), in eight statements for each 500. Returns how many were indexed."""
    return _index(customers, SearchKey, "customer", are_new)


@dataclass(frozen=True, slots=True)
class Newcomer:
    """A customer who has just been inserted.

    ``names`` are those in Bengali and in English, ``contacts`` are (kind, value), ``ids`` are those of other systems.
    """

    pk: int
    names: tuple[str, str]
    contacts: Sequence[tuple[str, str]]
    ids: Sequence[str] = ()


def index_newcomers(people: Iterable[Newcomer]) -> None:
    """Keys and texts of customers inserted in this transaction, in two statements: nothing of them is stored yet."""
    keys: list[tuple[str, str, int]] = []
    texts: list[tuple[int, str, bytes, bytes]] = []
    for one in people:
        pk = one.pk
        keys += [(kind, key, pk) for kind, key in keys_of(pk=pk, names=one.names, contacts=one.contacts)]
        texts.append((one.pk, text_of(names=one.names, contacts=one.contacts, ids=one.ids), *places_of(*one.names)))
    # In the order of the index: neighbours are written while their page is at hand.
    keys.sort()
    insert_values(SearchKey, ("kind", "key", "customer_id"), keys)
    insert_values(SearchText, ("customer_id", "text", "order_bn", "order_en"), texts)


def places_of(name_bn: str, name_en: str) -> tuple[bytes, bytes]:
    """Where somebody stands in a list by name, for who reads Bengali and for who reads English."""
    return name_key(name_bn or name_en), name_key(name_en or name_bn)


def index_organization(organization: Organization) -> None:
    """Write keys and text of one organization anew. Must run in the transaction that changed it."""
    index_organizations([organization])


def index_organizations(organizations: Iterable[Organization]) -> int:
    """The same for many organizations. Returns how many were indexed."""
    return _index(organizations, OrganizationKey, "organization", True)


def rebuild_index() -> int:
    """Write all keys anew, in batches of their own transactions; after a change of the folding rules."""
    return _rebuild(Customer, SearchKey, "customer") + _rebuild(Organization, OrganizationKey, "organization")


def _rebuild(model: Any, keys: Any, column: str) -> int:
    done = last = 0
    while batch := list(model.objects.filter(pk__gt=last).order_by("pk")[:BATCH]):
        done += _index_batch(batch, keys, column, are_new=False)
        last = batch[-1].pk
    return done


def _index(holders: Iterable[Any], keys: Any, column: str, are_new: bool) -> int:
    done = 0
    batch: list[Any] = []
    for holder in holders:
        batch.append(holder)
        if len(batch) == BATCH:
            done += _index_batch(batch, keys, column, are_new=are_new)
            batch = []
    return done + _index_batch(batch, keys, column, are_new=are_new) if batch else done


@transaction.atomic
def _index_batch(batch: list[Any], keys: Any, column: str, *, are_new: bool) -> int:
    ids = [holder.pk for holder in batch]
    past = _Past(ids if column == "customer" and not are_new else [])
    papers = papers_of(ids) if column == "customer" else {}
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
    texts: dict[int, str] = {}
    for holder in batch:
        # An alias is not found any more: its keys are the survivor's.
        merged = getattr(holder, "merged_into_id", None) is not None
        names = (holder.name_bn, holder.name_en, *past.names.get(holder.pk, ()))
        known = contacts[holder.pk]
        codes = past.codes.get(holder.pk, ())
        wanted = set() if merged else keys_of(pk=holder.pk, names=names, contacts=known, old_codes=codes)
        if not merged:
            wanted |= {(SearchKind.PAPER.value, mark) for mark in papers.get(holder.pk, ())}
        if not merged:
            known = [*known, *past.contacts.get(holder.pk, ())]
            texts[holder.pk] = text_of(names=names, contacts=known, ids=past.ids.get(holder.pk, ()))
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
    if column == "organization":
        _write_texts([OrganizationText(organization_id=pk, text=text) for pk, text in sorted(texts.items())], column)
        return len(batch)
    gone = [pk for pk in ids if pk not in texts]
    if gone:
        SearchText.objects.filter(pk__in=gone).delete()
    places = {holder.pk: places_of(holder.name_bn, holder.name_en) for holder in batch}
    rows = []
    for pk, text in sorted(texts.items()):
        order_bn, order_en = places[pk]
        rows.append(SearchText(customer_id=pk, text=text, order_bn=order_bn, order_en=order_en))
    _write_texts(rows, column, "order_bn", "order_en")
    return len(batch)


def _write_texts(rows: Sequence[Any], column: str, *others: str) -> None:
    # One statement that writes and overwrites; a text that stays the same leaves its index alone (core.trigrams).
    if rows:
        type(rows[0]).objects.bulk_create(
            rows, update_conflicts=True, unique_fields=[column], update_fields=["text", *others]
        )


class _Past:
    """What else some customers are known by: former names and numbers, ids elsewhere, numbers of merged records."""

    def __init__(self, ids: list[int]) -> None:
        self.names: dict[int, list[str]] = {}
        self.contacts: dict[int, list[tuple[str, str]]] = {}
        self.ids: dict[int, list[str]] = {}
        self.codes: dict[int, list[int]] = {}
        if not ids:
            return
        former = CustomerAlias.objects.filter(customer__in=ids).order_by("id")
        for pk, kind, value, key in former.values_list("customer_id", "kind", "value", "key"):
            if kind == AliasKind.NAME:
                self.names.setdefault(pk, []).append(value)
            else:
                self.contacts.setdefault(pk, []).append((kind, key))
        others = ExternalId.objects.filter(customer__in=ids).order_by("id")
        for pk, value in others.values_list("customer_id", "value"):
            self.ids.setdefault(pk, []).append(value)
        merged = Customer.objects.filter(merged_into__in=ids).order_by("id")
        for survivor, pk, name_bn, name_en in merged.values_list("merged_into_id", "pk", "name_bn", "name_en"):
            self.codes.setdefault(survivor, []).append(pk)
            # Also the name that was not chosen: somebody may still ask by it.
            self.names.setdefault(survivor, []).extend(filter(None, (name_bn, name_en)))
