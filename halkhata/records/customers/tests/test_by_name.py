"""The customer list by name: Bengali order, by what the reader reads, page after page in one index."""

import re
from itertools import pairwise

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.foundation.audit.trail import SYSTEM
from halkhata.foundation.core.bengali_order import NAMELESS, sort_key
from halkhata.records.customers.models import Customer, SearchText
from halkhata.records.customers.selectors.customers import CustomerFilters, customer_page
from halkhata.records.customers.services.customers import create_customer, update_customer
from halkhata.records.customers.services.search_index import index_customers
from halkhata.records.customers.tests.test_search_plans import plan_of

pytestmark = pytest.mark.django_db

NAMES = ["হাসান", "কংস", "অমল", "ককুদ", "কামাল", "ক্ষমা", "আঁখি", "আকাশ", "বড়ুয়া", "বডি", "৯ নম্বর", "১০ নম্বর", "Karim", "anik"]
ORDERED = ["৯ নম্বর", "১০ নম্বর", "অমল", "আঁখি", "আকাশ", "কংস", "ককুদ", "কামাল", "ক্ষমা", "বডি", "বড়ুয়া", "হাসান", "anik", "Karim"]


def make(shop, **values):
    return create_customer(actor=SYSTEM, branch=shop.branch, **values)


def make_by_name(shop, name):
    return make(shop, **({"name_en": name} if name.isascii() else {"name_bn": name}))


def walk(client, url):
    """All names of the list, page after page, and the last page."""
    names, response = [], None
    while url:
        response = client.get(url)
        names += [str(customer) for customer in response.context["customers"]]
        url = response.context["older_url"] and "/customers/" + response.context["older_url"]
    return names, response


def test_list_by_name_stands_in_bengali_order_with_the_nameless_last(shop, client_as):
    make(shop, phones=["01100000123"])
    for name in NAMES:
        make_by_name(shop, name)
    names, response = walk(client_as(shop.agent), "/customers/?order=name")
    assert names[:-1] == ORDERED
    assert SearchText.objects.get(customer=response.context["customers"][-1].pk).order_bn == NAMELESS


def test_pages_by_name_show_everybody_once_forward_and_back(shop, client_as):
    made = [make(shop, name_bn=f"রহিম {number % 4}").pk for number in range(60)]
    client = client_as(shop.agent)
    url, seen = "/customers/?order=name", []
    while url:
        response = client.get(url)
        seen += [customer.pk for customer in response.context["customers"]]
        url = response.context["older_url"] and "/customers/" + response.context["older_url"]
    assert seen == sorted(made, key=lambda pk: ((pk - made[0]) % 4, pk))
    assert "Next page" in client.get("/customers/?order=name").content.decode()
    for place in (25, 0):
        response = client.get("/customers/" + response.context["newer_url"])
        assert [customer.pk for customer in response.context["customers"]] == seen[place : place + 25]
    assert response.context["newer_url"] == ""


@pytest.mark.parametrize("cursor", ["", "x", "-1", "999999999", "9" * 40, "৯"])
def test_broken_cursor_or_one_of_a_person_gone_shows_the_first_page(shop, client_as, cursor):
    make(shop, name_bn="অমল")
    response = client_as(shop.agent).get("/customers/", {"order": "name", "before": cursor})
    assert [str(customer) for customer in response.context["customers"]] == ["অমল"]


def test_order_follows_the_language_of_the_reader(shop):
    from django.utils.translation import override

    make(shop, name_bn="খালেদ", name_en="Abul")
    make(shop, name_bn="করিম", name_en="Zafar")
    with override("bn"):
        assert [one.name for one in customer_page(shop.agent, CustomerFilters(), by_name=True).items] == [
            "করিম",
            "খালেদ",
        ]
    with override("en"):
        assert [one.name for one in customer_page(shop.agent, CustomerFilters(), by_name=True).items] == [
            "Abul",
            "Zafar",
        ]


def test_new_name_moves_the_customer_and_a_merged_one_is_gone(shop):
    first, other = make(shop, name_bn="অমল"), make(shop, name_bn="হাসান")
    update_customer(actor=shop.agent, customer=first, version=first.version, name_bn="হৃদয়")
    assert [one.pk for one in customer_page(shop.agent, CustomerFilters(), by_name=True).items] == [other.pk, first.pk]
    other.merged_into = first
    other.save()
    index_customers([other])
    assert [one.pk for one in customer_page(shop.agent, CustomerFilters(), by_name=True).items] == [first.pk]


def test_rows_of_the_index_are_what_the_names_say(shop):
    make(shop, name_bn="করিম", name_en="Karim")
    text = SearchText.objects.get()
    assert (bytes(text.order_bn), bytes(text.order_en)) == (sort_key("করিম"), sort_key("karim"))


def test_list_by_name_reads_an_index_and_sorts_nothing_in_few_statements(shop, client_as):
    people = Customer.objects.bulk_create(
        [Customer(name_bn=f"রহিম {number}", branch=shop.branch) for number in range(1_500)]
    )
    index_customers(people)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            for table in ("customers_searchtext", "customers_customer"):
                cursor.execute(f"ANALYZE {table}")
    sent = []

    def watch(execute, sql, params, many, context):
        sent.append((sql, params))
        return execute(sql, params, many, context)

    filters = [CustomerFilters(), CustomerFilters(language="bn"), CustomerFilters(branch=shop.branch)]
    pages = [customer_page(shop.agent, one, by_name=True) for one in filters]
    for one, page in zip(filters, pages, strict=True):
        with connection.execute_wrapper(watch):
            following = customer_page(shop.agent, one, by_name=True, before=page.older)
        places = [bytes(text.order_en) for text in SearchText.objects.filter(customer__in=following.items)]
        assert len(places) == 25
        assert all(one <= other for one, other in pairwise(sort_key(str(person)) for person in following.items))
    for sql, params in sent:
        if '"order_en" ASC' in sql:
            plan = plan_of(sql, params)
            assert "customers_by_name_en" in plan
            assert "TEMP B-TREE" not in plan
            assert not {"Seq Scan on customers_searchtext", "Seq Scan on customers_customer"} & set(
                re.findall(r"Seq Scan on \w+", plan)
            )
    client = client_as(shop.agent)
    client.get("/customers/?order=name")
    older = client.get("/customers/?order=name").context["older_url"]
    with CaptureQueriesContext(connection) as queries:
        client.get("/customers/" + older)
    assert len(queries) <= 10
