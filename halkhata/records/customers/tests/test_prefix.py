"""Prefix look-ups must come from the index on both databases, and mean the same."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.customers.choices import SearchKind
from halkhata.records.customers.models import Customer, OrganizationKey, SearchKey
from halkhata.records.customers.selectors.customers import CustomerFilters, customer_page
from halkhata.records.customers.selectors.prefix import _next_after, prefix_condition
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.customers.services.organizations import create_organization


def test_prefix_search_uses_the_index_of_the_database(db):
    customer = create_customer(actor=SYSTEM, name_en="Padma Trader")
    school = create_organization(actor=SYSTEM, name_en="Padma School")
    # Enough rows for a planner to think about: nine words of ten begin otherwise.
    words = [f"{letter}word{number}" for letter in "abcdefghij" for number in range(300)]
    SearchKey.objects.bulk_create(SearchKey(customer=customer, kind=SearchKind.WORD, key=word) for word in words)
    OrganizationKey.objects.bulk_create(
        OrganizationKey(organization=school, kind=SearchKind.WORD, key=word) for word in words
    )
    for model, holder in ((SearchKey, "customer_id"), (OrganizationKey, "organization_id")):
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"ANALYZE {model._meta.db_table}")
        rows = model.objects.filter(prefix_condition("key", "pad"), kind=SearchKind.WORD).values_list(holder, flat=True)
        plan = rows.explain()
        if connection.vendor == "postgresql":
            assert "_prefix" in plan, plan
            assert "~>=~" in plan, plan  # the operators of text_pattern_ops: a seek, no filter over the whole kind
        else:
            assert "SEARCH" in plan, plan
            assert "kind=? AND key>? AND key<?" in plan, plan
        assert len(rows) == 1


def test_each_database_has_the_index_it_needs(db):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname LIKE 'customers%_prefix'")
            definitions = [row[0] for row in cursor.fetchall()]
            assert len(definitions) == 2
            assert all("text_pattern_ops" in definition for definition in definitions)
        else:
            cursor.execute("SELECT count(*) FROM sqlite_master WHERE type = 'index' AND name LIKE 'customers%_prefix'")
            assert cursor.fetchone() == (0,)  # the unique index answers ranges; a second one would only cost


def test_startswith_of_django_is_a_seek_on_postgresql_only(db):
    """Why prefix_condition exists: on SQLite Django's own startswith reads every key of the kind."""
    plan = SearchKey.objects.filter(kind=SearchKind.WORD, key__startswith="pad").values_list("customer_id").explain()
    if connection.vendor == "sqlite":
        assert "key>?" not in plan
    else:
        assert "~~ 'pad%'" in plan


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
        plan = rows.explain()
        assert "customers_" in plan, plan
        assert "TEMP B-TREE" not in plan, plan
        assert "Sort" not in plan, plan


@pytest.mark.parametrize("who", ["agent", "manager", "owner"])
def test_first_page_of_the_list_is_not_sorted_whoever_looks(shop, who):
    if connection.vendor == "postgresql":
        return  # its planner weighs the limit; on a handful of rows it sorts, and rightly so
    user = getattr(shop, who)
    user.role, user.branch, user.team_ids  # noqa: B018
    with CaptureQueriesContext(connection) as queries:
        customer_page(user, CustomerFilters())
    with connection.cursor() as cursor:
        cursor.execute("EXPLAIN QUERY PLAN " + queries[0]["sql"])
        plan = " ".join(row[3] for row in cursor.fetchall())
    assert "customers_recent" in plan, plan
    assert "TEMP B-TREE" not in plan, plan


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
    @settings(suppress_health_check=[HealthCheck.too_slow])
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
