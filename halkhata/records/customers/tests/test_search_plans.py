"""The search box at size: few statements, each of them answered by an index on both databases (US-01, A56.19).

Plans are asked of the very statements that the search sent, on a book large enough for a planner to think about.
"""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.records.customers.models import Customer, SearchKey, SearchText
from halkhata.records.customers.selectors.search import CUSTOMER_TEXTS, global_search
from halkhata.records.customers.selectors.search_keys import keys_of, text_of

pytestmark = pytest.mark.django_db

PEOPLE = 1_500
# Tables with a row for each customer or more. Nothing may walk through one of them.
LARGE = ("customers_searchkey", "customers_searchtext", "customers_customer", "customers_contactpoint")
TEXTS = {
    "last six digits": "345678",
    "digits from the middle": "1234567",
    "whole number": "০১১১২-৩৪৫৬৭৮",
    "name part": "bdull",
    "name part in Bengali": "ব্দুল",
    "two common words": "rahim uddin",
    "beginning of an address": "abdulla@",
    "part of an address": "ulla@exa",
    "id": "AB-0012",
    "nobody": "zzzqqq",
}


@pytest.fixture
def book(shop):
    """A book of PEOPLE, and Abdullah."""
    people = [Customer(name_en=f"Rahim Uddin {number}", branch=shop.branch) for number in range(PEOPLE)]
    people = Customer.objects.bulk_create([*people, Customer(name_en="Abdullah", name_bn="আব্দুল্লাহ", branch=shop.branch)])
    keys, texts = [], []
    for number, one in enumerate(people):
        contacts = [("phone", f"+8801100{number:06d}"), ("email", f"someone{number}@example.com")]
        if one.name_en == "Abdullah":
            contacts = [("phone", "+8801112345678"), ("email", "abdulla@example.com")]
        for kind, key in keys_of(pk=one.pk, names=[one.name_en, one.name_bn], contacts=contacts):
            keys.append(SearchKey(customer=one, kind=kind, key=key))
        texts.append(SearchText(customer=one, text=text_of(names=[one.name_en, one.name_bn], contacts=contacts)))
    SearchKey.objects.bulk_create(keys, batch_size=2_000)
    SearchText.objects.bulk_create(texts, batch_size=2_000)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # As a vacuum does: entries that are still to be sorted in make an index of parts look dear.
            cursor.execute("SELECT gin_clean_pending_list('customers_searchtext_trigrams'::regclass)")
            for table in LARGE:
                cursor.execute(f"ANALYZE {table}")
    return people[-1]


def statements(shop, text):
    """What the search sends for this text: (SQL, parameters)."""
    sent = []

    def watch(execute, sql, params, many, context):
        sent.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        results = global_search(shop.agent, text)
    return sent, results


def plan_of(sql, params, *, avoiding_walks=False):
    """The database's plan, a step on each line.

    With ``avoiding_walks`` PostgreSQL is told that a walk is dear, and so is a join that needs one: what then still
    walks has no index to come from.
    """
    word = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            for way in ("seqscan", "hashjoin", "mergejoin"):
                cursor.execute(f"SET LOCAL enable_{way} = {'off' if avoiding_walks else 'on'}")
        cursor.execute(f"{word} {sql}", params)
        return "\n".join(str(row[0] if connection.vendor == "postgresql" else row[3]) for row in cursor.fetchall())


def walked(sql, plan):
    """The large tables that a step of the plan reads from beginning to end, itself or its index."""
    names = {alias: table for table, alias in re.findall(r'"(\w+)"(?: AS)? "?(U\d+|hk_\w+)"?', sql)}
    if connection.vendor == "sqlite":
        scans = re.findall(r"SCAN (\w+)(?! VIRTUAL TABLE)", plan)
        return {names.get(name, name) for name in scans if "trigrams" not in name} & set(LARGE)
    found = set(re.findall(r"Seq Scan on (\w+)", plan))
    # An index read without a condition is read as a whole.
    for table, below in re.findall(r"Index (?:Only )?Scan (?:Backward )?using \w+ on (\w+).*\n?(.*)", plan):
        if "Index Cond" not in below:
            found.add(table)
    return found & set(LARGE)


# Everybody in the book has a part of these: PostgreSQL rightly reads the first of them as they lie.
EVERYWHERE = (TEXTS["two common words"], TEXTS["part of an address"])


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_no_statement_walks_through_a_large_table(shop, book, text):
    sent, results = statements(shop, text)
    assert sent
    for sql, params in sent:
        plan = plan_of(sql, params, avoiding_walks=True)
        if connection.vendor == "sqlite" or text not in EVERYWHERE:
            assert walked(sql, plan) == set(), f"{sql}\n{plan}"
        if connection.vendor == "sqlite" and any(table in sql for table in LARGE):
            # SQLite's LIKE never comes from an index here.
            assert " LIKE " not in sql
    meant = {"nobody": 0, "two common words": 10, "id": 0}.get(next(name for name in TEXTS if TEXTS[name] == text), 1)
    assert sum(len(group.hits) for group in results.groups) == meant


def test_the_watch_sees_a_walk(shop, book):
    """The twin: a LIKE that no index answers is found out by it."""
    sql = 'SELECT "customer_id" FROM "customers_searchtext" WHERE length("text") + 1 > %s'
    assert walked(sql, plan_of(sql, [3], avoiding_walks=True)) == {"customers_searchtext"}


def test_parts_come_from_the_index_of_trigrams(shop, book):
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # Nothing but a bitmap of an index is left to the planner, and only one index knows parts.
            cursor.execute("SET LOCAL enable_indexscan = off; SET LOCAL enable_indexonlyscan = off")
        plan = plan_of(*CUSTOMER_TEXTS.statement("bdull", 10), avoiding_walks=True)
        assert "Bitmap Index Scan on customers_searchtext_trigrams" in plan
        assert CUSTOMER_TEXTS.ids("bdull", 10) == [book.pk]
        return
    sent, _results = statements(shop, "bdull")
    (plan,) = {plan_of(sql, params) for sql, params in sent if "customers_searchtext" in sql}
    assert re.search(r"customers_searchtext_trigrams VIRTUAL TABLE INDEX \d+:M", plan), plan  # a MATCH, not a walk


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_search_page_takes_at_most_eleven_statements(shop, client_as, book, text):
    client = client_as(shop.agent)
    client.get("/search/", {"q": "first", "stay": "1"})
    with CaptureQueriesContext(connection) as queries:
        assert client.get("/search/", {"q": text, "stay": "1"}).status_code == 200
    assert len(queries) <= 11, "\n".join(query["sql"] for query in queries)
