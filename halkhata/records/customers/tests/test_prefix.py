"""Prefix look-ups must come from the index on both databases, and mean the same."""

import pytest
from django.db import connection
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.customers.choices import SearchKind
from halkhata.records.customers.models import Customer, OrganizationKey, SearchKey
from halkhata.records.customers.selectors.prefix import _next_after, prefix_condition
from halkhata.records.customers.services.customers import create_customer


def plan_of(rows) -> str:
    return rows.explain()


def test_prefix_search_uses_the_index_of_the_database(db):
    customer = create_customer(actor=SYSTEM, name_en="Padma Trader")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # A table of a few rows is read as a whole; the question is whether the index can answer at all.
            cursor.execute("SET LOCAL enable_seqscan = off")
    for model, holder in ((SearchKey, "customer_id"), (OrganizationKey, "organization_id")):
        rows = model.objects.filter(prefix_condition("key", "pad"), kind=SearchKind.WORD).values_list(holder)
        plan = plan_of(rows)
        if connection.vendor == "postgresql":
            assert "Index" in plan, plan
            assert "~>=~" in plan, plan  # the operators of text_pattern_ops: a seek, no filter over the whole kind
        else:
            assert "SEARCH" in plan, plan
            assert "kind=? AND key>? AND key<?" in plan, plan
    assert list(SearchKey.objects.filter(prefix_condition("key", "pad")).values_list("customer_id", flat=True)) == [
        customer.pk
    ]


@pytest.mark.needs_postgres
def test_prefix_index_on_postgresql_has_pattern_operators(db):
    if connection.vendor != "postgresql":
        pytest.skip("the test database is not PostgreSQL")
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname LIKE 'customers%_prefix' ORDER BY indexname")
        definitions = [row[0] for row in cursor.fetchall()]
    assert len(definitions) == 2
    assert all("text_pattern_ops" in definition for definition in definitions)


def test_like_on_sqlite_would_not_use_the_index(db):
    """Why prefix_condition exists: Django's own startswith scans."""
    if connection.vendor != "sqlite":
        return
    plan = plan_of(SearchKey.objects.filter(kind=SearchKind.WORD, key__startswith="pad").values_list("customer_id"))
    assert "key>?" not in plan


def test_list_of_customers_is_read_from_an_index_without_sorting(db):
    from halkhata.records.customers.selectors.keyset import _beyond, read_cursor

    place = read_cursor("1700000000000000-7")
    for narrowed in ({}, {"language": "bn"}, {"branch_id": 1}, {"organization_id": 1}):
        rows = (
            Customer.objects.active()
            .filter(_beyond("updated_at", "lt", place), **narrowed)
            .order_by("-updated_at", "-id")
            .values_list("id")[:26]
        )
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        plan = plan_of(rows)
        assert "customers_" in plan, plan
        assert "TEMP B-TREE" not in plan, plan
        assert "Sort" not in plan, plan


def test_empty_prefix_is_refused():
    with pytest.raises(ValueError, match="empty prefix"):
        prefix_condition("key", "")


@pytest.mark.parametrize(
    ("prefix", "end"),
    [("a", "b"), ("az", "a{"), ("\ud7ff", "\ue000"), ("x\U0010ffff", "y"), ("\U0010ffff", "")],
)
def test_end_of_range_is_the_next_text_after_all_with_the_prefix(prefix, end):
    assert _next_after(prefix) == end


class PrefixMeansPrefix(TestCase):
    @given(
        st.lists(st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=6), max_size=6),
        st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=3),
    )
    def test_prefix_condition_equals_startswith_of_python(self, keys, prefix):
        customer = Customer.objects.create(name_en="x")
        SearchKey.objects.bulk_create(
            SearchKey(customer=customer, kind=SearchKind.WORD, key=key) for key in {*keys, prefix, prefix + "ক"}
        )
        found = set(SearchKey.objects.filter(prefix_condition("key", prefix)).values_list("key", flat=True))
        assert found == {key for key in {*keys, prefix, prefix + "ক"} if key.startswith(prefix)}
