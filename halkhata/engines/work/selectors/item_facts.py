"""What policies ask of an item beyond its own columns: who its customer is, what it is about (A51.1, A52.11).

The answers are read when a policy or a step in use first asks, and kept with the item (``WorkItem.promise_facts``): the
promise of a running item does not change because its customer came into a segment or left one. They are read anew when
another customer stands on the item, when its priority changes, and, of the product, when it is about something else.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from halkhata.engines.work.models import WorkItem
from halkhata.engines.work.registry import ItemFacts, Made, item_facts, item_kinds
from halkhata.records.customers.models import Customer

Facts = Mapping[str, Any]
"""Values by the code of the condition, and under WHOSE the customer they were read of."""

WHOSE = "customer"
SEGMENT = "segment"
CUSTOMER_CODES = frozenset({"organization", "country"})
PRODUCT_CODES = frozenset({"product", "brand", "product_kind"})


def fact_codes() -> frozenset[str]:
    """Every condition whose answer is read and not a column of the item."""
    return frozenset(code for facts in item_facts for code in facts.codes)


def stored_facts(item: WorkItem) -> dict[str, Any]:
    """What is kept with the item and still true of it: without those of a customer it is not of any more."""
    kept: dict[str, Any] = dict(item.promise_facts or {})
    if kept and kept.get(WHOSE) != item.customer_id:
        gone = {code for facts in item_facts if facts.of_customer for code in facts.codes}
        kept = {code: values for code, values in kept.items() if code not in gone}
        kept[WHOSE] = item.customer_id
    return kept


def without_product(item: WorkItem) -> dict[str, Any] | None:
    """What is kept with the item without what it is about: that is to be read anew."""
    if item.promise_facts is None:
        return None
    return {code: values for code, values in item.promise_facts.items() if code not in PRODUCT_CODES}


def read_facts(items: Iterable[WorkItem], wanted: Mapping[int, Iterable[str]]) -> dict[int, dict[str, Any]]:
    """What is kept with the items and, read now, what of ``wanted`` (by id) is not: a statement or two for each source
    that is asked, however many items.
    """
    held = {item.pk: item for item in items}
    found = {pk: stored_facts(item) for pk, item in held.items()}
    missing = {pk: set(wanted.get(pk, ())) - set(found[pk]) for pk in held}
    for source in item_facts:
        asked = [held[pk] for pk, codes in missing.items() if codes & source.codes]
        if not asked:
            continue
        answers = source.read(asked)
        for item in asked:
            answer = answers.get(item.pk, {})
            for code in missing[item.pk] & source.codes:
                found[item.pk][code] = sorted(answer.get(code, ()))
            found[item.pk][WHOSE] = item.customer_id
    return found


def facts_of_customers(items: Sequence[WorkItem]) -> dict[int, dict[str, list[Any]]]:
    """Organization and country of the items' customers: one statement. Without an address, the branch's country."""
    people = {item.customer_id for item in items if item.customer_id is not None}
    organizations: dict[int, set[int]] = {}
    countries: dict[int, set[str]] = {}
    if people:
        rows = Customer.objects.filter(pk__in=people).order_by()
        for pk, organization, country in rows.values_list("pk", "organization_id", "addresses__country"):
            organizations.setdefault(pk, set()).update([organization] if organization else [])
            countries.setdefault(pk, set()).update([country] if country else [])
    return {
        item.pk: {
            "organization": sorted(organizations[item.customer_id]),
            "country": sorted(countries[item.customer_id] or {item.branch.country}),
        }
        for item in items
        if item.customer_id in organizations
    }


def facts_of_products(items: Sequence[WorkItem]) -> dict[int, dict[str, list[Any]]]:
    """Product, brand and kind of product of the items, as their desks say."""
    by_kind: dict[str, list[WorkItem]] = {}
    for item in items:
        by_kind.setdefault(item.kind, []).append(item)
    found: dict[int, dict[str, list[Any]]] = {}
    for code, alike in by_kind.items():
        kind = item_kinds.find(code)
        if kind is not None and kind.products_of is not None:
            found |= {pk: _as_facts(made) for pk, made in kind.products_of(alike).items()}
    return found


def made_by(rows: "QuerySet[Any]", path: str) -> dict[int, Made]:
    """For a desk's ``products_of``: what its rows are about; ``path`` leads to the product. One statement."""
    columns = (f"{path}_id", f"{path}__brand_id", f"{path}__kind_id")
    return {pk: Made(*made) for pk, *made in rows.order_by().values_list("pk", *columns)}


def _as_facts(made: Made) -> dict[str, list[Any]]:
    values = {"product": made.product, "brand": made.brand, "product_kind": made.kind}
    return {code: [] if value is None else [value] for code, value in values.items()}


OF_CUSTOMERS = ItemFacts(codes=CUSTOMER_CODES, of_customer=True, read=facts_of_customers)
OF_PRODUCTS = ItemFacts(codes=PRODUCT_CODES, of_customer=False, read=facts_of_products)
