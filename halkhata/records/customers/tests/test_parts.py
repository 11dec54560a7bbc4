"""US-01, A56.19: any three letters of a name, number, address or id find the customer; what is meant comes first."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from halkhata.foundation.accounts.models import Branch
from halkhata.foundation.audit.trail import SYSTEM
from halkhata.records.customers.models import Customer, SearchText
from halkhata.records.customers.selectors import found as found_module
from halkhata.records.customers.selectors.search import search_customers, search_organization_rows
from halkhata.records.customers.services.contacts import remove_contact_point
from halkhata.records.customers.services.customers import create_customer, update_customer
from halkhata.records.customers.services.external_ids import add_external_id
from halkhata.records.customers.services.organizations import create_organization
from halkhata.records.customers.services.search_index import index_customer, rebuild_index


def make(shop, **values):
    return create_customer(actor=SYSTEM, branch=shop.branch, **values)


def found(shop, text, **options):
    return [customer.pk for customer in search_customers(shop.agent, text, **options)]


@pytest.mark.parametrize(
    "text",
    ["dulla", "ব্দুল", "দুল্লা", "23456", "২৩৪৫", "hman.ab", "@exam", "ample.com", "abdulla@"],
)
def test_a_part_from_the_middle_finds(shop, text):
    wanted = make(
        shop, name_en="Abdullah", name_bn="আব্দুল্লাহ", phones=["01112345678"], emails=["rahman.abdulla@example.com"]
    )
    make(shop, name_bn="কেউ না", phones=["01199000000"], emails=["other@mail.test"])
    assert found(shop, text) == [wanted.pk]


def test_two_letters_find_beginnings_only(shop):
    make(shop, name_en="Abdullah")
    wanted = make(shop, name_en="Dulal")
    assert found(shop, "du") == [wanted.pk]


def test_each_typed_word_may_be_a_part(shop):
    wanted = make(shop, name_en="Abdur Rahman")
    make(shop, name_en="Abdur Hakim")
    assert found(shop, "bdur ahma") == [wanted.pk]


def test_what_staff_mean_comes_first(shop):
    part = make(shop, name_en="Abdurrahim")
    sound = make(shop, name_bn="রহিম")
    beginning = make(shop, name_en="Rahima")
    word = make(shop, name_en="Rahim Uddin")
    # The name itself, what begins with it, what sounds like it in the other script, what holds it.
    assert found(shop, "rahim") == [word.pk, beginning.pk, sound.pk, part.pk]


def test_letters_that_begin_nothing_go_before_a_mere_sound(shop):
    sounds = make(shop, name_en="Badal")
    holds = make(shop, name_en="Abdul")
    assert found(shop, "bdul") == [holds.pk, sounds.pk]


def test_enough_exact_hits_ask_no_second_question(shop):
    for number in range(3):
        make(shop, name_en=f"Rahim {number}")
    shop.agent.role, shop.agent.branch, shop.agent.team_ids  # noqa: B018
    with CaptureQueriesContext(connection) as queries:
        assert len(search_customers(shop.agent, "rahim", limit=3)) == 3
    assert not any("hk_text" in query["sql"] for query in queries)


def test_parts_of_strangers_customers_stay_hidden(shop):
    elsewhere = Branch.objects.create(name_en="Elsewhere", code="else", path="/9/", country="BD")
    hidden = create_customer(actor=SYSTEM, branch=elsewhere, name_en="Abdullah")
    assert found(shop, "dulla") == []
    assert [customer.pk for customer in search_customers(shop.owner, "dulla")] == [hidden.pk]


def test_id_of_another_system_finds_with_and_without_its_dash(shop):
    wanted = make(shop, name_en="Nobody")
    add_external_id(actor=SYSTEM, customer=wanted, system="Old program", value="AB-0012/7")
    for text in ("AB-0012", "0012", "ab 0012", "AB00127"):
        assert found(shop, text) == [wanted.pk], text


def test_former_name_and_number_lead_on_after_present_ones(shop):
    married = make(shop, name_en="Salma Khatun", phones=["01112345678"])
    update_customer(actor=SYSTEM, customer=married, version=married.version, name_en="Salma Begum")
    assert found(shop, "khatun") == [married.pk]
    remove_contact_point(actor=SYSTEM, point=married.contact_points.get())
    assert found(shop, "345678") == [married.pk]
    now_theirs = make(shop, name_en="New owner", phones=["01112345678"])
    assert found(shop, "01112345678") == [now_theirs.pk, married.pk]


def test_number_of_a_merged_customer_finds_the_survivor(shop):
    survivor, merged = make(shop, name_en="Survivor"), make(shop, name_en="Merged")
    Customer.objects.filter(pk=merged.pk).update(merged_into=survivor)
    merged.refresh_from_db()
    index_customer(merged)
    index_customer(survivor)
    assert found(shop, str(merged.pk)) == [survivor.pk]
    assert not SearchText.objects.filter(customer=merged).exists()


def test_too_common_words_are_verified_by_the_text_too(shop, monkeypatch):
    monkeypatch.setattr(found_module, "CAP", 2)
    for number in range(4):
        make(shop, name_en=f"Xabdur Yrahim {number}")
    both = found(shop, "abdur rahim")
    assert len(both) == 2
    assert found(shop, "abdur nobody") == []


def test_part_of_an_organizations_name_finds(shop):
    wanted = create_organization(actor=shop.owner, name_en="Padma Enterprise")
    create_organization(actor=shop.owner, name_en="Meghna Store")
    assert [one.pk for one in search_organization_rows(shop.owner, "terpri")] == [wanted.pk]


def test_rebuilding_brings_the_same_texts(shop):
    one = make(shop, name_en="Abdullah", phones=["01112345678"])
    kept = dict(SearchText.objects.values_list("customer_id", "text"))
    assert kept[one.pk] == "abdullah\n8801112345678"
    SearchText.objects.filter(customer=one).delete()
    assert found(shop, "dulla") == []
    rebuild_index()
    assert dict(SearchText.objects.values_list("customer_id", "text")) == kept
    assert found(shop, "dulla") == [one.pk]


@pytest.mark.parametrize("text", ['"""', "%%%", "___", "'; --", "a" * 200, "* AND *", "(((", "NEAR(a b)", "\\\\\\x"])
def test_signs_of_the_query_language_are_letters_like_others(shop, text):
    make(shop, name_en="Somebody")
    assert found(shop, text) == []


def test_a_long_number_is_asked_with_its_parts_in_one_statement(shop):
    make(shop, name_en="Rahim", phones=["01712345678"])
    shop.agent.role, shop.agent.branch, shop.agent.team_ids  # noqa: B018
    for text, asked in (("345678", 1), ("880171", 2), ("3456", 2)):
        with CaptureQueriesContext(connection) as queries:
            assert len(search_customers(shop.agent, text)) == 1
        assert sum("hk_text" in query["sql"] or "part0" in query["sql"] for query in queries) == asked


def test_sounds_are_looked_for_only_when_the_letters_find_few(shop):
    for number in range(3):
        make(shop, name_en=f"Rahim {number}")
    sounds = make(shop, name_bn="রহিম")
    shop.agent.role, shop.agent.branch, shop.agent.team_ids  # noqa: B018
    with CaptureQueriesContext(connection) as queries:
        assert sounds not in search_customers(shop.agent, "rahim", limit=3)
    assert not any("'sound'" in query["sql"] for query in queries)
    with CaptureQueriesContext(connection) as queries:
        assert sounds in search_customers(shop.agent, "rahim", limit=4)
    assert any("sound" in query["sql"].lower() for query in queries)
