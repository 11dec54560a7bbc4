"""Tags in a list: words of one cell hang on the customer, and go with the import."""

import pytest

from halkhata.foundation.fields.models import Tag
from halkhata.foundation.fields.services.tags import save_tag, set_tags
from halkhata.records.customers.models import Customer
from halkhata.records.customers.models_fields import CustomerTag
from halkhata.records.customers.services.customers import create_customer
from halkhata.records.imports.models import ImportIssue
from halkhata.records.imports.targets.customers.exporting import customer_headings, customer_rows
from halkhata.records.imports.tests.conftest import digest_of_customers

LIST = [
    ["নাম", "মোবাইল", "ট্যাগ"],
    ["Rahim", "01100000101", "VIP, পাইকারি"],
    ["Karim", "01100000102", "#vip। Dhaka; পাইকারি"],
    ["Salma", "01100000103", ""],
]


def tags_of(name):
    return sorted(Customer.objects.get(name_en=name).tag_uses.values_list("tag__name", flat=True))


def test_words_of_a_cell_become_tags_and_go_with_the_import(imported, undone, shop):
    known = save_tag(actor=shop.owner, target="customer", name="Vip")
    before = digest_of_customers()
    run = imported(LIST)
    assert run.counts == {"new": 3}
    assert (tags_of("Rahim"), tags_of("Karim")) == (["Vip", "পাইকারি"], ["Dhaka", "Vip", "পাইকারি"])
    assert tags_of("Salma") == []
    assert undone(run).counts["taken_back"] == 3
    assert digest_of_customers() == before
    assert list(Tag.objects.all()) == [known]


@pytest.mark.parametrize("rule", ["fill", "overwrite"])
def test_known_customer_gets_what_is_missing_and_keeps_what_is_there(imported, undone, shop, rule):
    known = create_customer(actor=shop.agent, name_en="Rahim", phones=["01100000101"])
    set_tags(actor=shop.agent, target="customer", record_id=known.pk, names=["Old", "vip"])
    before = digest_of_customers()
    run = imported([*LIST, ["Salma", "01100000103", "Dhaka"]], known=rule)
    assert run.counts == {"new": 2, "changed": 2}
    assert (tags_of("Rahim"), tags_of("Salma")) == (["Old", "vip", "পাইকারি"], ["Dhaka"])
    undone(run)
    assert digest_of_customers() == before
    assert sorted(Tag.objects.values_list("name", flat=True)) == ["Old", "vip"]


def test_word_that_somebody_uses_since_stays(imported, undone, shop):
    other = create_customer(actor=shop.agent, name_en="Other", phones=["01100000109"])
    run = imported(LIST)
    set_tags(actor=shop.agent, target="customer", record_id=other.pk, names=["Dhaka"])
    undone(run)
    assert list(CustomerTag.objects.values_list("record__name_en", "tag__name")) == [("Other", "Dhaka")]
    assert Tag.objects.get().name == "Dhaka"


@pytest.mark.parametrize(
    ("cell", "code"), [("a" * 41, "no_tag"), (",".join(f"tag {number}" for number in range(21)), "too_many_tags")]
)
def test_what_is_no_tag_makes_a_bad_row(imported, cell, code):
    run = imported([["name", "tags"], ["Rahim", cell]])
    assert (run.counts, Customer.objects.count(), Tag.objects.count()) == ({"bad": 1}, 0, 0)
    assert ImportIssue.objects.get(run=run).code == code


def test_what_went_out_comes_in_again(imported, shop):
    imported(LIST)
    row = next(row for row in customer_rows(shop.owner, {}) if "Karim" in row)
    place = [str(heading) for heading in customer_headings()].index("Tags")
    assert row[place] == "Dhaka; VIP; পাইকারি"
    assert imported([[str(one) for one in customer_headings()], [str(cell) for cell in row]]).counts == {"unchanged": 1}
