"""The pages on which doubles are looked at, merged and taken apart (US-55)."""

import pytest
from bs4 import BeautifulSoup
from django.urls import reverse

from halkhata.records.customers.merging.merge import merge_customers
from halkhata.records.customers.merging.proposals import begin_search, search_slice
from halkhata.records.customers.models import ContactPoint, Customer, DuplicatePair, DuplicateSearch, PairState
from halkhata.records.customers.services.customers import create_customer

pytestmark = pytest.mark.django_db


@pytest.fixture
def pair(shop):
    one = create_customer(actor=shop.agent, name_en="Rahima Khatun", phones=["01100000123"], note="likes tea")
    other = create_customer(
        actor=shop.agent, name_bn="রহিমা খাতুন", phones=["01100000123"], note="pays late", confirm_duplicate="test"
    )
    return one, other


def text_of(response):
    return " ".join(BeautifulSoup(response.content, "html.parser").get_text(" ").split())


def test_list_shows_the_pair_with_chance_and_reasons(client_as, shop, pair, django_assert_max_num_queries):
    search_slice(begin_search(whole_book=True))
    client = client_as(shop.agent)
    client.get(reverse("customers:duplicates"))
    with django_assert_max_num_queries(12):
        page = client.get(reverse("customers:duplicates"))
    shown = text_of(page)
    assert "Rahima Khatun" in shown
    assert "same phone number" in shown
    assert "name sounds the same" in shown
    assert "Nobody is merged by itself" in shown


def test_search_is_begun_by_a_button_and_told(client_as, shop, pair):
    client = client_as(shop.agent)
    assert "has not been searched yet" in text_of(client.get(reverse("customers:duplicates")))
    answer = client.post(reverse("customers:duplicates_search"))
    assert answer.status_code == 302
    assert DuplicateSearch.objects.get().whole_book is True
    assert "is being searched" in text_of(client.get(reverse("customers:duplicates")))


def test_two_people_are_not_proposed_again(client_as, shop, pair):
    search_slice(begin_search(whole_book=True))
    one, other = pair
    client = client_as(shop.agent)
    assert client.post(reverse("customers:not_double", args=[one.pk]), {"other": other.pk}).status_code == 302
    assert DuplicatePair.objects.get().state == PairState.DIFFERENT
    assert "Nobody seems to be here twice" in text_of(client.get(reverse("customers:duplicates")))
    assert client.post(reverse("customers:not_double", args=[one.pk]), {"other": "x"}).status_code == 404


def test_preview_asks_only_where_the_two_differ_and_merges_as_chosen(
    client_as, shop, pair, django_assert_max_num_queries
):
    one, other = pair
    client = client_as(shop.agent)
    url = reverse("customers:merge", args=[one.pk])
    client.get(f"{url}?with={other.pk}")
    # Two customers side by side, compared by all their signs: one more than a page about one customer may need.
    with django_assert_max_num_queries(21):
        page = client.get(f"{url}?with={other.pk}")
    soup = BeautifulSoup(page.content, "html.parser")
    assert {box["name"] for box in soup.select("input[type=radio]")} == {"field-note"}
    assert {box["value"] for box in soup.select("input[type=radio]")} == {"survivor", "merged", "both"}
    values = {box["name"]: box.get("value", "") for box in soup.select("form input[type=hidden]") if box.get("name")}
    answer = client.post(url, {**values, "field-note": "merged", "reason": "same voice"})
    assert (answer.status_code, answer.url) == (302, reverse("customers:detail", args=[one.pk]))
    survivor = Customer.objects.get(pk=one.pk)
    assert (survivor.note, survivor.name_bn) == ("pays late", "রহিমা খাতুন")
    # An old link leads on; the card offers the way back.
    old = client.get(reverse("customers:detail", args=[other.pk]), follow=True)
    assert old.redirect_chain[-1][0] == reverse("customers:detail", args=[one.pk])
    card = client.get(reverse("customers:panels_side", args=[one.pk]))
    assert reverse("customers:unmerge", args=[other.pk]) in card.content.decode()


def test_a_change_meanwhile_merges_nobody(client_as, shop, pair):
    one, other = pair
    url = reverse("customers:merge", args=[one.pk])
    answer = client_as(shop.agent).post(url, {"other": other.pk, "version": 99, "other_version": other.version})
    assert answer.status_code == 409
    assert "Somebody changed this record" in text_of(answer)
    assert Customer.objects.get(pk=other.pk).merged_into_id is None


def test_undo_says_what_comes_back_and_does_it(client_as, shop, pair):
    one, other = pair
    merge_customers(actor=shop.agent, merged=other, survivor=one)
    client = client_as(shop.agent)
    page = client.get(reverse("customers:unmerge", args=[other.pk]))
    assert "was merged into" in text_of(page)
    # Their names may be the same by now.
    assert f"Customer no. {other.pk}" in text_of(page)
    assert f"Customer no. {one.pk}" in text_of(page)
    answer = client.post(reverse("customers:unmerge", args=[other.pk]))
    assert (answer.status_code, answer.url) == (302, reverse("customers:detail", args=[other.pk]))
    assert Customer.objects.get(pk=other.pk).merged_into_id is None
    assert ContactPoint.objects.filter(customer=other).count() == 1
    assert client.get(reverse("customers:unmerge", args=[other.pk])).status_code == 409


def test_without_the_other_one_is_searched_for(client_as, shop, pair):
    one, other = pair
    client = client_as(shop.agent)
    url = reverse("customers:merge", args=[one.pk])
    assert f"?with={other.pk}" in client.get(url).content.decode()
    assert f"?with={other.pk}" in client.get(f"{url}?with=রহিমা").content.decode()
    assert "Nobody is found by this" in text_of(client.get(f"{url}?with=Xylophone"))
    assert "same customer" in text_of(client.get(f"{url}?with={one.pk}"))


def test_writing_down_somebody_who_looks_like_another_asks_first_and_takes_a_reason(client_as, shop):
    known = create_customer(
        actor=shop.agent, name_en="Rahima Khatun", phones=["01100000123"],
        address={"line": "House 12", "upazila": "Savar"},
    )  # fmt: skip
    client = client_as(shop.agent)
    typed = {
        "name_bn": "রহিমা খাতুন", "language": "bn", "line": "House 12", "upazila": "সাভার", "country": "BD",
    }  # fmt: skip
    asked = client.post(reverse("customers:new"), typed)
    assert asked.status_code == 422
    shown = text_of(asked)
    assert "Somebody who looks like the same person is here already" in shown
    assert "% one person" in shown
    assert Customer.objects.count() == 1
    answer = client.post(
        reverse("customers:new"),
        {**typed, "duplicate_seen": str(known.pk), "duplicate_choice": "other", "duplicate_reason": "a cousin"},
    )
    assert answer.status_code == 302
    assert Customer.objects.count() == 2


def test_a_viewer_does_not_get_in(client_as, shop, pair):
    role = shop.agent.role
    role.permissions = ["customer.view"]
    role.save()
    client = client_as(shop.agent)
    one, other = pair
    for address in (
        reverse("customers:duplicates"), reverse("customers:merge", args=[one.pk]),
        reverse("customers:unmerge", args=[other.pk]),
    ):  # fmt: skip
        assert client.get(address).status_code == 403
